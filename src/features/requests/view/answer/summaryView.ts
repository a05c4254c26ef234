import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { SummaryBlock } from '../../../../domain/summary.ts';

export function summaryView(blocks: readonly SummaryBlock[]): TemplateResult {
  return html`${blocks.map(blockView)}`;
}

function blockView(block: SummaryBlock): TemplateResult {
  switch (block.kind) {
    case 'cards':
      return html`<dl class="cards">
        ${block.items.map(
          ({ label, value }) =>
            html`<div>
              <dt>${label}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>`;
    case 'text':
      return html`<h3>${block.title}</h3>
        <pre>${block.text}</pre>`;
    case 'table':
      return html`<h3>${block.title}</h3>
        <div class="scroll" tabindex="0" role="region" aria-label=${block.title}>
          <table>
            <thead>
              <tr>
                ${block.columns.map((column) => html`<th scope="col">${column}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${block.rows.map(
                (row) =>
                  html`<tr>
                    ${row.map((cell) => html`<td title=${cell}>${cell}</td>`)}
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>
        ${block.more > 0 ? html`<p>${block.more} more rows in the Table tab</p>` : ''}`;
  }
}
