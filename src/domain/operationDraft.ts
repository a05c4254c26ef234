import type { ApiBody, ApiOperationDetails, ApiParameter } from './api.ts';
import type { DraftBody, DraftPart, Pair, RequestDraft } from './requestDraft.ts';
import { emptyDraft, jsonType } from './requestDraft.ts';
import { fileEncodingOf } from './schema/fileField.ts';
import { initialValue, workOn } from './schema/initialValue.ts';
import type { Schema } from './schema/schema.ts';
import { isSchema, listOf, resolve, schemasIn } from './schema/schema.ts';

/** The request that an operation begins with: what is required is on, the rest is there to be switched on. */
export function operationDraft(operation: ApiOperationDetails): RequestDraft {
  const [body] = operation.bodies;
  const pathValues = Object.fromEntries(
    operation.parameters.filter((each) => each.in === 'path').map((each) => [each.name, proposed(each)]),
  );
  return {
    ...emptyDraft(operation.method, operation.path),
    pathValues,
    query: pairsOf(operation.parameters, 'query'),
    headers: pairsOf(operation.parameters, 'header'),
    body: body ? initialBody(body) : { kind: 'none' },
  };
}

function pairsOf(parameters: readonly ApiParameter[], place: ApiParameter['in']): Pair[] {
  return parameters
    .filter((each) => each.in === place)
    .map((each) => ({ name: each.name, value: proposed(each), on: each.required }));
}

/** Optional parameters show what the server takes without them. */
function proposed({ schema, required }: ApiParameter): string {
  const given = schema['example'] ?? schema['default'];
  if (given !== undefined || !required) return asText(given ?? '');
  return asText(initialValue(schema, schema));
}

/** The body that a content type begins with. */
export function initialBody({ type, schema, example }: ApiBody): DraftBody {
  if (type === 'multipart/form-data') return { kind: 'multipart', parts: partsOf(schema) };
  if (type === 'application/x-www-form-urlencoded') return { kind: 'form', fields: fieldsOf(schema) };
  if (!/[/+]json$/.test(type))
    return { kind: 'text', type, text: typeof example === 'string' ? example : '', files: [] };
  const value = example ?? initialValue(schema, schema);
  return { kind: 'text', type, text: JSON.stringify(value, undefined, 2), files: [] };
}

function fieldsOf(schema: Schema): Pair[] {
  const work = workOn(schema);
  return membersOf(schema).map(([name, member, required]) => ({
    name,
    value: asText(member['default'] ?? (required ? initialValue(member, schema, name, work) : '')),
    on: required,
  }));
}

function partsOf(schema: Schema): DraftPart[] {
  const fields = new Map(fieldsOf(schema).map((field) => [field.name, field]));
  return membersOf(schema).map(([name, member, required]) => {
    if (isFilePart(name, member, schema)) return { name, on: required };
    return { name, on: required, text: fields.get(name)?.value ?? '' };
  });
}

/** A part that takes a file, or a list of them. */
export function isFilePart(name: string, member: Schema, root: Schema): boolean {
  const item = isSchema(member['items']) ? resolve(member['items'], root) : member;
  return fileEncodingOf(name, item) === 'binary';
}

/** Members with whether they are required, those first. */
export function membersOf(schema: Schema): (readonly [string, Schema, boolean])[] {
  const object = resolve(schema, schema);
  const required = listOf(object['required']);
  const members = schemasIn(object['properties']).map(
    ([name, member]) => [name, resolve(member, schema), required.includes(name)] as const,
  );
  return [
    ...members.filter(([, , isRequired]) => isRequired),
    ...members.filter(([, , isRequired]) => !isRequired),
  ];
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export const emptyBodies: Readonly<Record<string, DraftBody>> = {
  none: { kind: 'none' },
  [jsonType]: { kind: 'text', type: jsonType, text: '', files: [] },
  'text/plain': { kind: 'text', type: 'text/plain', text: '', files: [] },
  form: { kind: 'form', fields: [] },
  multipart: { kind: 'multipart', parts: [] },
};
