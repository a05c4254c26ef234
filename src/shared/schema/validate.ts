import type { OutputUnit } from '@cfworker/json-schema';
import { Validator } from '@cfworker/json-schema';
import type { JsonPath } from '../json/jsonText.ts';
import { plainSchema, tooSlowFor } from './plainSchema.ts';
import { problemWords } from './problemWords.ts';
import type { Schema } from './schema.ts';
import type { ValueSize } from './schemaCost.ts';
import { sizeOf } from './schemaCost.ts';

/** A place where a value does not fit its schema. */
export interface SchemaProblem {
  readonly path: JsonPath;
  readonly message: string;
}

/** A sentence that lists what may stand in a field can be as long as the schema. */
const longestMessage = 1000;

/**
 * Says where values do not fit a schema, in words for the field. It interprets the schema and makes no code of it.
 * What would take too long, by a mistake or by design, is not checked: the endpoint does that itself.
 */
export class SchemaChecker {
  readonly #schema: Schema;
  readonly #validators = new Map<string, { validator: Validator; begin: (size: ValueSize) => void }>();

  /** @param schema JSON Schema 2020-12 with all it refers to in itself */
  constructor(schema: Schema) {
    this.#schema = schema;
  }

  /** @returns at most one problem for each place; none when the schema itself cannot be applied */
  check(value: unknown): readonly SchemaProblem[] {
    const problems = new Map<string, SchemaProblem>();
    for (const error of meant(this.#errors(value))) {
      const problem = problemOf(error);
      const key = JSON.stringify(problem.path);
      if (!problems.has(key)) problems.set(key, problem);
    }
    return [...problems.values()];
  }

  #errors(value: unknown): OutputUnit[] {
    try {
      const size = sizeOf(value);
      const { validator, begin } = this.#validatorFor(tooSlowFor(size));
      begin(size);
      return validator.validate(value).errors;
    } catch {
      return []; // a broken schema must not stand between the user and the request
    }
  }

  #validatorFor(without: readonly string[]) {
    const key = without.join();
    const known = this.#validators.get(key);
    if (known) return known;
    const { schema, begin } = plainSchema(this.#schema, without);
    const made = { validator: new Validator(schema, '2020-12', false), begin };
    this.#validators.set(key, made);
    return made;
  }
}

/** Keywords that only say that something below them failed. */
const containers = new Set([
  '$ref',
  '$recursiveRef',
  '$dynamicRef',
  'allOf',
  'properties',
  'patternProperties',
  'additionalProperties',
  'unevaluatedProperties',
  'items',
  'prefixItems',
  'additionalItems',
  'unevaluatedItems',
  'dependentSchemas',
  'dependencies',
  'then',
  'else',
  'if',
]);

/** Leaves out what only repeats, and of several choices those that the value does not mean. */
function meant(errors: readonly OutputUnit[]): OutputUnit[] {
  const kept: OutputUnit[] = [];
  for (let at = 0; at < errors.length; at++) {
    const error = errors[at] as OutputUnit;
    if (error.keyword === 'anyOf' || error.keyword === 'oneOf') {
      let end = at + 1;
      for (let next = errors[end]; next && isBelow(next, error); next = errors[end]) end++;
      kept.push(...meantChoice(error, errors.slice(at + 1, end)));
      at = end - 1;
    } else if (!containers.has(error.keyword)) kept.push(error);
  }
  return kept;
}

function isBelow({ keywordLocation }: OutputUnit, choice: OutputUnit): boolean {
  return keywordLocation.startsWith(`${choice.keywordLocation}/`);
}

function meantChoice(choice: OutputUnit, below: readonly OutputUnit[]): OutputUnit[] {
  const variants = Map.groupBy(
    below,
    ({ keywordLocation }) => keywordLocation.slice(choice.keywordLocation.length + 1).split('/')[0] ?? '',
  );
  const isMeant = (errors: readonly OutputUnit[]) => !errors.some((error) => tellsApart(error, choice));
  const candidates = [...variants.values()].filter(isMeant).sort((a, b) => a.length - b.length);
  const [best] = candidates;
  return best ? meant(best) : [choice];
}

/** A wrong type or constant at the same place means that another choice was meant. */
function tellsApart({ keyword, instanceLocation }: OutputUnit, choice: OutputUnit): boolean {
  return instanceLocation === choice.instanceLocation && (keyword === 'type' || keyword === 'const');
}

function problemOf({ instanceLocation, keyword, error }: OutputUnit): SchemaProblem {
  const path = pathOf(instanceLocation);
  const missing =
    keyword === 'required'
      ? /^Instance does not have required property "(.*)"\.$/.exec(error)?.[1]
      : undefined;
  const message = problemWords(keyword, error);
  return {
    path: missing === undefined ? path : [...path, missing],
    message: message.length > longestMessage ? `${message.slice(0, longestMessage)}…` : message,
  };
}

/** Steps that look like a number are list positions or names; both find their member. */
function pathOf(pointer: string): JsonPath {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^(?:0|[1-9]\d*)$/.test(step) ? Number(step) : step));
}
