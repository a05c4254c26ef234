import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { plainText, visibleText } from '../../../shared/ansi.ts';
import type { MatchRange } from '../../../domain/logFilter.ts';
import { findLinks } from '../../../domain/logLinks.ts';
import type { StyledRun } from './ansiRuns.ts';
import { styledRuns } from './ansiRuns.ts';
import type { Piece } from './pieces.ts';
import { piecesOf } from './pieces.ts';
import type { LogLook, ShownRow } from '../messages.ts';
import { words } from './words.ts';

/** Everything besides the row itself that affects how it is drawn. */
export interface RowContext {
  readonly look: LogLook;
  /** Names of functions by id. */
  readonly functions: Readonly<Record<string, string>>;
  /** Titles of the merged logs; empty when only one is shown. */
  readonly streams: readonly string[];
  /** Calls whose request can be shown. */
  readonly calls: ReadonlySet<string>;
  /** Rows that are unfolded, and those whose library frames are too. */
  readonly unfolded: ReadonlySet<number>;
  readonly withLibraries: ReadonlySet<number>;
  /** Whether the workspace has a file that a log names. Asks the host about one that is not known yet. */
  readonly hasFile: (file: string) => boolean;
  readonly isActive: boolean;
  /** The row before it. */
  readonly before: ShownRow | undefined;
}

/** Longer texts are cut in their row, and shown in full on request. */
export const longText = 2000;

/** Text with its colours, matches and links, as text nodes. It is never parsed as HTML. */
export function textView(
  text: string,
  matches: readonly MatchRange[],
  context: RowContext,
  start = 0,
): TemplateResult | string {
  const plain = plainText(text);
  const links = findLinks(plain)
    .filter((link) => link.kind !== 'file' || context.hasFile(link.file))
    .map((link) => ({ ...link, start: link.start + start, end: link.end + start }));
  if (links.length === 0 && matches.length === 0 && plain === text) return visibleText(text);
  return html`${piecesOf(styledRuns(text), matches, links, start).map((piece) => pieceView(piece, context))}`;
}

/** The beginning of a long text. Matches and links beyond it are not drawn. */
export function cutText(text: string): { readonly text: string; readonly left: number } {
  const plain = plainText(text);
  if (plain.length <= longText * 2) return { text, left: 0 };
  let length = 0;
  let cut = '';
  for (const run of styledRuns(text)) {
    cut += run.text.slice(0, longText - length);
    length = cut.length;
    if (length >= longText) break;
  }
  return { text: cut, left: plain.length - longText };
}

function pieceView(piece: Piece, { isActive }: RowContext): TemplateResult {
  const { link } = piece;
  const content = marked(piece);
  if (!link) return content;
  return html`<span
    role="link"
    class="link"
    tabindex=${isActive ? 0 : -1}
    title=${link.kind === 'url' ? link.url : words.links[link.kind]}
    data-do="link"
    data-start=${link.start}
    >${content}</span
  >`;
}

function marked({ text, classes, isMatch }: StyledRun & { readonly isMatch: boolean }): TemplateResult {
  const shown = visibleText(text);
  if (isMatch) return html`<mark class=${classes || nothing}>${shown}</mark>`;
  return classes ? html`<span class=${classes}>${shown}</span>` : html`${shown}`;
}

/** The matches within a part of the text; places count in the whole text. */
export function matchesIn(
  matches: readonly MatchRange[] | undefined,
  start: number,
  end: number,
): readonly MatchRange[] {
  return (matches ?? []).filter(([from, to]) => to > start && from < end);
}
