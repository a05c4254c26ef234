/** What a form begins with, held against a validator of JSON Schema. */
import { Validator } from '@cfworker/json-schema';
import { describe, expect, it } from 'vitest';
import { initialValue } from '../../../../src/shared/schema/initialValue.ts';
import type { Schema } from '../../../../src/shared/schema/schema.ts';

const list = (more: Schema): Schema => ({ type: 'array', ...more });
const map = (more: Schema): Schema => ({ type: 'object', ...more });
const whole = { type: 'integer' };

/** Schemas, and the value that they begin with. */
const begins: readonly (readonly [what: string, schema: Schema, value: unknown])[] = [
  ['a list that may be empty', list({ items: whole }), []],
  ['a list of at least two', list({ items: whole, minItems: 2 }), [0, 0]],
  ['a list that has to contain something', list({ contains: { const: 7 }, minItems: 1 }), [7]],
  ['a list of anything', list({}), []],
  ['numbers that differ', list({ items: whole, minItems: 3, uniqueItems: true }), [0, 1, 2]],
  [
    'numbers that differ by a step',
    list({ items: { type: 'number', multipleOf: 0.5 }, minItems: 3, uniqueItems: true }),
    [0, 0.5, 1],
  ],
  [
    'texts that differ',
    list({ items: { type: 'string', minLength: 1 }, minItems: 2, uniqueItems: true }),
    ['text', 'text1'],
  ],
  ['both of two values', list({ items: { type: 'boolean' }, minItems: 2, uniqueItems: true }), [false, true]],
  [
    'choices that differ',
    list({ items: { enum: ['a', 'b', 'c'] }, minItems: 2, uniqueItems: true }),
    ['a', 'b'],
  ],
  ['the one choice', list({ items: { const: 'a' }, minItems: 1, uniqueItems: true }), ['a']],
  ['places of their own', list({ prefixItems: [whole, { type: 'string' }] }), [0, '']],
  [
    'places of their own, and more after them',
    list({ prefixItems: [whole], items: { type: 'boolean' }, minItems: 3 }),
    [0, false, false],
  ],
  [
    'places of their own, and others after them that differ',
    list({ prefixItems: [{ const: 5 }], items: whole, minItems: 3, uniqueItems: true }),
    [5, 0, 1],
  ],
  ['a map that may be empty', map({ additionalProperties: whole }), {}],
  ['a map of at least two', map({ additionalProperties: whole, minProperties: 2 }), { text: 0, text1: 0 }],
  ['a map of anything', map({ minProperties: 1 }), { text: {} }],
  [
    'a map whose names are listed',
    map({ propertyNames: { enum: ['a', 'b'] }, additionalProperties: { const: 1 }, minProperties: 2 }),
    { a: 1, b: 1 },
  ],
  [
    'a map whose names have a form',
    map({ patternProperties: { '^x': { const: 1 } }, additionalProperties: false, minProperties: 1 }),
    { x: 1 },
  ],
  [
    'a member that is there already',
    map({ properties: { a: whole }, required: ['a'], additionalProperties: whole, minProperties: 2 }),
    { a: 0, text: 0 },
  ],
  [
    'a member that only the server writes',
    map({ properties: { a: whole, id: { type: 'string', readOnly: true } }, required: ['a'] }),
    { a: 0 },
  ],
  ['a number above a bound', { type: 'number', exclusiveMinimum: 1 }, 1.5],
  ['a number below a bound', { type: 'number', exclusiveMaximum: 0 }, -0.5],
  ['a number between two', { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 0.5 }, 0.25],
  ['a whole number above a bound', { type: 'integer', exclusiveMinimum: 3 }, 4],
  ['a whole number below a bound', { type: 'integer', maximum: -3 }, -3],
  ['a whole number between two', { type: 'integer', exclusiveMinimum: -5, exclusiveMaximum: -3 }, -4],
  ['a multiple', { type: 'number', multipleOf: 0.1, minimum: 0.25 }, 0.3],
  ['a multiple below a bound', { type: 'number', multipleOf: 4, exclusiveMaximum: -4 }, -8],
  ['a short text', { type: 'string', minLength: 6, maxLength: 6 }, 'textxx'],
  ['a text in a text', { type: 'string', contentSchema: list({ items: whole, minItems: 1 }) }, '[0]'],
  ['an identifier of a version', { type: 'string', format: 'uuid7' }, '00000000-0000-7000-8000-000000000000'],
];

describe('a form begins', () => {
  it.each(begins)('with the least that is valid: %s', (_what, schema, value) => {
    expect(initialValue(schema, schema)).toEqual(value);
    expect(new Validator(schema).validate(value).errors).toEqual([]);
  });

  it('with 20 items at most, however many a list wants', () => {
    for (const uniqueItems of [false, true]) {
      const length = (minItems: number) => {
        const schema = list({ items: whole, minItems, uniqueItems });
        return (initialValue(schema, schema) as unknown[]).length;
      };
      expect([length(20), length(21)]).toEqual([20, 20]);
    }
    const members = map({ additionalProperties: whole, minProperties: 21 });
    expect(Object.keys(initialValue(members, members) as object)).toHaveLength(20);
  });
});
