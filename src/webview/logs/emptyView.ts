import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { SessionTab } from '../../ui/logs/protocol.ts';

/** No log is there. */
export function emptyView(follow: () => void): TemplateResult {
  return html`<div class="empty">
    <vscode-icon name="output" size="32"></vscode-icon>
    <span>No log is followed. Logs of apps and deploys are shown here.</span>
    <vscode-button @click=${follow}>Choose an App to Follow</vscode-button>
  </div>`;
}

/** A log is there, but no line to show. */
export function nothingShown(
  { icon }: SessionTab,
  isFiltering: boolean,
  total: number,
  reset: () => void,
): TemplateResult {
  if (isFiltering) return html`<div class="empty"><span>Filtering…</span></div>`;
  if (total > 0)
    return html`<div class="empty">
      <span>No line matches the filter.</span>
      <vscode-button secondary @click=${reset}>Reset Filters</vscode-button>
    </div>`;
  const words = icon.startsWith('loading') ? 'Waiting for the first line…' : 'Nothing has been logged yet.';
  return html`<div class="empty"><span>${words}</span></div>`;
}
