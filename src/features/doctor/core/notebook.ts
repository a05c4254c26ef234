import type { Finding } from './rule.ts';

/** A cell of a notebook; of another language than Python it counts for nothing. */
export interface Cell {
  readonly text: string;
  readonly isPython: boolean;
}

/** The cells of a notebook as one program, in their order. Offsets in a cell are offsets behind its start. */
export interface CellProgram {
  readonly text: string;
  readonly starts: readonly number[];
}

export function programOf(cells: readonly Cell[]): CellProgram {
  const starts: number[] = [];
  let text = '';
  for (const cell of cells) {
    starts.push(text.length);
    text += `${cell.isPython ? withoutMagics(cell.text) : blank(cell.text)}\n`;
  }
  return { text, starts };
}

/** Findings of the program by their cells. A fix that changes several cells is left out. */
export function findingsByCell(findings: readonly Finding[], { starts, text }: CellProgram): Finding[][] {
  return starts.map((start, at) => {
    const end = starts[at + 1] ?? text.length + 1;
    const isInside = ({ from, to }: { readonly from: number; readonly to: number }) =>
      start <= from && to < end;
    const moved = <T extends { readonly from: number; readonly to: number }>(place: T): T => ({
      ...place,
      from: place.from - start,
      to: place.to - start,
    });
    return findings.filter(isInside).map(({ fix, ...finding }) => ({
      ...moved(finding),
      ...(fix?.edits.every(isInside) ? { fix: { ...fix, edits: fix.edits.map(moved) } } : {}),
    }));
  });
}

/** Lines for IPython and its shell, and cells in which such a line says what the rest is, are not Python. */
function withoutMagics(text: string): string {
  if (/^\s*%%/.test(text)) return blank(text);
  return text.replace(/^[ \t]*[%!?].*$/gm, blank);
}

/** As long, with the same lines. */
const blank = (text: string) => text.replace(/[^\r\n]/g, ' ');
