import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { LogFilter } from '../../domain/logFilter.ts';
import { noFilter } from '../../domain/logFilter.ts';
import type { Chip } from './words.ts';

export function chipsView(
  chips: readonly Chip[],
  change: (change: Partial<LogFilter>) => void,
): TemplateResult | typeof nothing {
  if (chips.length === 0) return nothing;
  return html`<div class="chips" role="group" aria-label="Active filters">
    ${chips.map(
      ({ name, value, title, without }) =>
        html`<span class="chip" title=${title}
          ><span>${name}: ${value}</span
          ><button
            aria-label="Remove Filter: ${name} ${value}"
            title="Remove Filter"
            @click=${() => change(without)}
          >
            <vscode-icon name="close" size="12"></vscode-icon></button
        ></span>`,
    )}
    <button class="reset" @click=${() => change(noFilter)}>Reset Filters</button>
  </div>`;
}
