/** How long Modal keeps logs, in days, by plan; the server may say so itself. */
export const keptDaysByPlan = { starter: 1, team: 30 } as const;

/** Longest time before now that is worth asking for, in days. */
export const longestKeptDays = 35;

/** Says plainly how far back the past goes. @param keptDays as the server says it */
export function retentionText(keptDays: number | undefined): string {
  if (keptDays !== undefined) return `Modal keeps these logs for ${days(keptDays)}.`;
  const { starter, team } = keptDaysByPlan;
  return `Modal keeps logs for ${days(starter)} on the Starter plan and ${days(team)} on the Team plan.`;
}

function days(count: number): string {
  return count === 1 ? '1 day' : `${count} days`;
}
