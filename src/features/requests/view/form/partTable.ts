import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { choicesOf, isFilePart, isListMember, membersOf } from '../../../../domain/operationDraft.ts';
import type { DraftPart } from '../../../../domain/requestDraft.ts';
import { textOf } from '../../../../shared/schema/schema.ts';
import type { Schema } from '../../../../shared/schema/schema.ts';
import { option } from '../option.ts';
import { emptyWords, withValue } from './choices.ts';
import type { Editing } from './editing.ts';
import { isChecked, valueOf } from './editing.ts';
import { fileChip } from './fileChip.ts';
import { addButton, removeButton } from './pairTable.ts';
import { schemaOf } from './problems.ts';
import { words } from './words.ts';

const blank: DraftPart = { name: '', on: true, text: '' };

/** The parts of a multipart body: texts and files. */
export function partTable(editing: Editing): TemplateResult {
  const { body } = editing.draft;
  const parts = body.kind === 'multipart' ? body.parts : [];
  const schema = schemaOf(editing.context, 'multipart/form-data');
  const known = new Map(schema ? membersOf(schema).map(([name, member]) => [name, member] as const) : []);
  return html`<div class="pairs" role="group" aria-label=${words.tabs.body}>
    ${[...parts, blank].map((part, at) => line(editing, parts, part, at, known.get(part.name), schema ?? {}))}
  </div>`;
}

function line(
  editing: Editing,
  parts: readonly DraftPart[],
  part: DraftPart,
  at: number,
  member: Schema | undefined,
  schema: Schema,
): TemplateResult {
  const isBlank = at === parts.length;
  const change = (next: readonly DraftPart[]) =>
    editing.change({ ...editing.draft, body: { kind: 'multipart', parts: next } });
  const put = (changes: Partial<DraftPart>) => change(parts.toSpliced(at, 1, { ...part, ...changes }));
  const isFile = part.text === undefined;
  const choices = member ? choicesOf(member, schema) : [];
  const canBeBoth = !isBlank && !(member && isFilePart(part.name, member, schema));
  const mayRepeat = !isBlank && part.on && member !== undefined && isListMember(member, schema);
  const next = isFile ? { name: part.name, on: true } : { ...part, text: choices[0] ?? '' };
  return html`<div class="pair ${part.on ? '' : 'off'}">
      <input
        type="checkbox"
        aria-label=${words.isSent(part.name)}
        .checked=${part.on}
        ?disabled=${isBlank}
        @change=${(event: Event) => put({ on: isChecked(event) })}
      />
      <input
        class="name"
        aria-label=${isBlank ? `${words.add}: ${words.name}` : words.name}
        placeholder=${isBlank ? words.name : ''}
        spellcheck="false"
        .value=${part.name}
        @input=${(event: Event) => put({ name: valueOf(event) })}
      />
      ${isFile ? fileChip(editing, { kind: 'part', name: part.name, at }, part.name, part.file) : textInput(part, choices, isBlank, put)}
      ${canBeBoth ? kindButton(isFile, put) : nothing}
      ${mayRepeat ? addButton(part.name, () => change(parts.toSpliced(at + 1, 0, next))) : nothing}
      ${isBlank ? nothing : removeButton(part.name, () => change(parts.toSpliced(at, 1)))}
    </div>
    ${member && parts[at + 1]?.name !== part.name && textOf(member['description']) ? html`<p class="hint">${textOf(member['description'])}</p>` : nothing}`;
}

function textInput(
  part: DraftPart,
  choices: readonly string[],
  isBlank: boolean,
  put: (changes: Partial<DraftPart>) => void,
): TemplateResult {
  const label = `${words.value}${part.name ? ` (${part.name})` : ''}`;
  const text = part.text ?? '';
  if (choices.length > 0)
    return html`<select
      aria-label=${label}
      @change=${(event: Event) => put({ text: valueOf(event), on: true })}
    >
      ${withValue(choices, text).map((each) => option(each, each || emptyWords(text, part.on), each === text))}
    </select>`;
  return html`<textarea
    class="value"
    rows="1"
    aria-label=${label}
    placeholder=${isBlank ? words.value : ''}
    spellcheck="false"
    .value=${text}
    @input=${(event: Event) => put({ text: valueOf(event), on: true })}
  ></textarea>`;
}

function kindButton(isFile: boolean, put: (changes: Partial<DraftPart>) => void): TemplateResult {
  const label = isFile ? words.asText : words.asFile;
  return html`<button
    class="icon"
    title=${label}
    aria-label=${label}
    @click=${() => put(isFile ? { text: '', file: undefined } : { text: undefined })}
  >
    <vscode-icon name=${isFile ? 'symbol-string' : 'file-add'}></vscode-icon>
  </button>`;
}
