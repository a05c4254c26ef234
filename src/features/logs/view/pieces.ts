import type { TextLink } from '../../../domain/logLinks.ts';
import type { MatchRange } from '../../../domain/logFilter.ts';
import type { StyledRun } from './ansiRuns.ts';

/** A run of text with one style, that is a match or link as a whole or not at all. */
export interface Piece extends StyledRun {
  readonly isMatch: boolean;
  readonly link?: TextLink;
}

/**
 * Cuts styled text at matches and links.
 * @param start where the text begins in the one that matches and links count in
 */
export function piecesOf(
  runs: readonly StyledRun[],
  matches: readonly MatchRange[],
  links: readonly TextLink[],
  start = 0,
): Piece[] {
  const pieces: Piece[] = [];
  let at = start;
  for (const { text, classes } of runs) {
    const end = at + text.length;
    for (const [from, to] of cuts(at, end, matches, links)) {
      const link = links.find((each) => from >= each.start && to <= each.end);
      pieces.push({
        text: text.slice(from - at, to - at),
        classes,
        isMatch: matches.some(([first, last]) => from >= first && to <= last),
        ...(link ? { link } : {}),
      });
    }
    at = end;
  }
  return pieces;
}

function cuts(
  from: number,
  to: number,
  matches: readonly MatchRange[],
  links: readonly TextLink[],
): (readonly [number, number])[] {
  const places = new Set([from, to]);
  const add = (place: number) => place > from && place < to && places.add(place);
  for (const [start, end] of matches) {
    add(start);
    add(end);
  }
  for (const { start, end } of links) {
    add(start);
    add(end);
  }
  const sorted = [...places].sort((a, b) => a - b);
  return sorted.slice(1).map((end, at) => [sorted[at] ?? from, end] as const);
}
