import type { HealthAction, HealthLine, HealthState, HealthStep } from '../core/healthLine.ts';
import { formatDuration } from '../../../shared/format.ts';

export const stepNames: Readonly<Record<HealthStep, string>> = {
  reachable: 'Reachable',
  container: 'Container',
  answer: 'Response',
  key: 'Key',
  model: 'Model',
  schema: 'Schema',
};

interface StateLook {
  readonly word: string;
  readonly icon: string;
  readonly color?: string;
}

export const stateLooks: Readonly<Record<HealthState, StateLook>> = {
  checking: { word: 'checking', icon: 'loading~spin' },
  good: { word: 'OK', icon: 'pass', color: 'testing.iconPassed' },
  warning: { word: 'warning', icon: 'warning', color: 'list.warningForeground' },
  bad: { word: 'failed', icon: 'error', color: 'list.errorForeground' },
  unknown: { word: 'unknown', icon: 'circle-slash' },
};

export const actionLooks: Readonly<Record<HealthAction, { readonly title: string; readonly icon: string }>> =
  {
    again: { title: 'Check Again', icon: 'refresh' },
    enterKey: { title: 'Enter Key…', icon: 'key' },
    deploy: { title: 'Deploy…', icon: 'rocket' },
    showLogs: { title: 'Show Logs', icon: 'output' },
  };

/** State, time, and what Enter does. */
export function lineWords({ state, milliseconds, action }: HealthLine): string {
  const time = milliseconds === undefined ? '' : formatDuration(milliseconds);
  const next = action ? `Enter: ${actionLooks[action].title}` : '';
  return [stateLooks[state].word, time, next].filter(Boolean).join(' · ');
}

/** The outcome in one sentence. */
export function summaryWords(lines: readonly HealthLine[]): string {
  const count = (state: HealthState) => lines.filter((line) => line.state === state).length;
  const bad = count('bad');
  if (bad === 1) return '1 problem. Select it to fix it.';
  if (bad > 0) return `${bad} problems. Select one to fix it.`;
  if (count('warning') > 0) return 'No problems, but there are warnings.';
  return count('unknown') > 0 ? 'No problems found. Some checks have no result.' : 'All checks passed.';
}
