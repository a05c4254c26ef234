import type { TextRange } from '../../../requests/core/index.ts';

export interface Line extends TextRange {
  /** Without its end. */
  readonly text: string;
}

/**
 * The lines of a text that ends them with LF or CRLF. A byte order mark belongs to no line.
 * @returns undefined when there are more than `most`
 */
export function linesOf(text: string): Line[];
export function linesOf(text: string, most: number): Line[] | undefined;
export function linesOf(text: string, most = Infinity): Line[] | undefined {
  const lines: Line[] = [];
  let start = text.startsWith('\uFEFF') ? 1 : 0;
  for (;;) {
    const lf = text.indexOf('\n', start);
    const stop = lf < 0 ? text.length : lf;
    const end = lf > start && text[lf - 1] === '\r' ? lf - 1 : stop;
    if (lines.length >= most) return undefined;
    lines.push({ text: text.slice(start, end), start, end });
    if (lf < 0) return lines;
    start = lf + 1;
  }
}

/** `#` or `//` at the beginning, with or without indent: no client sends such a line, wherever it stands. */
export const isComment = (text: string) => /^\s*(?:#|\/\/)/.test(text);

/**
 * The last line of a script that begins at a line: `< {% … %}` of JetBrains, `{{ … }}` of httpyac.
 * @returns undefined where none begins; `closed` false where it has no end
 */
export function scriptEnd(
  lines: readonly Line[],
  at: number,
): { readonly at: number; readonly closed: boolean } | undefined {
  const text = lines[at]?.text ?? '';
  const close = closing(text);
  if (!close) return undefined;
  for (let end = at; end < lines.length; end++)
    if (close.test(lines[end]?.text ?? '')) return { at: end, closed: true };
  return { at: lines.length - 1, closed: false };
}

function closing(text: string): RegExp | undefined {
  if (/^\s*[<>]\s*\{%/.test(text)) return /%\}\s*$/;
  return /^\{\{[@+~]?\w*\s*$/.test(text) ? /^\}\}\s*$/ : undefined;
}
