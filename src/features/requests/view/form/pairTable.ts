import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { choicesOf, isListMember } from '../../../../domain/operationDraft.ts';
import type { Schema } from '../../../../shared/schema/schema.ts';
import type { Pair } from '../../../../domain/requestDraft.ts';
import { option } from '../option.ts';
import { emptyWords, withValue } from './choices.ts';
import { isChecked, valueOf } from './editing.ts';
import { words } from './words.ts';

/** What is known of a line. */
export interface KnownPair {
  readonly required: boolean;
  readonly description: string;
  readonly schema: Schema;
  /** What references of the schema are within; absent: the schema itself. */
  readonly root?: Schema;
}

export interface PairTable {
  /** Of the table, for screen readers. */
  readonly label: string;
  readonly pairs: readonly Pair[];
  readonly known: (pair: Pair) => KnownPair | undefined;
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
  const known = table.known(pair);
  // What is said of a list stands below its last line.
  const goesOn = known !== undefined && isListed(known) && table.pairs[at + 1]?.name === pair.name;
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
      ${mayRepeat(pair, known) ? addButton(pair.name, () => table.change(table.pairs.toSpliced(at + 1, 0, nextOf(pair, known)))) : nothing}
      ${isBlank ? html`<span class="nothing"></span>` : removeButton(pair.name, () => table.change(table.pairs.toSpliced(at, 1)))}
    </div>
    ${problem ? html`<p class="problem">${problem}</p>` : nothing}
    ${known?.description && !goesOn ? html`<p class="hint">${known.required ? `${words.requiredHint} ` : ''}${known.description}</p>` : nothing}`;
}

function valueInput(
  { name, value, on }: Pair,
  known: KnownPair | undefined,
  isBlank: boolean,
  problem: string,
  put: (change: Partial<Pair>) => void,
): TemplateResult {
  const label = `${words.value}${name ? ` (${name})` : ''}`;
  const choices = known ? choicesOf(known.schema, rootOf(known)) : [];
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

const rootOf = ({ root, schema }: KnownPair) => root ?? schema;

const isListed = (known: KnownPair) => isListMember(known.schema, rootOf(known));

/** A list has a line for each of its items. */
function mayRepeat({ on }: Pair, known: KnownPair | undefined): known is KnownPair {
  return on && known !== undefined && isListed(known);
}

function nextOf({ name }: Pair, known: KnownPair): Pair {
  return { name, value: choicesOf(known.schema, rootOf(known))[0] ?? '', on: true };
}

/** Adds one more line of the same name. */
export function addButton(name: string, add: () => void): TemplateResult {
  return html`<button
    class="icon"
    title=${words.addItem(name)}
    aria-label=${words.addItem(name)}
    @click=${add}
  >
    <vscode-icon name="add"></vscode-icon>
  </button>`;
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
