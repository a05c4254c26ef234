import type { ApiOperationDetails } from '../../../domain/api.ts';
import { setAt } from '../../../shared/json/jsonEdit.ts';
import type { JsonPath } from '../../../shared/json/jsonText.ts';
import { parseJson, valueAt } from '../../../shared/json/jsonText.ts';
import { isFilePart, membersOf } from '../../../domain/operationDraft.ts';
import type { DraftPart, EmbeddedFile, FileReference, RequestDraft } from '../../../domain/requestDraft.ts';
import type { FormField } from '../../../shared/schema/formField.ts';
import { fieldOf, itemOf, membersOf as fieldsIn, variantOf } from '../../../shared/schema/formField.ts';
import type { Schema } from '../../../shared/schema/schema.ts';

/** Where a file goes in a request. */
export type FileTarget =
  /** In place of a string of a JSON body, as base64. */
  | { readonly kind: 'json'; readonly path: JsonPath }
  /** A part of its own; the name of one that is there, or of a new one. `at` tells parts of one name apart. */
  | { readonly kind: 'part'; readonly name: string; readonly at?: number | undefined };

/** Members beside a file's content that tell its name. */
const nameMembers = ['name', 'filename', 'file_name', 'fileName'];
const deepest = 6;

/** Puts a file into a draft. @returns the draft as it was where its body has no such place */
export function putFile(draft: RequestDraft, target: FileTarget, file: FileReference): RequestDraft {
  return target.kind === 'json' ? putJson(draft, target.path, file) : putPart(draft, target, file);
}

function putJson(draft: RequestDraft, path: JsonPath, file: FileReference): RequestDraft {
  const { body } = draft;
  if (body.kind !== 'text') return draft;
  const embedded: EmbeddedFile = { ...file, encoding: 'base64', note: noteFor(file, body.files) };
  const withNote = setAt(body.text, path, embedded.note);
  if (withNote === undefined) return draft;
  const files = [...body.files.filter(({ note }) => note !== embedded.note), embedded];
  return { ...draft, body: { ...body, text: named(withNote, path.slice(0, -1), file.name), files } };
}

/** Two files of the same name have notes of their own. */
function noteFor({ uri, name }: FileReference, files: readonly EmbeddedFile[]): string {
  for (let count = 1; ; count++) {
    const note = `<${name}${count > 1 ? ` ${count}` : ''} as base64>`;
    const taken = files.find((each) => each.note === note);
    if (!taken || taken.uri === uri) return note;
  }
}

function named(text: string, parent: JsonPath, name: string): string {
  const parsed = parseJson(text);
  const members = parsed.ok ? valueAt(parsed.value, parent) : undefined;
  if (typeof members !== 'object' || members === null || Array.isArray(members)) return text;
  const member = nameMembers.find((each) => typeof (members as Record<string, unknown>)[each] === 'string');
  return (member && setAt(text, [...parent, member], name)) ?? text;
}

function putPart(
  draft: RequestDraft,
  { name, at = -1 }: Extract<FileTarget, { kind: 'part' }>,
  file: FileReference,
): RequestDraft {
  const { body } = draft;
  if (body.kind !== 'multipart') return draft;
  const isPlace = (part: DraftPart | undefined) => part?.name === name && part.text === undefined;
  const place = isPlace(body.parts[at]) ? at : body.parts.findIndex(isPlace);
  const put = { name, on: true, file };
  const parts = place < 0 ? [...body.parts, put] : body.parts.with(place, put);
  return { ...draft, body: { ...body, parts } };
}

/** Puts a further file into a multipart body: where a part has none yet, else into a new part of the name. */
export function addPart(draft: RequestDraft, name: string, file: FileReference): RequestDraft {
  const { body } = draft;
  if (body.kind !== 'multipart') return draft;
  const empty = body.parts.filter((part) => part.on && part.text === undefined && !part.file);
  const place = empty.find((part) => part.name === name) ?? empty[0];
  const put = { name: place?.name ?? name, on: true, file };
  const parts = place ? body.parts.with(body.parts.indexOf(place), put) : [...body.parts, put];
  return { ...draft, body: { ...body, parts } };
}

/** Where an operation takes a file: a part of its own before base64, which costs a third more and memory. */
export function filePlace(
  operation: ApiOperationDetails,
): { readonly type: string; readonly target: FileTarget } | undefined {
  const multipart = operation.bodies.find(({ type }) => type === 'multipart/form-data');
  const part =
    multipart &&
    membersOf(multipart.schema).find(([name, member]) => isFilePart(name, member, multipart.schema));
  if (multipart && part) return { type: multipart.type, target: { kind: 'part', name: part[0] } };
  for (const { type, schema } of operation.bodies) {
    const path = /[/+]json$/.test(type) ? base64Path(fieldOf(schema, schema), schema, 0) : undefined;
    if (path) return { type, target: { kind: 'json', path } };
  }
  return undefined;
}

function base64Path(field: FormField, root: Schema, depth: number): JsonPath | undefined {
  if (field.file) return field.path;
  if (depth > deepest) return undefined;
  for (const below of fieldsBelow(field, root)) {
    const path = base64Path(below, root, depth + 1);
    if (path) return path;
  }
  return undefined;
}

function fieldsBelow(field: FormField, root: Schema): readonly FormField[] {
  if (field.kind === 'object') return fieldsIn(field, root);
  if (field.kind === 'list') return [itemOf(field, root, 0)];
  return field.choices.map((_, at) => variantOf(field, root, at)).filter(({ kind }) => kind !== 'choice');
}
