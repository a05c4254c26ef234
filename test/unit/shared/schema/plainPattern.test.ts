import fc from 'fast-check';
import { check } from 'recheck';
import { describe, expect, it } from 'vitest';
import { initialValue } from '../../../../src/shared/schema/initialValue.ts';
import { plainPattern } from '../../../../src/shared/schema/plainPattern.ts';
import type { Schema } from '../../../../src/shared/schema/schema.ts';
import { SchemaChecker } from '../../../../src/shared/schema/validate.ts';

const hostile = [
  '^text(x+x+)+y$',
  '^(a+)+$',
  '^(a|a)*$',
  '^(a|ab)*c$',
  '^(?:a?){30}a{30}$',
  '^(a*)*b',
  '^(?:a{1,2}){1,40}b$',
  'x*x*x*x*$',
  '\\s+$',
  '^.*.*=.*$',
  '^(.+)\\1$',
  '^(?=(a+))a*b\\1$',
  '^(?!x*x*y)',
  '(?<=a+)b',
  '^a|b+c$',
  '^([a-z0-9]+)*@',
  '^(\\w|\\d)+$',
  '^(é|[^a])+$',
  '^(?:(?:a?b?)*)*$',
  '^(a$|a)+b',
  '^(a|b|){20}c$',
  '^(?:a{99}){99}$',
];

