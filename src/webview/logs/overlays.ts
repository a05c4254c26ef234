import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';

/** What stands over the list where older lines had to go. */
export function droppedView(dropped: number, isAtTop: boolean): TemplateResult | typeof nothing {
  if (dropped === 0 || !isAtTop) return nothing;
  return html`<div class="dropped">${dropped.toLocaleString()} older lines are no longer held.</div>`;
}

/** Says that lines came while the user reads others, and leads to them. */
export function unseenPill(unseen: number, toEnd: () => void): TemplateResult | typeof nothing {
  if (unseen === 0) return nothing;
  return html`<button class="pill" @click=${toEnd}>
    <vscode-icon name="arrow-down" size="14"></vscode-icon>
    ${unseen.toLocaleString()} new line${unseen === 1 ? '' : 's'}
  </button>`;
}
