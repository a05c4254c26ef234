import type { ApiBody, ApiOperationDetails, ApiParameter } from './api.ts';
import type { DraftBody, DraftPart, Pair, RequestDraft } from './requestDraft.ts';
import { emptyDraft, jsonType } from './requestDraft.ts';
import { fileEncodingOf } from '../shared/schema/fileField.ts';
import { initialValue, workOn } from '../shared/schema/initialValue.ts';
import type { Work } from '../shared/schema/initialValue.ts';
import type { ParameterLine } from '../shared/schema/parameterLines.ts';
import { asText, formStyle, parameterLines, parameterText } from '../shared/schema/parameterLines.ts';
import type { Schema } from '../shared/schema/schema.ts';
import {
  isSchema,
  itemOf,
  listOf,
  resolve,
  schemasIn,
  typesOf,
  variantsOf,
  withoutNull,
} from '../shared/schema/schema.ts';

/** The request that an operation begins with: what is required is on, the rest is there to be switched on. */
export function operationDraft(operation: ApiOperationDetails): RequestDraft {
  const [body] = operation.bodies;
  const of = (place: ApiParameter['in']) => operation.parameters.filter((each) => each.in === place);
  return {
    ...emptyDraft(operation.method, operation.path),
    pathValues: Object.fromEntries(of('path').map((each) => [each.name, valueText(each)])),
    query: of('query').flatMap(queryPairs),
    headers: [...of('header').flatMap(headerPairs), ...of('cookie').map(cookiePair)],
    body: body ? initialBody(body) : { kind: 'none' },
  };
}

function queryPairs(parameter: ApiParameter): Pair[] {
  const { name, required } = parameter;
  return pairsOf(name, parameterLines(name, proposed(parameter), parameter), required);
}

/** A header may stand there several times, as the items of a list. */
function headerPairs(parameter: ApiParameter): Pair[] {
  const { name, required } = parameter;
  const value = proposed(parameter);
  const values = Array.isArray(value) && parameter.style !== 'json' ? (value as unknown[]) : [value];
  const lines = values.map((each) => ({ name, value: parameterText(name, each, parameter) }));
  return pairsOf(name, lines, required);
}

/** A line of the `Cookie` header for each: those that are on are sent as one. */
function cookiePair(parameter: ApiParameter): Pair {
  const { name, required } = parameter;
  return { name: 'Cookie', value: `${name}=${valueText(parameter)}`, on: required };
}

function valueText(parameter: ApiParameter): string {
  return parameterText(parameter.name, proposed(parameter), parameter);
}

/** What has no value keeps a line, so that it can be given one. */
function pairsOf(name: string, lines: readonly ParameterLine[], on: boolean): Pair[] {
  if (lines.length === 0) return [{ name, value: '', on: false }];
  return lines.map((line) => ({ ...line, on }));
}

/** Optional parameters show what the server takes without them. */
function proposed({ name, schema, required }: ApiParameter): unknown {
  return proposedValue(name, resolve(schema, schema), required, workOn(schema));
}

function proposedValue(name: string, known: Schema, required: boolean, work: Work): unknown {
  const given = known['example'] ?? listOf(known['examples'])[0] ?? known['default'];
  if (given !== undefined && given !== null) return given;
  if (!required) return typesOf(withoutNull(known, work.root))[0] === 'array' ? [] : null;
  const value = initialValue(known, work.root, name, work);
  // A list without items is not sent at all.
  if (!Array.isArray(value) || value.length > 0) return value;
  return [initialValue(itemOf(withoutNull(known, work.root)), work.root, name, work)];
}

/** The body that a content type begins with. */
export function initialBody(body: ApiBody): DraftBody {
  const { type, schema, example } = body;
  if (type === 'multipart/form-data') return { kind: 'multipart', parts: partsOf(body) };
  if (type === 'application/x-www-form-urlencoded') return { kind: 'form', fields: fieldsOf(body) };
  const value = example ?? initialValue(schema, schema);
  if (!/[/+]json$/.test(type))
    return { kind: 'text', type, text: typeof value === 'string' ? value : '', files: [] };
  return { kind: 'text', type, text: JSON.stringify(value, undefined, 2), files: [] };
}

