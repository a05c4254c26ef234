import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { TabInfo } from '../messages.ts';
import { words } from './words.ts';

/** Shown when there is no log. */
export function emptyView(follow: () => void): TemplateResult {
  return html`<div class="empty">
    <vscode-icon name="output" size="32"></vscode-icon>
    <span>${words.noLog}</span>
    <vscode-button @click=${follow}>${words.chooseApp}</vscode-button>
  </div>`;
}

/** Shown when a log has no lines to show. */
export function nothingShown(
  { icon }: TabInfo,
  isFiltering: boolean,
  total: number,
  reset: () => void,
): TemplateResult {
  if (isFiltering) return html`<div class="empty"><span>${words.filtering}</span></div>`;
  if (total > 0)
    return html`<div class="empty">
      <span>${words.noMatch}</span>
      <vscode-button secondary @click=${reset}>${words.resetFilters}</vscode-button>
    </div>`;
  const reason = icon.startsWith('loading') ? words.waiting : words.nothingYet;
  return html`<div class="empty"><span>${reason}</span></div>`;
}

/** Shown above the list when older lines were discarded. */
export function droppedView(dropped: number, isAtTop: boolean): TemplateResult | typeof nothing {
  if (dropped === 0 || !isAtTop) return nothing;
  return html`<div class="dropped">${words.dropped(dropped)}</div>`;
}

/** A button that leads to lines that arrived while the user was reading others. */
export function unseenPill(unseen: number, toEnd: () => void): TemplateResult | typeof nothing {
  if (unseen === 0) return nothing;
  return html`<button class="pill" @click=${toEnd}>
    <vscode-icon name="arrow-down" size="14"></vscode-icon>
    ${words.newLines(unseen)}
  </button>`;
}
