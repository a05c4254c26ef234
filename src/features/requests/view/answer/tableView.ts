import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { ContentOf } from '../../answerMessages.ts';
import { option } from '../option.ts';
import type { Post } from './headView.ts';
import { plural } from '../../../../shared/format.ts';

const moreRows = 500;

/** A list of objects as a table; a click on a heading sorts. */
export function tableView(content: ContentOf<'table'>, post: Post): TemplateResult {
  const { names, selected, columns, rows, total, order } = content;
  const ask = (changes: Partial<{ selected: number; count: number; order: typeof order }>) => {
    const next = { selected, count: rows.length, order, ...changes };
    post({
      type: 'answer/table',
      selected: next.selected,
      count: Math.max(next.count, 1),
      ...(next.order ? { order: next.order } : {}),
    });
  };
  const sort = (column: string) =>
    ask({ order: { column, descending: order?.column === column && !order.descending } });
  return html`<div class="tools">
      ${names.length > 1 ? picker(names, selected, (index) => ask({ selected: index, count: 200, order: undefined })) : nothing}
      <span class="facts">${plural(total, 'row')}</span>
    </div>
    <div class="scroll wide" tabindex="0" role="region" aria-label=${`Table ${names[selected] ?? ''}`}>
      <table>
        <thead>
          <tr>
            ${columns.map((column) => {
              const isSorted = order?.column === column;
              const direction = !isSorted ? 'none' : order.descending ? 'descending' : 'ascending';
              const icon = order?.descending ? 'arrow-down' : 'arrow-up';
              return html`<th scope="col" aria-sort=${direction}>
                <button @click=${() => sort(column)}>
                  ${column}${isSorted ? html`<vscode-icon name=${icon}></vscode-icon>` : nothing}
                </button>
              </th>`;
            })}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                ${row.map((cell) => html`<td title=${cell}>${cell}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
      ${
        rows.length < total
          ? html`<p>
              <vscode-button secondary @click=${() => ask({ count: rows.length + moreRows })}
                >Show ${Math.min(moreRows, total - rows.length)} More Rows</vscode-button
              >
            </p>`
          : nothing
      }
    </div>`;
}

function picker(names: readonly string[], selected: number, choose: (index: number) => void): TemplateResult {
  return html`<label
    >Table
    <select @change=${(event: Event) => choose(Number((event.target as HTMLSelectElement).value))}>
      ${names.map((name, index) => option(index, name, index === selected))}
    </select>
  </label>`;
}
