import { defaultLimits } from '../../core/logBuffer.ts';
import type { OlderState } from '../../core/olderLines.ts';
import type { SessionStatus } from '../../core/session.ts';

const number = (value: number) => value.toLocaleString();

/** The status of a tab that shows a time range. Nothing more will come, so it is the first to make room. */
export function rangeStatus({ kind, text }: OlderState, held: number): SessionStatus {
  const lines = held === 1 ? '1 line' : `${number(held)} lines`;
  switch (kind) {
    case 'loading':
      return { words: `Loading earlier logs (${lines})`, icon: 'loading~spin', bad: false, ended: true };
    case 'failed':
      return { words: `${lines} loaded. ${text}`, icon: 'error', bad: true, ended: true };
    case 'more':
      return { words: `${lines} loaded, scroll up for more`, icon: 'history', bad: false, ended: true };
    case 'start':
    case 'full':
      return { words: `${lines} loaded`, icon: 'history', bad: false, ended: true };
  }
}

/** '' where everything fits. @param total entries as the server counts them */
export function tooManyText(total: number): string {
  if (total <= defaultLimits.rows) return '';
  return `The range has ${number(total)} lines; only ${number(defaultLimits.rows)} can be shown. Download it to read all.`;
}
