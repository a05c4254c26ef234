import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { JsonPath } from '../../../../shared/json/jsonText.ts';
import { parseJson } from '../../../../shared/json/jsonText.ts';
import type { FormField } from '../../../../shared/schema/formField.ts';
import { chosenVariant, fieldOf, itemOf, membersOf, variantOf } from '../../../../shared/schema/formField.ts';
import { initialValue } from '../../../../shared/schema/initialValue.ts';
import type { Schema } from '../../../../shared/schema/schema.ts';
import { listOf } from '../../../../shared/schema/schema.ts';
import { option } from '../option.ts';
import type { Editing } from './editing.ts';
import { valueOf } from './editing.ts';
import { fileChip } from './fileChip.ts';
import { FormValues } from './formValues.ts';
import { removeButton } from './pairTable.ts';
import { pathWords } from './problems.ts';
import { words } from './words.ts';

/** The body as a form. The text is the truth: each field shows its place there and changes nothing else. */
export class SchemaForm {
  readonly #editing: Editing;
  readonly #root: Schema;
  readonly #values: FormValues;

  /** @param text a body that is valid JSON, or empty */
  constructor(editing: Editing, schema: Schema, text: string) {
    this.#editing = editing;
    this.#root = schema;
    this.#values = new FormValues(editing, text);
  }

  render(): TemplateResult {
    const field = fieldOf(this.#root, this.#root, [], true);
    const unknown = this.#unknownMembers(field);
    return html`<div class="form">
      ${this.#problem([])}
      ${field.kind === 'object' ? membersOf(field, this.#root).map((member) => this.#field(member)) : this.#field(field)}
      ${unknown.length > 0 ? html`<p class="hint">Also in the JSON: ${unknown.join(', ')}</p>` : nothing}
    </div>`;
  }

  /** What the form cannot show is in the text still. */
  #unknownMembers(field: FormField): string[] {
    if (field.kind !== 'object') return [];
    const known = new Set(membersOf(field, this.#root).map(({ name }) => name));
    return this.#values.members().filter((name) => !known.has(name));
  }

  #field(field: FormField): TemplateResult {
    const { kind } = field;
    if (kind === 'object' || kind === 'list' || kind === 'choice') return this.#group(field);
    const id = idOf(field.path);
    return html`<div class="field ${this.#messageAt(field.path) ? 'wrong' : ''}">
      ${this.#label(field, id)}
      <div class="input">${this.#input(field, id)}${this.#clear(field)}</div>
      ${this.#problem(field.path, id)} ${hint(field, id)}
    </div>`;
  }

  #label(field: FormField, id: string): TemplateResult | typeof nothing {
    if (field.name === '' && field.path.length > 0) return nothing; // an item; its list is labelled
    return html`<label class="label" for=${id}>${nameOf(field)}</label>`;
  }

