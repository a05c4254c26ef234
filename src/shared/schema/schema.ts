/** A JSON Schema as data, with the few questions that forms and editors ask of one. */

export type Schema = Readonly<Record<string, unknown>>;

/** Chains of references longer than this are taken as "anything". */
const mostHops = 20;

export function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The members of a keyword that holds schemas by name. */
export function schemasIn(value: unknown): readonly (readonly [string, unknown])[] {
  return isSchema(value) ? Object.entries(value) : [];
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/**
 * Follows references within the root and joins `allOf`, so that what is asked for stands in one object. What cannot be
 * followed, e.g. a circle of references, is taken as "anything".
 */
export function resolve(schema: unknown, root: Schema): Schema {
  return followed(schema, root, new Map(), 0);
}

/** @param known what a reference leads to: each is followed once, or those that name one another would double */
function followed(schema: unknown, root: Schema, known: Map<string, Schema>, hops: number): Schema {
  if (!isSchema(schema) || hops > mostHops) return {};
  const { $ref, allOf, ...own } = schema;
  const parts = listOf(allOf);
  if (typeof $ref !== 'string' && parts.length === 0) return schema;
  return [
    ...(typeof $ref === 'string' ? [referred($ref, root, known, hops)] : []),
    ...parts.map((part) => followed(part, root, known, hops + 1)),
    own,
  ].reduce(join, {});
}

function referred(reference: string, root: Schema, known: Map<string, Schema>, hops: number): Schema {
  const before = known.get(reference);
  if (before) return before;
  known.set(reference, {}); // what it says of itself on the way is nothing new
  const schema = followed(target(reference, root), root, known, hops + 1);
  known.set(reference, schema);
  return schema;
}

/** The types that a value may have, without null. */
export function typesOf(schema: Schema): readonly string[] {
  const { type } = schema;
  if (typeof type === 'string') return [type].filter((name) => name !== 'null');
  if (Array.isArray(type))
    return type.filter((name) => typeof name === 'string' && name !== 'null') as string[];
  if (isSchema(schema['properties'])) return ['object'];
  if (schema['items'] !== undefined || schema['prefixItems'] !== undefined) return ['array'];
  const values = 'const' in schema ? [schema['const']] : listOf(schema['enum']);
  return [...new Set(values.filter((value) => value !== null).map(typeOfValue))];
}

export function typeOfValue(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

/**
 * The schemas of which one must fit, without the one that only means null; empty where there is no choice. Members that
 * stand beside the choices belong to each.
 */
export function variantsOf(schema: Schema, root: Schema): readonly Schema[] {
  const choices = [...listOf(schema['oneOf']), ...listOf(schema['anyOf'])]
    .map((choice) => resolve(choice, root))
    .filter((choice) => !isNull(choice));
  if (!isSchema(schema['properties'])) return choices;
  const shared = Object.entries(schema).filter(([keyword]) => !ofWhole.has(keyword));
  return choices.map((choice) => join(Object.fromEntries(shared), choice));
}

const ofWhole = new Set(['oneOf', 'anyOf', 'title', 'description', 'default', 'example', 'examples']);

/** The schema of one item of a list. */
export function itemOf({ items, prefixItems }: Schema, at = 0): unknown {
  return listOf(prefixItems)[at] ?? items;
}

/** Whether null is a value that fits. */
export function isNullable(schema: Schema, root: Schema): boolean {
  const { type } = schema;
  if (type === 'null' || (Array.isArray(type) && type.includes('null'))) return true;
  if (listOf(schema['enum']).includes(null)) return true;
  return [...listOf(schema['oneOf']), ...listOf(schema['anyOf'])].some((choice) => {
    const resolved = resolve(choice, root);
    return isNull(resolved) || (Array.isArray(resolved['type']) && resolved['type'].includes('null'));
  });
}

/** With one choice besides null, the choice itself, and what the schema says around it. */
export function withoutNull(schema: Schema, root: Schema): Schema {
  const [only, ...others] = variantsOf(schema, root);
  if (!only || others.length > 0) return schema;
  const around = Object.entries(schema).filter(([keyword]) => keyword !== 'oneOf' && keyword !== 'anyOf');
  return join(resolve(only, root), Object.fromEntries(around));
}

function isNull(schema: Schema): boolean {
  return schema['type'] === 'null' || ('const' in schema && schema['const'] === null);
}

function target(reference: string, root: Schema): unknown {
  if (!reference.startsWith('#')) return undefined;
  let at: unknown = root;
  for (const step of reference.slice(1).split('/').slice(1)) {
    if (!isSchema(at) && !Array.isArray(at)) return undefined;
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    at = Object.hasOwn(at, name) ? (at as Record<string, unknown>)[name] : undefined;
  }
  return at;
}

/** The later one says more; properties, required names and limits of both count. */
function join(a: Schema, b: Schema): Schema {
  const properties = {
    ...(a['properties'] as object | undefined),
    ...(b['properties'] as object | undefined),
  };
  const required = [...new Set([...listOf(a['required']), ...listOf(b['required'])])];
  return {
    ...a,
    ...b,
    ...stricter(a, b, lowerLimits, Math.max),
    ...stricter(a, b, upperLimits, Math.min),
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
    ...(required.length > 0 ? { required } : {}),
  };
}

const lowerLimits = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const upperLimits = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];

function stricter(
  a: Schema,
  b: Schema,
  limits: readonly string[],
  of: (a: number, b: number) => number,
): Schema {
  const both = limits.flatMap((limit) => {
    const [one, other] = [a[limit], b[limit]];
    return typeof one === 'number' && typeof other === 'number' ? [[limit, of(one, other)] as const] : [];
  });
  return Object.fromEntries(both);
}
