import * as vscode from 'vscode';
import type {
  HealthAction,
  HealthLine,
  HealthState,
  HealthStep,
} from '../../../requests/health/checkHealth.ts';

const { t } = vscode.l10n;

export const stepNames: Readonly<Record<HealthStep, string>> = {
  reachable: t('Reachable'),
  container: t('Container'),
  answer: t('Answer'),
  key: t('Key'),
  model: t('Model'),
  schema: t('Schema'),
};

interface StateLook {
  readonly word: string;
  readonly icon: string;
  readonly color?: string;
}

export const stateLooks: Readonly<Record<HealthState, StateLook>> = {
  checking: { word: t('checking'), icon: 'loading~spin' },
  good: { word: t('good'), icon: 'pass', color: 'testing.iconPassed' },
  warning: { word: t('attention'), icon: 'warning', color: 'list.warningForeground' },
  bad: { word: t('bad'), icon: 'error', color: 'list.errorForeground' },
  unknown: { word: t('not known'), icon: 'circle-slash' },
};

export const actionLooks: Readonly<Record<HealthAction, { readonly title: string; readonly icon: string }>> =
  {
    again: { title: t('Check Again'), icon: 'refresh' },
    enterKey: { title: t('Enter Key…'), icon: 'key' },
    deploy: { title: t('Deploy…'), icon: 'rocket' },
    showLogs: { title: t('Show Logs'), icon: 'output' },
  };

/** State, time, and what Enter does. */
export function lineWords({ state, milliseconds, action }: HealthLine): string {
  const time = milliseconds === undefined ? '' : durationWords(milliseconds);
  const next = action ? t('Enter: {0}', actionLooks[action].title) : '';
  return [stateLooks[state].word, time, next].filter(Boolean).join(' · ');
}

function durationWords(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** The outcome in one sentence. */
export function summaryWords(lines: readonly HealthLine[]): string {
  const count = (state: HealthState) => lines.filter((line) => line.state === state).length;
  const bad = count('bad');
  if (bad === 1) return t('1 problem. Choose a line to do what helps.');
  if (bad > 0) return t('{0} problems. Choose a line to do what helps.', bad);
  if (count('warning') > 0) return t('No problem, but see the lines that ask for attention.');
  return count('unknown') > 0 ? t('No problem in what is known.') : t('All is well.');
}
