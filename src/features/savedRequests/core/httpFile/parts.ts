import type { Line } from './lines.ts';
import type { HttpPart, Report } from './model.ts';
import { isFileLine, pieces } from './pieces.ts';

/** Of a line without the blanks at its end. */
const headerLine = /^\s*[^\s:]+\s*:/;

interface PartLines {
  readonly head: readonly Line[];
  readonly content: readonly Line[];
  readonly start: Line;
}

/**
 * The parts of form data.
 * @returns undefined where they cannot be told, which is reported, or where they have something that parts of ours have
 * not, so that they are sent as they are written
 */
export function readParts(lines: readonly Line[], type: string, report: Report): HttpPart[] | undefined {
  const [first] = lines;
  const end = lines.at(-1);
  const boundary = /;\s*boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))/i.exec(type);
  const mark = `--${boundary?.[1] ?? boundary?.[2] ?? ''}`;
  if (!first || !end) return undefined;
  if (!boundary) {
    const message =
      'The content type needs a boundary: multipart/form-data; boundary=XX, with a line --XX before each part and --XX-- after the last.';
    report(first, 'error', message);
    return undefined;
  }
  const { found, isClosed } = split(lines, mark, report);
  // The whole body may be a file.
  if (found.length === 0 && lines.some(isFileLine)) return undefined;
  if (found.length === 0)
    report(first, 'error', `No part begins here. Each part needs a line ${mark} before it.`);
  else if (!isClosed) report(end, 'error', `The line ${mark}-- is missing after the last part. Add it.`);
  const parts = found.map((part) => readPart(part, report));
  return parts.every((part) => part !== undefined) ? parts : undefined;
}

function split(
  lines: readonly Line[],
  mark: string,
  report: Report,
): { found: PartLines[]; isClosed: boolean } {
  const found: PartLines[] = [];
  /** Where the part begins that is not read yet. */
  let begin: number | undefined;
  for (const [at, line] of lines.entries()) {
    const text = line.text.trimEnd();
    if (text !== mark && text !== `${mark}--`) continue;
    if (begin !== undefined)
      found.push({ ...headOf(lines.slice(begin, at), report), start: lines[begin - 1] as Line });
    if (text !== mark) return { found, isClosed: true };
    begin = at + 1;
  }
  if (begin !== undefined)
    found.push({ ...headOf(lines.slice(begin), report), start: lines[begin - 1] as Line });
  return { found, isClosed: false };
}

/** Other clients send a part without its blank line as they find it, which leaves a server with no content. */
function headOf(lines: readonly Line[], report: Report): Pick<PartLines, 'head' | 'content'> {
  const end = lines.findIndex((line) => !headerLine.test(line.text.trimEnd()) || isFileLine(line));
  const next = end < 0 ? undefined : lines[end];
  if (!next) return { head: lines, content: [] };
  if (next.text.trim() === '') return { head: lines.slice(0, end), content: lines.slice(end + 1) };
  report(
    next,
    'warning',
    'A blank line is missing before this. Other clients send the part without content.',
  );
  return { head: lines.slice(0, end), content: lines.slice(end) };
}

function readPart({ head, content, start }: PartLines, report: Report): HttpPart | undefined {
  const header = (name: string) =>
    head
      .map((line) => line.text.trim())
      .find((text) => text.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim();
  const disposition = header('content-disposition') ?? '';
  const name = parameter(disposition, partName);
  const fileName = parameter(disposition, partFileName);
  const type = header('content-type');
  if (name === undefined) {
    report(start, 'error', 'This part needs a name: Content-Disposition: form-data; name="…".');
    return undefined;
  }
  const isPlain =
    head.every((line) => /^\s*content-(?:disposition|type):/i.test(line.text)) &&
    disposition.replace(partName, '').replace(partFileName, '').trim().toLowerCase() === 'form-data';
  const [piece = { kind: 'text', text: '' } as const, ...more] = pieces(withoutGap(content), '\r\n', silent);
  // A file without a name would be a field for its server, and there a text.
  if (!isPlain || more.length > 0 || (piece.kind === 'file' && fileName === undefined)) return undefined;
  return {
    name,
    ...(fileName === undefined ? {} : { fileName }),
    ...(type === undefined ? {} : { type }),
    content: piece,
  };
}

/** Blank lines after the name of a file would be line breaks at its end, which nobody means. */
function withoutGap(content: readonly Line[]): readonly Line[] {
  const last = content.findLastIndex((line) => line.text.trim() !== '');
  const line = content[last];
  return line && isFileLine(line) ? content.slice(0, last + 1) : content;
}

/** The files of the whole body were looked at already. */
const silent = () => undefined;

const partName = /;\s*name\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))/i;
const partFileName = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))/i;

function parameter(header: string, form: RegExp): string | undefined {
  const match = form.exec(header);
  return match ? (match[1]?.replaceAll(/\\(.)/g, '$1') ?? match[2]) : undefined;
}
