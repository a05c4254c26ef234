import type { Line } from './lines.ts';
import type { BodyPiece, FileBody, Report } from './model.ts';

/** Of a line without the blanks at its end; no other client takes an indented one for a file. */
const fileLine = /^<(@(\S*))?[ \t]+(\S.*)$/;

/** The texts and files of a body. @param end of its lines */
export function pieces(lines: readonly Line[], end: string, report: Report): BodyPiece[] {
  const found: BodyPiece[] = [];
  let text: string[] = [];
  const flush = (more: boolean) => {
    if (text.length > 0) found.push({ kind: 'text', text: text.join(end) + (more ? end : '') });
    text = [];
  };
  lines.forEach((line, at) => {
    const file = fileOf(line, report);
    if (!file) {
      text.push(line.text);
      return;
    }
    flush(true);
    found.push({ kind: 'file', ...file });
    if (at < lines.length - 1) text.push('');
  });
  flush(false);
  return found;
}

export const isFileLine = (line: Line) => fileLine.test(line.text.trimEnd());

function fileOf(line: Line, report: Report): FileBody | undefined {
  const [, fill, encoding = '', path] = fileLine.exec(line.text.trimEnd()) ?? [];
  if (path === undefined) return undefined;
  const isKnown = encoding === '' || Buffer.isEncoding(encoding);
  if (!isKnown) {
    const message = `Unknown encoding ${encoding}. Use utf8, utf16le, latin1, ascii, base64 or hex.`;
    report(line, 'error', message);
  }
  return {
    path,
    fillIn: fill !== undefined,
    ...(isKnown && encoding !== '' ? { encoding } : {}),
    range: { start: line.start, end: line.end },
  };
}