function fieldsOf(body: ApiBody): Pair[] {
  const { schema } = body;
  const work = workOn(schema);
  return membersOf(schema).flatMap(([name, member, required]) =>
    pairsOf(name, memberLines(body, name, proposedMember(body, name, member, required, work)), required),
  );
}

/** The example of the whole says more than what its members propose. */
function proposedMember(
  { example }: ApiBody,
  name: string,
  member: Schema,
  required: boolean,
  work: Work,
): unknown {
  if (isSchema(example) && Object.hasOwn(example, name)) return example[name];
  return proposedValue(name, member, required, work);
}

/** Objects are JSON, where the description says nothing else. */
function memberLines({ encoding = [] }: ApiBody, name: string, value: unknown): ParameterLine[] {
  const how = encoding.find((each) => each.name === name);
  if (how?.style) return parameterLines(name, value, { style: how.style, explode: how.explode });
  if (how && /[/+]json\b/.test(how.type)) return [{ name, value: JSON.stringify(value) }];
  return Array.isArray(value) ? parameterLines(name, value, formStyle) : [{ name, value: asText(value) }];
}

function partsOf(body: ApiBody): DraftPart[] {
  const work = workOn(body.schema);
  return membersOf(body.schema).flatMap(([name, member, required]): DraftPart[] => {
    if (isFilePart(name, member, body.schema)) return [{ name, on: required }];
    const value = proposedMember(body, name, member, required, work);
    const type = partType(body, name, value);
    return pairsOf(name, memberLines(body, name, value), required).map(({ value: text, ...pair }) => ({
      ...pair,
      text,
      ...(type ? { type } : {}),
    }));
  });
}

function partType({ encoding = [] }: ApiBody, name: string, value: unknown): string {
  const [told = ''] = encoding.find((each) => each.name === name)?.type.split(',') ?? [];
  const item: unknown = Array.isArray(value) ? value[0] : value;
  return told.trim() || (asText(item).startsWith('{') && typeof item !== 'string' ? jsonType : '');
}

/** A part that takes a file, or a list of them. */
export function isFilePart(name: string, member: Schema, root: Schema): boolean {
  const known = withoutNull(resolve(member, root), root);
  return (
    fileEncodingOf(name, isList(known) ? withoutNull(resolve(itemOf(known), root), root) : known) === 'binary'
  );
}

/** Whether a line or a part may stand there several times. */
export function isListMember(member: Schema, root: Schema): boolean {
  return isList(withoutNull(resolve(member, root), root));
}

const isList = (schema: Schema) => typesOf(schema)[0] === 'array';

/** The values that a line may have, as texts; none where it may have any. */
export function choicesOf(schema: Schema, root: Schema): string[] {
  const known = withoutNull(resolve(schema, root), root);
  if (isList(known)) return choicesOf(resolve(itemOf(known), root), root);
  return valuesIn(known, root)
    .filter((value) => value !== null)
    .map(asText);
}

function valuesIn(schema: Schema, root: Schema): readonly unknown[] {
  if ('const' in schema) return [schema['const']];
  if (typesOf(schema).join() === 'boolean') return [true, false];
  const variants = variantsOf(schema, root).map((variant) =>
    'const' in variant ? [variant['const']] : listOf(variant['enum']),
  );
  return variants.length > 0 && variants.every(({ length }) => length > 0)
    ? variants.flat()
    : listOf(schema['enum']);
}

/** Members with whether they are required, those first. */
export function membersOf(schema: Schema): (readonly [string, Schema, boolean])[] {
  const object = withoutNull(resolve(schema, schema), schema);
  const required = listOf(object['required']);
  const members = schemasIn(object['properties'])
    .filter(([, member]) => !isSchema(member) || member['readOnly'] !== true)
    .map(
      ([name, member]) =>
        [name, withoutNull(resolve(member, schema), schema), required.includes(name)] as const,
    );
  return [
    ...members.filter(([, , isRequired]) => isRequired),
    ...members.filter(([, , isRequired]) => !isRequired),
  ];
}

export const emptyBodies: Readonly<Record<string, DraftBody>> = {
  none: { kind: 'none' },
  [jsonType]: { kind: 'text', type: jsonType, text: '', files: [] },
  'text/plain': { kind: 'text', type: 'text/plain', text: '', files: [] },
  form: { kind: 'form', fields: [] },
  multipart: { kind: 'multipart', parts: [] },
};