  #input(field: FormField, id: string): TemplateResult {
    switch (field.kind) {
      case 'enum':
      case 'boolean':
        return this.#select(field, id);
      case 'number':
      case 'integer':
        return this.#number(field, id);
      case 'json':
        return this.#json(field, id);
      default:
        return field.file ? this.#file(field, id) : this.#textInput(field, id);
    }
  }

  #textInput(field: FormField, id: string): TemplateResult {
    const value = this.#values.at(field.path);
    return html`<textarea
      id=${id}
      rows="1"
      spellcheck="false"
      placeholder=${placeholderOf(field)}
      aria-label=${labelOf(field)}
      aria-invalid=${this.#messageAt(field.path) ? 'true' : 'false'}
      aria-describedby=${this.#describedBy(field, id)}
      .value=${typeof value === 'string' ? value : this.#values.source(field.path)}
      @input=${(event: Event) => this.#values.putText(field, valueOf(event))}
    ></textarea>`;
  }

  #file(field: FormField, id: string): TemplateResult {
    const value = this.#values.at(field.path);
    const { body } = this.#editing.draft;
    const file = body.kind === 'text' ? body.files.find(({ note }) => note === value) : undefined;
    const target = { kind: 'json' as const, path: [...field.path] };
    const typed = file ? nothing : this.#textInput(field, id);
    return html`<div class="filefield">
      ${fileChip(this.#editing, target, labelOf(field), file)} ${typed}
    </div>`;
  }

  #number(field: FormField, id: string): TemplateResult {
    const value = this.#values.at(field.path);
    return html`<input
      id=${id}
      inputmode="decimal"
      spellcheck="false"
      placeholder=${placeholderOf(field)}
      aria-label=${labelOf(field)}
      aria-invalid=${this.#messageAt(field.path) ? 'true' : 'false'}
      aria-describedby=${this.#describedBy(field, id)}
      .value=${typeof value === 'string' ? value : this.#values.source(field.path)}
      @input=${(event: Event) => this.#values.putNumber(field, valueOf(event).trim())}
    />`;
  }

  #select(field: FormField, id: string): TemplateResult {
    const given = field.kind === 'boolean' ? [true, false] : listOf(field.schema['enum']);
    const choices = 'const' in field.schema ? [field.schema['const']] : given;
    const value = this.#values.at(field.path);
    const known = [...choices, ...(field.nullable ? [null] : [])]
      .filter(unique)
      .map((each) => JSON.stringify(each));
    const current = value === undefined ? '' : this.#values.source(field.path);
    const all = current === '' || known.includes(current) ? known : [...known, current];
    const isOptional = !field.required || value === undefined;
    return html`<select
      id=${id}
      aria-label=${labelOf(field)}
      aria-invalid=${this.#messageAt(field.path) ? 'true' : 'false'}
      aria-describedby=${this.#describedBy(field, id)}
      @change=${(event: Event) => this.#values.putLiteral(field, valueOf(event))}
    >
      ${isOptional ? option('', unsetWords(field), current === '') : nothing}
      ${all.map((literal) => option(literal, shownLiteral(literal), literal === current))}
    </select>`;
  }

  /** What no field can show. It reaches the body once it is valid. */
  #json(field: FormField, id: string): TemplateResult {
    const key = JSON.stringify(field.path);
    const text = this.#editing.unfinished.get(key) ?? this.#values.source(field.path);
    return html`<textarea
      id=${id}
      class="mono"
      rows="1"
      spellcheck="false"
      placeholder=${words.editedAsJson}
      aria-label=${`${labelOf(field)}, ${words.editedAsJson}`}
      aria-invalid=${this.#messageAt(field.path) ? 'true' : 'false'}
      aria-describedby=${this.#describedBy(field, id)}
      .value=${text}
      @input=${(event: Event) => this.#values.putJson(field, valueOf(event))}
    ></textarea>`;
  }

  #group(field: FormField): TemplateResult {
    const isThere = this.#values.at(field.path) !== undefined;
    if (field.required && field.kind !== 'choice' && field.path.length === 0) return this.#groupBody(field);
    return html`<fieldset class=${this.#messageAt(field.path) ? 'wrong' : ''}>
      <legend>
        ${field.name === '' ? `Item ${Number(field.path.at(-1) ?? 0) + 1}` : nameOf(field)}${this.#clear(field)}
      </legend>
      ${hint(field, idOf(field.path))} ${this.#problem(field.path)}
      ${isThere || field.required ? this.#groupBody(field) : this.#addButton(field)}
    </fieldset>`;
  }

  #groupBody(field: FormField): TemplateResult {
    if (field.kind === 'object')
      return html`${membersOf(field, this.#root).map((member) => this.#field(member))}`;
    return field.kind === 'list' ? this.#list(field) : this.#choice(field);
  }

  #addButton(field: FormField): TemplateResult {
    const add = () => this.#values.set(field.path, initialValue(field.schema, this.#root, field.name));
    return html`<button class="plain" @click=${add}>
      <vscode-icon name="add"></vscode-icon>${words.addMember(labelOf(field))}
    </button>`;
  }

  #list(field: FormField): TemplateResult {
    const value = this.#values.at(field.path);
    const items = Array.isArray(value) ? (value as unknown[]) : [];
    const shown = items.slice(0, mostItems).map((_, at) => itemOf(field, this.#root, at));
    const next = itemOf(field, this.#root, items.length);
    const add = () =>
      this.#values.set(
        next.path,
        items.length < mostItems ? initialValue(next.schema, this.#root, field.name) : null,
      );
    return html`${shown.map((item) => this.#item(field, item))}
      ${items.length > mostItems ? html`<p class="hint">${words.more(items.length - mostItems)}</p>` : nothing}
      <button class="plain" aria-label=${words.addItem(labelOf(field))} @click=${add}>
        <vscode-icon name="add"></vscode-icon>${words.add}
      </button>`;
  }

  #item(list: FormField, item: FormField): TemplateResult {
    const name = `${labelOf(list)} ${Number(item.path.at(-1)) + 1}`;
    return html`<div class="item">
      ${this.#field(item)}${removeButton(name, () => this.#values.remove(item.path))}
    </div>`;
  }

  #choice(field: FormField): TemplateResult {
    const key = JSON.stringify(field.path);
    const value = this.#values.at(field.path);
    const known = value === undefined ? 0 : Math.max(0, chosenVariant(field, this.#root, value));
    const chosen = this.#editing.chosen.get(key) ?? known;
    const choose = (at: number) => {
      this.#editing.chosen.set(key, at);
      this.#values.set(
        field.path,
        initialValue(variantOf(field, this.#root, at).schema, this.#root, field.name),
      );
    };
    const variant = variantOf(field, this.#root, chosen);
    return html`<select
        aria-label=${words.kindOf(labelOf(field))}
        @change=${(event: Event) => choose(Number(valueOf(event)))}
      >
        ${field.choices.map((name, at) => option(at, name, at === chosen))}
      </select>
      ${variant.kind === 'object' || variant.kind === 'list' ? this.#groupBody(variant) : this.#input(variant, idOf(field.path))}`;
  }

  /** Takes an optional value out again. */
  #clear(field: FormField): TemplateResult | typeof nothing {
    const isPlain = field.kind !== 'object' && field.kind !== 'list' && field.kind !== 'choice';
    if (
      field.required ||
      this.#values.at(field.path) === undefined ||
      (isPlain && field.kind !== 'json' && !field.file)
    )
      return nothing;
    const label = words.clear(labelOf(field));
    return html`<button
      class="icon"
      title=${label}
      aria-label=${label}
      @click=${() => this.#values.remove(field.path)}
    >
      <vscode-icon name="close"></vscode-icon>
    </button>`;
  }

  #problem(path: JsonPath, id = idOf(path)): TemplateResult | typeof nothing {
    const message = this.#messageAt(path);
    return message ? html`<p class="problem" id="${id}-problem">${message}</p>` : nothing;
  }

  #messageAt(path: JsonPath): string {
    const key = JSON.stringify(path);
    if (this.#editing.unfinished.has(key)) return words.badJson;
    return (
      this.#editing.problems.schema.find((problem) => JSON.stringify(problem.path) === key)?.message ?? ''
    );
  }

  #describedBy(field: FormField, id: string): string {
    return `${id}-problem${field.description ? ` ${id}-hint` : ''}`;
  }
}

