import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { formatJson } from '../../../../shared/json/jsonEdit.ts';
import { parseJson } from '../../../../shared/json/jsonText.ts';
import { emptyBodies, initialBody, membersOf } from '../../../../domain/operationDraft.ts';
import type { DraftBody } from '../../../../domain/requestDraft.ts';
import { bodyKey, switchBody } from '../../../../domain/requestDraft.ts';
import { fieldOf } from '../../../../shared/schema/formField.ts';
import { textOf } from '../../../../shared/schema/schema.ts';
import type { Schema } from '../../../../shared/schema/schema.ts';
import { option } from '../option.ts';
import type { Editing } from './editing.ts';
import { valueOf } from './editing.ts';
import { pairTable } from './pairTable.ts';
import { partTable } from './partTable.ts';
import { schemaOf } from './problems.ts';
import { SchemaForm } from './schemaForm.ts';
import { words } from './words.ts';

export type BodyView = 'form' | 'json';

const kinds: Readonly<Record<string, string>> = {
  none: 'No body',
  'application/json': 'JSON',
  'text/plain': 'Text',
  form: 'Form (URL-encoded)',
  multipart: 'Form with files (multipart)',
};

/** Whether the schema makes a form, and not only one field of JSON. */
export function formSchema({ draft, context }: Pick<Editing, 'draft' | 'context'>): Schema | undefined {
  if (draft.body.kind !== 'text') return undefined;
  const schema = schemaOf(context, draft.body.type);
  return schema && fieldOf(schema, schema).kind !== 'json' ? schema : undefined;
}

/** Body type, and the switch between its two views. */
export function bodyBar(editing: Editing, view: BodyView, show: (view: BodyView) => void): TemplateResult {
  const { draft, change } = editing;
  const { body } = draft;
  const isJson = body.kind === 'text' && /[/+]json$/.test(body.type);
  const format = () => {
    const text = body.kind === 'text' ? formatJson(body.text) : undefined;
    if (body.kind === 'text' && text !== undefined) change({ ...draft, body: { ...body, text } });
  };
  return html`<div class="bar">
    <select
      aria-label=${words.bodyKind}
      @change=${(event: Event) => change(switchBody(draft, freshBody(editing, valueOf(event))))}
    >
      ${choices(editing).map((key) => option(key, kinds[key] ?? key, key === bodyKey(body)))}
    </select>
    <span class="spacer"></span>
    ${isJson && view === 'json' ? html`<button class="plain" @click=${format}>${words.format}</button>` : nothing}
    ${isJson && formSchema(editing) ? viewSwitch(view, show) : nothing}
  </div>`;
}

function viewSwitch(view: BodyView, show: (view: BodyView) => void): TemplateResult {
  return html`<div class="switch" role="group">
    ${(['form', 'json'] as const).map(
      (each) =>
        html`<button aria-pressed=${each === view ? 'true' : 'false'} @click=${() => show(each)}>
          ${words[each]}
        </button>`,
    )}
  </div>`;
}

/** Those of the operation first. */
function choices({ draft, context }: Editing): string[] {
  const own = context.operation?.bodies.map((body) => bodyKey(initialBody(body))) ?? [];
  return [...new Set([...own, ...Object.keys(emptyBodies), bodyKey(draft.body)])];
}

function freshBody({ context }: Editing, key: string): DraftBody {
  const own = context.operation?.bodies.map(initialBody).find((body) => bodyKey(body) === key);
  return own ?? emptyBodies[key] ?? { kind: 'text', type: key, text: '', files: [] };
}

/** The body as fields. */
export function bodyForm(editing: Editing, showJson: () => void): TemplateResult {
  const { draft, context } = editing;
  const { body } = draft;
  if (draft.method === 'GET' || draft.method === 'HEAD')
    return html`<p class="empty">${words.noBodyFor(draft.method)}</p>`;
  if (body.kind === 'none') return html`<p class="empty">${words.noBody}</p>`;
  if (body.kind === 'multipart') return partTable(editing);
  if (body.kind === 'form') return formFields(editing);
  const schema = formSchema(editing);
  if (!schema) return html`<p class="empty">${words.noForm}</p>`;
  const parsed = body.text.trim() === '' ? undefined : parseJson(body.text);
  if (parsed && !parsed.ok) return brokenBody(parsed.problem, showJson);
  const isCut = context.operation?.bodies.find(({ type }) => type === body.type)?.cut === true;
  return html`${isCut ? html`<p class="hint">${words.cutSchema}</p>` : nothing}
  ${new SchemaForm(editing, schema, body.text).render()}`;
}

function brokenBody(
  { message, line, column }: { message: string; line: number; column: number },
  showJson: () => void,
): TemplateResult {
  return html`<div class="notice" role="alert">
    <vscode-icon name="error"></vscode-icon>
    <p>${words.brokenJson(message, line, column)}</p>
    <vscode-button secondary @click=${showJson}>${words.showJson}</vscode-button>
  </div>`;
}

function formFields({ draft, context, change }: Editing): TemplateResult {
  const schema = schemaOf(context, 'application/x-www-form-urlencoded');
  const members = new Map(schema ? membersOf(schema).map((each) => [each[0], each]) : []);
  return pairTable({
    label: words.tabs.body,
    pairs: draft.body.kind === 'form' ? draft.body.fields : [],
    known: ({ name }) => {
      const [, member, required] = members.get(name) ?? [];
      if (!schema || !member || required === undefined) return undefined;
      return { required, description: textOf(member['description']), schema: member, root: schema };
    },
    change: (fields) => change({ ...draft, body: { kind: 'form', fields } }),
  });
}
