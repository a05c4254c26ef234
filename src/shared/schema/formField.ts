import type { JsonPath } from '../json/jsonText.ts';
import type { FileEncoding } from './fileField.ts';
import { fileEncodingOf } from './fileField.ts';
import type { Schema } from './schema.ts';
import {
  isNullable,
  isSchema,
  listOf,
  resolve,
  schemasIn,
  textOf,
  typeOfValue,
  typesOf,
  variantsOf,
  withoutNull,
} from './schema.ts';

/** What a form shows for one value. Fields below it are asked for when they are shown, so that circles do not matter. */
export interface FormField {
  readonly path: JsonPath;
  /** The member's name; '' for an item of a list. */
  readonly name: string;
  readonly kind: FieldKind;
  readonly description: string;
  readonly required: boolean;
  readonly nullable: boolean;
  /** With references followed. */
  readonly schema: Schema;
  /** Of a string that takes a file. */
  readonly file: FileEncoding | undefined;
  /** Names of the choices of a `choice`. */
  readonly choices: readonly string[];
}

export type FieldKind =
  'text' | 'number' | 'integer' | 'boolean' | 'enum' | 'list' | 'object' | 'choice' | 'json';

/** Below this, objects are edited as JSON. */
export const deepestForm = 4;

export function fieldOf(schema: unknown, root: Schema, path: JsonPath = [], required = false): FormField {
  const resolved = resolve(schema, root);
  const known = withoutNull(resolved, root);
  const last = path.at(-1);
  const name = typeof last === 'string' ? last : '';
  const variants = variantsOf(known, root);
  return {
    path,
    name,
    kind: kindOf(known, variants, path),
    description: textOf(resolved['description']) || textOf(known['description']),
    required,
    nullable: isNullable(resolved, root),
    schema: known,
    file: fileEncodingOf(name, known),
    choices: variants.map((variant, at) => variantName(variant, at)),
  };
}

/** The members of an object field, the required ones first. */
export function membersOf({ schema, path }: FormField, root: Schema): readonly FormField[] {
  const required = listOf(schema['required']);
  const fields = schemasIn(schema['properties'])
    .filter(([, member]) => !isSchema(member) || member['readOnly'] !== true)
    .map(([name, member]) => fieldOf(member, root, [...path, name], required.includes(name)));
  return [...fields.filter((field) => field.required), ...fields.filter((field) => !field.required)];
}

/** The field of one item of a list. */
export function itemOf({ schema, path }: FormField, root: Schema, at: number): FormField {
  const prefix = listOf(schema['prefixItems'])[at];
  return fieldOf(prefix ?? schema['items'], root, [...path, at], true);
}

/** The field of one choice, at the same place. */
export function variantOf(field: FormField, root: Schema, at: number): FormField {
  const variant = variantsOf(field.schema, root)[at] ?? {};
  return { ...fieldOf(variant, root, field.path, field.required), nullable: field.nullable };
}

/** Which choice a value means: one of the same type, with the most members that it knows. */
export function chosenVariant({ schema }: FormField, root: Schema, value: unknown): number {
  const scores = variantsOf(schema, root).map((variant) => score(variant, value));
  return scores.indexOf(Math.max(...scores));
}

function score(variant: Schema, value: unknown): number {
  const type = typeOfValue(value);
  const types = typesOf(variant);
  const fits = types.length === 0 || types.includes(type) || (type === 'number' && types.includes('integer'));
  if (!fits) return -1;
  if (listOf(variant['enum']).includes(value) || variant['const'] === value) return 2;
  if (!isSchema(value)) return 1;
  const members = new Map(schemasIn(variant['properties']));
  const names = Object.keys(value);
  const wrong = names.filter((name) => {
    const member = members.get(name);
    return isSchema(member) && 'const' in member && member['const'] !== value[name];
  });
  const missing = listOf(variant['required']).filter((name) => !names.includes(String(name)));
  return 1 + names.filter((name) => members.has(name)).length - missing.length - 10 * wrong.length;
}

function kindOf(schema: Schema, variants: readonly Schema[], path: JsonPath): FieldKind {
  if (variants.length > 1) return path.length > 2 * deepestForm ? 'json' : 'choice';
  if (listOf(schema['enum']).length > 0 || 'const' in schema) return 'enum';
  const [type, ...others] = typesOf(schema);
  if (others.length > 0) return 'json';
  switch (type) {
    case 'string':
      return 'text';
    case 'number':
    case 'integer':
    case 'boolean':
      return type;
    case 'array':
      return isListed(schema, path) ? 'list' : 'json';
    case 'object':
      return isDeep(path) || schemasIn(schema['properties']).length === 0 ? 'json' : 'object';
    default:
      return 'json';
  }
}

function isListed({ items, prefixItems }: Schema, path: JsonPath): boolean {
  return !isDeep(path) && (isSchema(items) || Array.isArray(prefixItems));
}

function isDeep(path: JsonPath): boolean {
  return path.filter((step) => typeof step === 'string').length >= deepestForm;
}

function variantName(variant: Schema, at: number): string {
  if (textOf(variant['title'])) return textOf(variant['title']);
  const [type] = typesOf(variant);
  if ('const' in variant) return JSON.stringify(variant['const']);
  const item = type === 'array' && isSchema(variant['items']) ? typesOf(variant['items'])[0] : undefined;
  return item ? `list of ${item}` : (type ?? `choice ${at + 1}`);
}
