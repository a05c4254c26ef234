import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { TabInfo } from '../messages.ts';
import { words } from './words.ts';

/** No log is there. */
export function emptyView(follow: () => void): TemplateResult {
  return html`<div class="empty">
    <vscode-icon name="output" size="32"></vscode-icon>
    <span>${words.noLog}</span>
    <vscode-button @click=${follow}>${words.chooseApp}</vscode-button>
  </div>`;
}

/** A log is there, but no line to show. */
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
