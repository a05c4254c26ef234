import { errorReason } from '../../../requests/core/index.ts';
import type { HistoryEntry } from './entry.ts';

/** The server's own reason of a kept answer that is an error; none where it says none, or too much to be kept. */
export function reasonOf({ answer }: HistoryEntry): string[] {
  if (!answer || answer.status < 400 || answer.body.kind !== 'text') return [];
  return [errorReason(answer.body.text)].filter(Boolean);
}
