import type { TimeRange } from '../../../../domain/log.ts';
import type { LogBuffer } from '../../core/logBuffer.ts';

/**
 * Time of the first held entry of a range; undefined when none is held.
 * @param isWhole there is nothing before what is held; otherwise its first entry may lie in the middle of the range
 */
export function firstTimeIn(
  buffer: LogBuffer,
  { since, until }: TimeRange,
  isWhole: boolean,
): number | undefined {
  let begin = Number.POSITIVE_INFINITY;
  for (const entry of buffer.entries()) {
    if (entry.kind === 'mark') continue;
    begin = Math.min(begin, entry.time);
    if (entry.time < since || entry.time >= until) continue;
    return isWhole || begin < since ? entry.time : undefined;
  }
  return undefined;
}
