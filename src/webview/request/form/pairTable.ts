import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { listOf } from '../../../domain/schema/schema.ts';
import type { Schema } from '../../../domain/schema/schema.ts';
import type { Pair } from '../../../domain/requestDraft.ts';
import { option } from '../option.ts';
import { emptyWords, withValue } from './choices.ts';
import { isChecked, valueOf } from './editing.ts';
import { words } from './words.ts';

/** What is known of a line by its name. */
export interface KnownPair {
  readonly required: boolean;
  readonly description: string;
  readonly schema: Schema;
}

export interface PairTable {
  /** Of the table, for screen readers. */
  readonly label: string;
  readonly pairs: readonly Pair[];
  readonly known: (name: string) => KnownPair | undefined;
  /** One sentence about a line that cannot be sent; '' when it can. */
  readonly problem?: (pair: Pair) => string;
  readonly change: (pairs: readonly Pair[]) => void;
}

const blank: Pair = { name: '', value: '', on: true };

/** Lines of names and values; what is typed into the empty one at the end becomes a line. */
export function pairTable(table: PairTable): TemplateResult {
  return html`<div class="pairs" role="group" aria-label=${table.label}>
    ${[...table.pairs, blank].map((pair, at) => line(table, pair, at))}
  </div>`;
}

function line(table: PairTable, pair: Pair, at: number): TemplateResult {
  const isBlank = at === table.pairs.length;
  const put = (change: Partial<Pair>) => table.change(table.pairs.toSpliced(at, 1, { ...pair, ...change }));
  const known = table.known(pair.name);
  const problem = isBlank || !pair.on ? '' : (table.problem?.(pair) ?? '');
  return html`<div class="pair ${pair.on ? '' : 'off'}">
      <input
        type="checkbox"
        aria-label=${words.isSent(pair.name)}
        .checked=${pair.on}
        ?disabled=${isBlank}
        @change=${(event: Event) => put({ on: isChecked(event) })}
      />
      <input
        class="name"
        aria-label=${isBlank ? `${words.add}: ${words.name}` : words.name}
        placeholder=${isBlank ? words.name : ''}
        spellcheck="false"
        .value=${pair.name}
        @input=${(event: Event) => put({ name: valueOf(event) })}
      />
      ${valueInput(pair, known, isBlank, problem, put)}
      ${isBlank ? html`<span class="nothing"></span>` : removeButton(pair.name, () => table.change(table.pairs.toSpliced(at, 1)))}
    </div>
    ${problem ? html`<p class="problem">${problem}</p>` : nothing}
    ${known?.description ? html`<p class="hint">${known.required ? `${words.required}. ` : ''}${known.description}</p>` : nothing}`;
}

function valueInput(
  { name, value, on }: Pair,
  known: KnownPair | undefined,
  isBlank: boolean,
  problem: string,
  put: (change: Partial<Pair>) => void,
): TemplateResult {
  const label = `${words.value}${name ? ` (${name})` : ''}`;
  const choices = choicesOf(known?.schema);
  if (choices.length > 0)
    return html`<select
      aria-label=${label}
      @change=${(event: Event) => put({ value: valueOf(event), on: valueOf(event) !== '' })}
    >
      ${withValue(['', ...choices], value).map((each) => option(each, each || emptyWords(value, on), each === value))}
    </select>`;
  return html`<input
    class="value"
    aria-label=${label}
    aria-invalid=${problem ? 'true' : 'false'}
    placeholder=${isBlank ? words.value : ''}
    spellcheck="false"
    .value=${value}
    @input=${(event: Event) => put({ value: valueOf(event), ...(valueOf(event) ? { on: true } : {}) })}
  />`;
}

function choicesOf(schema: Schema | undefined): string[] {
  if (!schema) return [];
  const choices = schema['type'] === 'boolean' ? [true, false] : listOf(schema['enum']);
  return choices.map((choice) => (typeof choice === 'string' ? choice : JSON.stringify(choice)));
}

export function removeButton(name: string, remove: () => void): TemplateResult {
  return html`<button
    class="icon"
    title=${words.removeItem(name)}
    aria-label=${words.removeItem(name)}
    @click=${remove}
  >
    <vscode-icon name="close"></vscode-icon>
  </button>`;
}
