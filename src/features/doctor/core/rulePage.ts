import type { History, Rule } from './rule.ts';

/** The page of a rule, as Markdown that is read as it stands. */
export function rulePage({ code, what, advice, history, examples }: Rule): string {
  const happens = history.hint ? '' : ` ${whatHappens(history)}`;
  const dot = history.hint ? '.' : '';
  return [
    `# ${code}`,
    `${what}${happens}${dot} ${advice}`,
    '## Example',
    fenced(examples.hit),
    '## Not meant',
    fenced(examples.miss),
    '## Switch off',
    `Add "${code}" to the setting modalGpu.doctor.disabledRules.`,
    '',
  ].join('\n\n');
}

function whatHappens({ warnsSince, failsSince, ignoredSince, failsFrom, refusedByServer }: History): string {
  if (refusedByServer)
    return 'is refused by Modal when the app is deployed; reading the file does not show it.';
  const parts = [
    warnsSince === undefined ? undefined : `warns since modal ${warnsSince}`,
    failsSince === 'always' ? 'fails with every release that was tried, from 0.77 on' : undefined,
    failsSince === undefined || failsSince === 'always' ? undefined : `fails since modal ${failsSince}`,
    ignoredSince === undefined ? undefined : `has no effect since modal ${ignoredSince}`,
    failsFrom === undefined ? undefined : `is announced to fail from modal ${failsFrom} on`,
  ].filter((part) => part !== undefined);
  return `${parts.join(' and ')}.`;
}

const fenced = (text: string) => `\`\`\`python\n${text}\`\`\``;