/** Longer lists are edited as JSON. */
const mostItems = 100;

const unique = (value: unknown, at: number, all: readonly unknown[]) => all.indexOf(value) === at;

function idOf(path: JsonPath): string {
  return `field-${path
    .map(String)
    .join('-')
    .replaceAll(/[^\w-]/g, '_')}`;
}

function nameOf(field: FormField): TemplateResult {
  return html`${labelOf(field)}${
    field.required && field.path.length > 0
      ? html`<span class="mark" aria-hidden="true">*</span><span class="hidden">, ${words.required}</span>`
      : nothing
  }`;
}

function labelOf({ name, path }: FormField): string {
  return name || pathWords(path) || words.tabs.body;
}

function hint({ description }: FormField, id: string): TemplateResult | typeof nothing {
  return description ? html`<p class="hint" id="${id}-hint">${description}</p>` : nothing;
}

function placeholderOf({ schema, nullable, required }: FormField): string {
  const given = schema['default'];
  if (given !== undefined && given !== null && given !== '')
    return words.defaultIs(typeof given === 'string' ? given : JSON.stringify(given));
  return nullable && required ? words.nullValue : '';
}

function unsetWords({ schema }: FormField): string {
  const given = schema['default'];
  return given === undefined || given === null
    ? words.notSent
    : words.notSentDefault(typeof given === 'string' ? given : JSON.stringify(given));
}

/** Texts without their quotes, where nothing else looks like them. */
function shownLiteral(literal: string): string {
  const value = parseJson(literal);
  return value.ok && typeof value.value === 'string' && value.value !== '' ? value.value : literal;
}
