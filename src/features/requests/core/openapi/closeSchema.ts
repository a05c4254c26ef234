import type { Schema } from '../../../../shared/schema/schema.ts';
import { isSchema, listOf, schemasIn, textOf } from '../../../../shared/schema/schema.ts';
import { isNumberText } from '../keepNumbers.ts';

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
/** Keywords that hold values, whose numbers stay as they are written. */
const values = new Set(['const', 'enum', 'default', 'example', 'examples']);
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

/** A schema that is put into `$defs`. */
interface Referred {
  readonly reference: string;
  /** As a part of another schema: what it may be instead does not matter then. */
  readonly asPart: boolean;
}

class Closing {
  readonly #document: Schema;
  readonly #names = new Map<string, string>();
  readonly #waiting: Referred[] = [];
  #nodes = 0;
  #cut = false;

  constructor(document: Schema) {
    this.#document = document;
  }

  close(schema: unknown): ClosedSchema {
    const root = this.#copy(schema, 0);
    const defs: Record<string, unknown> = {};
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift())
      defs[this.#names.get(keyOf(next)) ?? ''] = this.#copy(
        lookUp(next.reference, this.#document),
        0,
        next.asPart,
      );
    const whole = isSchema(root) ? root : {};
    const closed = Object.keys(defs).length > 0 ? { ...whole, $defs: defs } : whole;
    return { schema: closed, cut: this.#cut };
  }

  /** Parts beyond the limits become "anything". */
  #copy(schema: unknown, depth: number, asPart = false): unknown {
    if (typeof schema === 'boolean') return schema;
    if (!isSchema(schema)) return {};
    if (++this.#nodes > mostNodes || depth > deepest) {
      this.#cut = true;
      return {};
    }
    const copy = Object.entries(schema)
      .filter(([keyword]) => !dropped.has(keyword))
      .map(([keyword, value]) => [keyword, this.#copyKeyword(keyword, value, depth)] as const);
    return modern({
      ...Object.fromEntries(copy),
      ...this.#requiredOf(schema),
      ...(asPart ? {} : this.#discriminated(schema)),
    });
  }

  #copyKeyword(keyword: string, value: unknown, depth: number): unknown {
    if (keyword === '$ref') return this.#reference(value);
    if (single.includes(keyword)) return this.#copy(value, depth + 1);
    if (keyword === 'allOf') return listOf(value).map((each) => this.#copyPart(each, depth + 1));
    if (lists.includes(keyword)) return listOf(value).map((each) => this.#copy(each, depth + 1));
    if (named.includes(keyword) && isSchema(value)) {
      const members = Object.entries(value).map(
        ([name, each]) => [name, this.#copy(each, depth + 1)] as const,
      );
      return Object.fromEntries(members);
    }
    return isNumberText(value) && !values.has(keyword) ? Number(value.rawJSON) : value;
  }

  #copyPart(schema: unknown, depth: number): unknown {
    const reference = isSchema(schema) && Object.keys(schema).length === 1 ? schema['$ref'] : undefined;
    return reference === undefined ? this.#copy(schema, depth) : { $ref: this.#reference(reference, true) };
  }

  /** What only answers have is not asked of requests. */
  #requiredOf({ required, properties }: Schema): Schema {
    if (!Array.isArray(required) || !isSchema(properties)) return {};
    const isRead = (name: unknown) => {
      const member =
        typeof name === 'string' && Object.hasOwn(properties, name) ? properties[name] : undefined;
      return isSchema(member) && member['readOnly'] === true;
    };
    return { required: required.filter((name) => !isRead(name)) };
  }

  /**
   * Choices that are told apart by the value of one member: each is named after its value, which it must have. Without
   * a list of choices, those that are mapped are what may stand in the place of the schema.
   */
  #discriminated(schema: Schema): Schema {
    const { discriminator } = schema;
    const member = isSchema(discriminator) ? textOf(discriminator['propertyName']) : '';
    if (!isSchema(discriminator) || member === '') return {};
    const mapping = schemasIn(discriminator['mapping']).flatMap(([name, target]) =>
      typeof target === 'string' ? [[name, referenceOf(target)] as const] : [],
    );
    const keyword = ['oneOf', 'anyOf'].find((each) => listOf(schema[each]).length > 0);
    if (keyword === undefined)
      return mapping.length === 0
        ? {}
        : { oneOf: mapping.map(([name, target]) => this.#choice(target, member, [name])) };
    const choices = listOf(schema[keyword]).map((each) => {
      const reference = isSchema(each) ? textOf(each['$ref']) : '';
      if (reference === '') return this.#copy(each, 1);
      const names = mapping.filter(([, target]) => target === reference).map(([name]) => name);
      return this.#choice(reference, member, names.length > 0 ? names : [lastStep(reference)]);
    });
    return { [keyword]: choices };
  }

  /** A model that names its own value needs no other; the value is needed also where it has a default. */
  #choice(reference: string, member: string, names: readonly string[]): Schema {
    const target = lookUp(reference, this.#document);
    const properties = isSchema(target) && isSchema(target['properties']) ? target['properties'] : {};
    const own = Object.hasOwn(properties, member) ? properties[member] : undefined;
    const isNamed = isSchema(own) && ('const' in own || Array.isArray(own['enum']));
    const $ref = this.#reference(reference, true);
    if (isNamed) return { allOf: [{ $ref }], required: [member] };
    const value = names.length === 1 ? { const: names[0] } : { enum: names };
    const title = (isSchema(target) && textOf(target['title'])) || names.join(', ');
    return {
      title,
      allOf: [{ $ref }],
      properties: { [member]: { type: 'string', ...value } },
      required: [member],
    };
  }

  #reference(reference: unknown, asPart = false): string | undefined {
    if (typeof reference !== 'string' || !reference.startsWith('#')) return undefined;
    const referred = { reference, asPart: asPart && this.#mayBeOther(reference) };
    const key = keyOf(referred);
    const known = this.#names.get(key);
    const name = known ?? `${lastStep(reference).replaceAll(/[^A-Za-z0-9_.-]/g, '_')}.${this.#names.size}`;
    if (known === undefined) {
      this.#names.set(key, name);
      this.#waiting.push(referred);
    }
    return `#/$defs/${name}`;
  }

  /** Whether a schema stands for those that are made of it. */
  #mayBeOther(reference: string): boolean {
    const target = lookUp(reference, this.#document);
    return isSchema(target) && isSchema(target['discriminator']);
  }
}

const keyOf = ({ reference, asPart }: Referred) => `${asPart ? 'part ' : ''}${reference}`;

const lastStep = (reference: string) => decoded(reference.split('/').at(-1) ?? '');

/** A mapping may name a schema by its bare name. */
const referenceOf = (target: string) => (target.startsWith('#') ? target : `#/components/schemas/${target}`);

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
