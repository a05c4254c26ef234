import type { HistogramMessage } from '../../messages.ts';

/** The counts to show: while the user drags over some, newer ones of the same log wait. */
export function countsToShow(
  shown: HistogramMessage | undefined,
  newest: HistogramMessage | undefined,
  isDragging: boolean,
): HistogramMessage | undefined {
  return isDragging && newest?.session === shown?.session ? shown : newest;
}
