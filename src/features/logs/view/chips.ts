import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { LogFilter } from '../../../domain/logFilter.ts';
import { noFilter } from '../../../domain/logFilter.ts';
import { shortId, words } from './words.ts';

export interface Chip {
  readonly name: string;
  readonly value: string;
  readonly title: string;
  /** What takes the restriction away. */
  readonly without: Partial<LogFilter>;
}

/** One for each restriction besides the text. */
export function chipsOf(filter: LogFilter, functions: Readonly<Record<string, string>>): Chip[] {
  const { source, level, functionId, containerId, callId } = filter;
  const chips: Chip[] = [];
  if (source !== 'all')
    chips.push({ name: words.columns.source, value: source, title: source, without: { source: 'all' } });
  if (level !== 'debug')
    chips.push({
      name: words.level,
      value: words.chipLevels[level],
      title: words.chipLevels[level],
      without: { level: 'debug' },
    });
  if (functionId)
    chips.push({
      name: words.columns.function,
      value: functions[functionId] ?? shortId(functionId),
      title: functionId,
      without: { functionId: '' },
    });
  if (containerId)
    chips.push({
      name: words.columns.container,
      value: shortId(containerId),
      title: containerId,
      without: { containerId: '' },
    });
  if (callId)
    chips.push({ name: words.columns.call, value: shortId(callId), title: callId, without: { callId: '' } });
  return chips;
}

export function chipsView(
  chips: readonly Chip[],
  change: (change: Partial<LogFilter>) => void,
): TemplateResult | typeof nothing {
  if (chips.length === 0) return nothing;
  return html`<div class="chips" role="group" aria-label=${words.activeFilters}>
    ${chips.map(
      ({ name, value, title, without }) =>
        html`<span class="chip" title=${title}
          ><span>${words.chip(name, value)}</span
          ><button
            aria-label=${words.removeThis(name, value)}
            title=${words.removeFilter}
            @click=${() => change(without)}
          >
            <vscode-icon name="close" size="12"></vscode-icon></button
        ></span>`,
    )}
    <button class="reset" @click=${() => change(noFilter)}>${words.resetFilters}</button>
  </div>`;
}
