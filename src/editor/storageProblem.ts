import type { Logger } from '../shared/logger.ts';
import { text } from '../shared/text.ts';
import { showWarning } from './shown/messages.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'your disk quota is used up',
  EROFS: 'the disk is read-only',
  EACCES: 'the folder may not be written to',
  EPERM: 'the folder may not be written to',
};

let isTold = false;

/** Says once in a window that drafts and history are not kept; each failure is logged. */
export function tellNotKept(what: string, error: unknown, logger: Logger): void {
  logger.warn(`${what} could not be kept: ${String(error)}`);
  if (isTold) return;
  isTold = true;
  const { code = '', path: place = '' } = error as NodeJS.ErrnoException;
  const reason = reasons[code] ?? (error instanceof Error ? error.message : String(error));
  const where = place ? text` (${place})` : '';
  void showWarning(
    text`Request drafts and history cannot be kept: ${reason}${where}. Requests still work. What this window holds is lost when it closes.`,
  );
}
