/** Small wordings that rows, tooltips and messages share. */

const units: readonly (readonly [number, string, string])[] = [
  [86_400_000, 'd', 'day'],
  [3_600_000, 'h', 'hour'],
  [60_000, 'm', 'minute'],
];

/** `5m ago` for rows. @param since unix milliseconds */
export function shortAge(since: number, now: number): string {
  const elapsed = Math.max(0, now - since);
  const unit = units.find(([size]) => elapsed >= size);
  return unit ? `${Math.floor(elapsed / unit[0])}${unit[1]} ago` : 'just now';
}

/** `5 minutes ago` for screen readers and sentences. */
export function spokenAge(since: number, now: number): string {
  const elapsed = Math.max(0, now - since);
  const unit = units.find(([size]) => elapsed >= size);
  return unit ? `${plural(Math.floor(elapsed / unit[0]), unit[2])} ago` : 'just now';
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
