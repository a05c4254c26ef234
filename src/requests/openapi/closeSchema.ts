import type { Schema } from '../../domain/schema/schema.ts';
import { isSchema, listOf } from '../../domain/schema/schema.ts';

/** More than a person edits; documents of 5 MB must not reach the view whole. */
const mostNodes = 6000;
const deepest = 60;

const single = [
  'items',
  'additionalProperties',
  'not',
  'if',
  'then',
  'else',
  'contains',
  'propertyNames',
  'unevaluatedItems',
  'unevaluatedProperties',
];
const lists = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const named = ['properties', 'patternProperties', 'dependentSchemas'];
/** Of OpenAPI or of the outer document, with no meaning of their own here. */
const dropped = new Set([
  '$id',
  '$schema',
  '$anchor',
  '$defs',
  'definitions',
  'discriminator',
  'xml',
  'externalDocs',
]);

export interface ClosedSchema {
  readonly schema: Schema;
  /** Parts were left out because it is too large. */
  readonly cut: boolean;
}

/**
 * A schema of a document as one that stands alone: what it refers to is put into its own `$defs`, each once, so that
 * circles stay circles. OpenAPI 3.0 is put into the words of JSON Schema 2020-12.
 */
export function closeSchema(schema: unknown, document: Schema): ClosedSchema {
  return new Closing(document).close(schema);
}

class Closing {
  readonly #document: Schema;
  readonly #names = new Map<string, string>();
  readonly #waiting: string[] = [];
  #nodes = 0;
  #cut = false;

  constructor(document: Schema) {
    this.#document = document;
  }

  close(schema: unknown): ClosedSchema {
    const root = this.#copy(schema, 0);
    const defs: Record<string, unknown> = {};
    for (let pointer = this.#waiting.shift(); pointer !== undefined; pointer = this.#waiting.shift())
      defs[this.#names.get(pointer) ?? ''] = this.#copy(lookUp(pointer, this.#document), 0);
    const whole = isSchema(root) ? root : {};
    const closed = Object.keys(defs).length > 0 ? { ...whole, $defs: defs } : whole;
    return { schema: closed, cut: this.#cut };
  }

  /** Parts beyond the limits become "anything". */
  #copy(schema: unknown, depth: number): unknown {
    if (typeof schema === 'boolean') return schema;
    if (!isSchema(schema)) return {};
    if (++this.#nodes > mostNodes || depth > deepest) {
      this.#cut = true;
      return {};
    }
    const copy: Record<string, unknown> = {};
    for (const [keyword, value] of Object.entries(schema)) {
      if (!dropped.has(keyword)) copy[keyword] = this.#copyKeyword(keyword, value, depth);
    }
    return modern(copy);
  }

  #copyKeyword(keyword: string, value: unknown, depth: number): unknown {
    if (keyword === '$ref') return this.#reference(value);
    if (single.includes(keyword)) return this.#copy(value, depth + 1);
    if (lists.includes(keyword)) return listOf(value).map((each) => this.#copy(each, depth + 1));
    if (named.includes(keyword) && isSchema(value)) {
      const members = Object.entries(value).map(
        ([name, each]) => [name, this.#copy(each, depth + 1)] as const,
      );
      return Object.fromEntries(members);
    }
    return value;
  }

  #reference(reference: unknown): string | undefined {
    if (typeof reference !== 'string' || !reference.startsWith('#')) return undefined;
    const known = this.#names.get(reference);
    const last = reference.split('/').at(-1) ?? '';
    const name = known ?? `${last.replaceAll(/[^A-Za-z0-9_.-]/g, '_')}.${this.#names.size}`;
    if (known === undefined) {
      this.#names.set(reference, name);
      this.#waiting.push(reference);
    }
    return `#/$defs/${name}`;
  }
}

/** What a local reference means; undefined where there is nothing. */
export function lookUp(reference: string, document: Schema): unknown {
  let at: unknown = document;
  for (const step of reference.slice(1).split('/').slice(1)) {
    if (typeof at !== 'object' || at === null) return undefined;
    const name = decoded(step).replaceAll('~1', '/').replaceAll('~0', '~');
    at = Object.hasOwn(at, name) ? (at as Record<string, unknown>)[name] : undefined;
  }
  return at;
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

/** OpenAPI 3.0 has `nullable`, and limits that are excluded by a flag. */
function modern(schema: Record<string, unknown>): Schema {
  const { nullable, $ref, minimum, maximum, exclusiveMinimum, exclusiveMaximum, ...rest } = schema;
  const limits = {
    minimum,
    maximum,
    exclusiveMinimum: exclusiveMinimum === true ? minimum : exclusiveMinimum,
    exclusiveMaximum: exclusiveMaximum === true ? maximum : exclusiveMaximum,
  };
  const numbers = Object.entries(limits).filter(([, limit]) => typeof limit === 'number');
  const kept = {
    ...rest,
    ...Object.fromEntries(numbers),
    ...($ref === undefined ? {} : { $ref }),
  };
  return nullable === true ? nullableOf(kept) : kept;
}

function nullableOf(schema: Record<string, unknown>): Schema {
  const { type } = schema;
  if (typeof type !== 'string') return { anyOf: [schema, { type: 'null' }] };
  const values = schema['enum'];
  return {
    ...schema,
    type: [type, 'null'],
    ...(Array.isArray(values) ? { enum: [...listOf(values), null] } : {}),
  };
}
