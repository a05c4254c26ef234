import type { JsonPath } from '../json/jsonText.ts';
import type { Schema } from './schema.ts';
import { isSchema, listOf, resolve, schemasIn, variantsOf, withoutNull } from './schema.ts';

/** A schema with many choices at many levels must not take long. */
const mostCandidates = 50;

/** The schemas that may hold at a path; several where there are choices on the way, none where nothing is known. */
export function schemasAt(root: Schema, path: JsonPath): readonly Schema[] {
  let schemas = choices(root, root);
  for (const step of path) {
    schemas = schemas
      .flatMap((schema) => below(schema, step))
      .slice(0, mostCandidates)
      .flatMap((schema) => choices(schema, root))
      .slice(0, mostCandidates);
  }
  return schemas;
}

/** Names that an object at a path may have, with what is known of each. */
export function namesAt(root: Schema, path: JsonPath): ReadonlyMap<string, Schema> {
  const names = new Map<string, Schema>();
  for (const schema of schemasAt(root, path)) {
    for (const [name, member] of schemasIn(schema['properties']))
      if (!names.has(name)) names.set(name, withoutNull(resolve(member, root), root));
  }
  return names;
}

/** Values that a schema lists or proposes for a path. */
export function valuesAt(root: Schema, path: JsonPath): readonly unknown[] {
  const values = schemasAt(root, path).flatMap((schema) => [
    ...('const' in schema ? [schema['const']] : []),
    ...listOf(schema['enum']),
    ...(schema['type'] === 'boolean' ? [true, false] : []),
    ...(schema['default'] === undefined ? [] : [schema['default']]),
    ...listOf(schema['examples']),
  ]);
  const written = new Map(values.map((value) => [JSON.stringify(value), value]));
  return [...written.values()];
}

function choices(schema: unknown, root: Schema): Schema[] {
  const known = withoutNull(resolve(schema, root), root);
  const variants = variantsOf(known, root);
  return variants.length > 0 ? [known, ...variants] : [known];
}

function below(schema: Schema, step: string | number): unknown[] {
  if (typeof step === 'number') {
    const item = listOf(schema['prefixItems'])[step] ?? schema['items'];
    return isSchema(item) ? [item] : [];
  }
  const member = schemasIn(schema['properties']).find(([name]) => name === step)?.[1];
  return [member ?? schema['additionalProperties']].filter(isSchema);
}
