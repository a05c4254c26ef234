import { timeText } from '../../../domain/timeRange.ts';
import type { LogBuffer } from '../core/logBuffer.ts';
import type { LogDocument } from '../core/logDocument.ts';
import { buildLogDocument } from '../core/logDocument.ts';
import { retentionText } from '../core/history.ts';
import type { LogSession } from '../core/session.ts';
import { yieldToEventLoop } from '../core/turns.ts';
import type { EarlierLogs } from './logTab.ts';

/** The editor gives documents of more than 50 MB to no extension. */
const mostCharacters = 40 << 20;
/** Time, container and source before each line. */
const prefixCharacters = 64;

/**
 * What a session holds, as a document, with its query and what Modal keeps in the first lines. Of a log that is too
 * long for a document, the newest part.
 */
export async function documentOf(
  session: LogSession,
  earlier: EarlierLogs | undefined,
  signal: AbortSignal,
): Promise<LogDocument> {
  const { buffer } = session;
  const from = await firstFitting(buffer, signal);
  const header = headerOf(session, earlier, buffer.end - from, from - buffer.first);
  return buildLogDocument(buffer.entries(from, buffer.end), header, signal);
}

function headerOf(
  { title, status }: LogSession,
  earlier: EarlierLogs | undefined,
  count: number,
  leftOut: number,
): string[] {
  const lines = [`# Modal logs: ${title}`, `# ${status.words}`];
  if (earlier) {
    const { target, range, older, query } = earlier;
    const parts = [`app=${target.appName}`, `environment=${target.environment}`];
    for (const [name, value] of Object.entries(query)) parts.push(`${name}=${String(value)}`);
    if (range)
      parts.push(`from=${timeText(range.range.since, 'utc')}`, `to=${timeText(range.range.until, 'utc')}`);
    lines.push(`# ${parts.join(' ')}`, `# ${retentionText(older.keptDays)}`);
  }
  lines.push(`# ${count.toLocaleString()} entries, times in UTC`);
  if (leftOut > 0)
    lines.push(
      `# ${leftOut.toLocaleString()} older entries do not fit in a document. Download the range to read them.`,
    );
  return [...lines, ''];
}

/** Position from which on everything fits. */
async function firstFitting(buffer: LogBuffer, signal: AbortSignal): Promise<number> {
  if (buffer.bytes < mostCharacters / 2) return buffer.first;
  let room = mostCharacters;
  for (let at = buffer.end - 1; at >= buffer.first; at--) {
    room -= buffer.plainText(buffer.rowAt(at)).length + prefixCharacters;
    if (room < 0) return at + 1;
    if (at % 1000 !== 0) continue;
    await yieldToEventLoop();
    signal.throwIfAborted();
  }
  return buffer.first;
}
