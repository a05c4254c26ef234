import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { ContentOf, DoneState } from '../../answerMessages.ts';
import type { Post } from './headView.ts';

const pieceLength = 8192;

/** Text as it came. In pieces, of which the browser lays out only those in sight. */
export function rawView({ text, isCut }: ContentOf<'raw'>, post: Post): TemplateResult {
  return html`${isCut ? cutNotice('Showing the first 1 MB.', post) : nothing}
    <pre class="raw">${piecesOf(text).map((piece) => html`<span class="piece">${piece}</span>`)}</pre>`;
}

export function hexView({ text, isCut }: ContentOf<'hex'>, post: Post): TemplateResult {
  return html`${isCut ? cutNotice('Showing the first 8 KB.', post, false) : nothing}
    <pre class="hex">${text}</pre>`;
}

export function headersView({ head }: DoneState): TemplateResult {
  return html`<table>
    <tbody>
      ${head.headers.map(
        ([name, value]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td title=${value}>${value}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function cutNotice(text: string, post: Post, isText = true): TemplateResult {
  return html`<div class="notice info" role="note">
    <vscode-icon name="info"></vscode-icon>
    <p>${text}</p>
    <vscode-button secondary @click=${() => post({ type: isText ? 'answer/open' : 'answer/save' })}
      >${isText ? 'Open All' : 'Save As…'}</vscode-button
    >
  </div>`;
}

/** Cut after a line where there is one, so that no line is torn. */
function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  for (let from = 0; from < text.length;) {
    const line = text.indexOf('\n', from + pieceLength);
    const isLong = line < 0 || line > from + 4 * pieceLength;
    const end = isLong ? wholeCharacter(text, from + 4 * pieceLength) : line + 1;
    pieces.push(text.slice(from, end));
    from = end;
  }
  return pieces;
}

function wholeCharacter(text: string, end: number): number {
  const code = text.charCodeAt(end - 1);
  return end < text.length && code >= 0xd800 && code < 0xdc00 ? end + 1 : Math.min(end, text.length);
}
