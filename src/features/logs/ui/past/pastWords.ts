import { defaultLimits } from '../../core/logBuffer.ts';
import type { OlderState } from '../../core/olderLines.ts';
import type { SessionStatus } from '../../core/session.ts';

const number = (value: number) => value.toLocaleString();

/** What a session of the past says of itself. Nothing goes on in it, so it is the first to make room. */
export function pastStatus({ kind, text }: OlderState, held: number): SessionStatus {
  const lines = held === 1 ? '1 line' : `${number(held)} lines`;
  switch (kind) {
    case 'loading':
      return { words: `Loading the past, ${lines}`, icon: 'loading~spin', bad: false, ended: true };
    case 'failed':
      return { words: `Past, ${lines}. ${text}`, icon: 'error', bad: true, ended: true };
    case 'more':
      return { words: `Past, ${lines}, more above`, icon: 'history', bad: false, ended: true };
    case 'start':
    case 'full':
      return { words: `Past, ${lines}`, icon: 'history', bad: false, ended: true };
  }
}

/** '' where everything fits. @param total entries as the server counts them */
export function tooManyWords(total: number): string {
  if (total <= defaultLimits.rows) return '';
  return `This range has ${number(total)} lines; ${number(defaultLimits.rows)} fit in here. Download it to read all.`;
}

export const notCounted = {
  get unsupported(): string {
    return 'This Modal server does not count log lines, so there is no histogram.';
  },
  get filter(): string {
    return 'Counts leave the text and level of the filter out.';
  },
  get noDeploy(): string {
    return 'Modal does not say when this app was deployed. Enter a time instead.';
  },
};