describe('a pattern of an endpoint', () => {
  it.each([
    '^[a-z0-9-]+$',
    '^\\d{4}-\\d{2}-\\d{2}$',
    '^[a-z]+(?:-[a-z]+)*$',
    '^[A-Z]{3}\\d{1,4}$',
    '^(?:GET|POST)$',
    '^#[0-9a-fA-F]{6}$',
    '^https?://[^/]+/.*$',
    '^[\\w.]+@\\S*$',
    '^v\\d+(?:\\.\\d+)?$',
    '\\d',
    '^é+$',
    '^a{2000}$',
  ])('is plain: %s', (pattern) => {
    expect(plainPattern(pattern)?.source).toBe(new RegExp(pattern, 'u').source);
  });

  it.each([...hostile, 'a|ab', '(', '[', '\\', '{99999}', `^${'a'.repeat(300)}$`])(
    'is not plain: %s',
    (pattern) => {
      expect(plainPattern(pattern)).toBeUndefined();
    },
  );

  it('is never taken for plain when an independent checker finds it slow', async () => {
    const atom = fc.constantFrom(
      'a',
      'b',
      'c',
      '-',
      '\\d',
      '\\w',
      '\\s',
      '.',
      '[ab]',
      '[^a]',
      'é',
      '\\.',
      '0',
    );
    const repeat = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,3}', '{2,}', '*?');
    const { pattern } = fc.letrec<{ pattern: string; part: string }>((tie) => ({
      part: fc.oneof(
        { maxDepth: 3 },
        fc.tuple(atom, repeat).map((each) => each.join('')),
        fc.tuple(tie('pattern'), repeat).map(([inner, sign]) => `(?:${inner})${sign}`),
        fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(${a}|${b})`),
      ),
      pattern: fc.array(tie('part'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
    }));
    const made = fc.sample(
      fc
        .tuple(fc.constantFrom('', '^', '^'), pattern, fc.constantFrom('', '$'))
        .map((parts) => parts.join('')),
      { numRuns: 6000, seed: 7 },
    );
    const plain = [...new Set(made)].filter((each) => /[*+{]/.test(each) && plainPattern(each)).slice(0, 250);
    expect(plain.length).toBeGreaterThan(100);
    const slow: string[] = [];
    for (const each of plain) {
      const verdict = await check(each, 'u', {
        timeout: 60_000,
        incubationTimeout: null,
        attackTimeout: null,
      });
      if (verdict.status !== 'safe') slow.push(each);
    }
    expect(slow).toEqual([]);
  }, 120_000);
});

describe('a schema of a hostile endpoint', () => {
  it.each(hostile)('ends a form and its checks, with %s', (pattern) => {
    const text: Schema = { type: 'string', pattern, minLength: 1000 };
    const root: Schema = {
      type: 'object',
      required: ['a'],
      properties: { a: text },
      patternProperties: { [pattern]: { type: 'integer' } },
      additionalProperties: false,
    };
    expect(initialValue(root, root)).toEqual({ a: `text${'x'.repeat(996)}` });
    const checker = new SchemaChecker(root);
    for (const letter of 'xa 1é') {
      const value = letter.repeat(50_000);
      expect(checker.check({ a: `text${value}!`, [value]: 'b' })).toEqual([]);
    }
  });

  it('still has its plain patterns checked, and the members that they name', () => {
    const checker = new SchemaChecker({
      properties: { a: { pattern: '^[a-z]+$' } },
      patternProperties: { '^n_[a-z]+$': { type: 'integer' } },
      additionalProperties: false,
    });
    expect(checker.check({ a: 'x', n_b: 1 })).toEqual([]);
    expect(checker.check({ a: '1', n_b: 'c', d: 1 }).map(({ path }) => path)).toEqual([
      ['a'],
      ['n_b'],
      ['d'],
    ]);
  });

  it('ends where choices double at every level', () => {
    const defs: Record<string, Schema> = { d0: { type: 'integer' } };
    for (let at = 1; at <= 40; at++) {
      const below = { $ref: `#/$defs/d${at - 1}` };
      defs[`d${at}`] = { anyOf: [below, { allOf: [below] }], required: ['x'], properties: { x: below } };
    }
    const root: Schema = { $ref: '#/$defs/d40', $defs: defs };
    expect(new SchemaChecker(root).check('x')).toEqual([]);
    expect(initialValue(root, root)).toBeDefined();
  });

  it('ends where lists want lists, and objects objects', () => {
    const names = Array.from({ length: 200 }, (_, at) => `m${at}`);
    const list: Schema = { type: 'array', minItems: 20, items: { $ref: '#' } };
    expect(initialValue(list, list)).toHaveLength(20);
    const object: Schema = {
      type: 'object',
      required: names,
      properties: Object.fromEntries(names.map((name) => [name, { $ref: '#' }])),
    };
    expect(Object.keys(initialValue(object, object) as object)).toEqual(names);
  });

  it('ends where every entry of a long list must differ', () => {
    const value = Array.from({ length: 60_000 }, (_, at) => ({ a: [1, 2, 3], b: at }));
    expect(new SchemaChecker({ type: 'array', uniqueItems: true }).check(value)).toEqual([]);
    expect(new SchemaChecker({ type: 'array', uniqueItems: true }).check([1, 2, 1])).toHaveLength(1);
  });

  it('ends where every entry of a long list fits none of the choices', () => {
    const schema: Schema = { items: { anyOf: [{ type: 'integer' }, { type: 'boolean' }] } };
    const value = Array.from({ length: 20_000 }, () => 'x');
    const problems = new SchemaChecker(schema).check(value);
    expect(problems.length).toBe(20_000);
    expect(problems[7]).toEqual({ path: [7], message: 'Fits none of the choices.' });
  });

  const objects = (count: number, more = 0) => Array.from({ length: count }, (_, at) => ({ a: at + more }));
  const wide = Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`k${at}`, 1]));
  it.each<[string, Schema, unknown]>([
    ['a format that is tried in many ways', { format: 'url' }, `http://]${'::0'.repeat(80_000)}P`],
    ['a list of values that are objects', { items: { enum: objects(5000) } }, objects(5000, 5000)],
    ['values for an object of many members', { enum: objects(100_000) }, wide],
    ['a pattern that may begin anywhere', { pattern: '(?:a{250})' }, `${'a'.repeat(249)}b`.repeat(200_000)],
    [
      'names that every entry must have',
      { items: { required: Array.from({ length: 20_000 }, (_, at) => `r${at}`) } },
      objects(400),
    ],
    [
      'the length of a long text, asked often',
      { allOf: Array(50_000).fill({ maxLength: 5 }) },
      'x'.repeat(9e6),
    ],
    [
      'members that are not known, asked often',
      { allOf: Array(5000).fill({ unevaluatedProperties: false }) },
      wide,
    ],
    [
      'names of schemas in one another',
      Array.from({ length: 40 }).reduce<Schema>((items, _, at) => ({ $id: `s${at}`, items }), {}),
      [],
    ],
  ])('ends a check, with %s', (_, schema, value) => {
    expect(new SchemaChecker(schema).check(value)).toEqual([]);
  });

  it('has all else checked beside a text that is too long for it', () => {
    const email: Schema = { type: 'string', format: 'email' };
    const checker = new SchemaChecker({
      required: ['b'],
      properties: { a: { ...email, pattern: '^[^@]+@[^@]+$', maxLength: 5 }, c: { type: 'integer' } },
    });
    const messages = (a: string) => checker.check({ a, c: 'x' }).map(({ message }) => message);
    const others = ['This field is required.', 'Must be a whole number.'];
    expect(new SchemaChecker(email).check('no').map(({ message }) => message)).toEqual([
      'Must be a valid email.',
    ]);
    expect(messages('a@b.c')).toEqual(others);
    const long = 'May have at most 5 characters.';
    expect(messages('x'.repeat(30_000)).toSorted()).toEqual([long, ...others].toSorted());
    expect(messages('x'.repeat(2_000_000))).toEqual(others);
  });

  it('cannot fill the form with a sentence', () => {
    const [problem] = new SchemaChecker({ enum: Array.from({ length: 9000 }, (_, at) => `v${at}`) }).check(
      'x',
    );
    expect(problem!.message.length).toBeLessThan(1100);
  });
});
