import * as vscode from 'vscode';
import { defaultLimits } from '../../../logs/logBuffer.ts';
import type { OlderState } from '../../../logs/olderLines.ts';
import type { SessionStatus } from '../../../logs/session.ts';

const number = (value: number) => value.toLocaleString();

/** What a session of the past says of itself. Nothing goes on in it, so it is the first to make room. */
export function pastStatus({ kind, text }: OlderState, held: number): SessionStatus {
  const { t } = vscode.l10n;
  const lines = held === 1 ? t('1 line') : t('{0} lines', number(held));
  switch (kind) {
    case 'loading':
      return { words: t('Loading the past, {0}', lines), icon: 'loading~spin', bad: false, ended: true };
    case 'failed':
      return { words: t('Past, {0}. {1}', lines, text), icon: 'error', bad: true, ended: true };
    case 'more':
      return { words: t('Past, {0}, more above', lines), icon: 'history', bad: false, ended: true };
    case 'start':
    case 'full':
      return { words: t('Past, {0}', lines), icon: 'history', bad: false, ended: true };
  }
}

/** '' where everything fits. @param total entries as the server counts them */
export function tooManyWords(total: number): string {
  if (total <= defaultLimits.rows) return '';
  return vscode.l10n.t(
    'This range has {0} lines; {1} fit in here. Download it to read all.',
    number(total),
    number(defaultLimits.rows),
  );
}

export const notCounted = {
  get unsupported(): string {
    return vscode.l10n.t('This Modal server does not count log lines, so there is no histogram.');
  },
  get filter(): string {
    return vscode.l10n.t('Counts leave the text and level of the filter out.');
  },
  get noDeploy(): string {
    return vscode.l10n.t('Modal does not say when this app was deployed. Enter a time instead.');
  },
};
