import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { words } from './words.ts';

/** What stands over the list where older lines had to go. */
export function droppedView(dropped: number, isAtTop: boolean): TemplateResult | typeof nothing {
  if (dropped === 0 || !isAtTop) return nothing;
  return html`<div class="dropped">${words.dropped(dropped)}</div>`;
}

/** Says that lines came while the user reads others, and leads to them. */
export function unseenPill(unseen: number, toEnd: () => void): TemplateResult | typeof nothing {
  if (unseen === 0) return nothing;
  return html`<button class="pill" @click=${toEnd}>
    <vscode-icon name="arrow-down" size="14"></vscode-icon>
    ${words.newLines(unseen)}
  </button>`;
}
