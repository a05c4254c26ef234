import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatJson, putAt, removeAt, setAt } from '../../../src/shared/json/jsonEdit.ts';
import { nodeAt, parseJson, valueAt } from '../../../src/shared/json/jsonText.ts';
import type { JsonPath } from '../../../src/shared/json/jsonText.ts';

const indents = fc.constantFrom(undefined, 1, 2, '\t');
const written = fc
  .tuple(fc.jsonValue(), indents)
  .map(([value, indent]) => JSON.stringify(value, undefined, indent));

/** All places of a value. */
function pathsOf(value: unknown, path: JsonPath = []): JsonPath[] {
  if (typeof value !== 'object' || value === null) return [path];
  const steps = Array.isArray(value) ? value.map((_, at) => at) : Object.keys(value);
  return [
    path,
    ...steps.flatMap((step) => pathsOf((value as Record<string, unknown>)[step], [...path, step])),
  ];
}

describe('JSON with places', () => {
  it('accepts and refuses the same texts as JSON.parse', () => {
    const texts = fc.oneof(
      written,
      fc.string(),
      fc
        .tuple(written, fc.nat(), fc.string({ maxLength: 2 }))
        .map(
          ([text, at, put]) =>
            text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + 1),
        ),
    );
    fc.assert(
      fc.property(texts, (text) => {
        let expected: { value: unknown } | undefined;
        try {
          expected = { value: JSON.parse(text) as unknown };
        } catch {
          expected = undefined;
        }
        const parsed = parseJson(text);
        expect(parsed.ok).toBe(expected !== undefined);
        if (parsed.ok) expect(parsed.value).toEqual(expected?.value);
      }),
      { numRuns: 2000 },
    );
  });

  it('knows where each part stands', () => {
    fc.assert(
      fc.property(written, (text) => {
        const parsed = parseJson(text);
        if (!parsed.ok) throw new Error(parsed.problem.message);
        for (const path of pathsOf(parsed.value)) {
          const node = nodeAt(parsed.root, path)!;
          expect(JSON.parse(text.slice(node.start, node.end))).toEqual(valueAt(parsed.value, path));
        }
      }),
    );
  });

  it.each([
    ['{"a": 1,\n "b" 2}', 2, 6, 'A colon is expected'],
    ['{"a": [1, 2,]}', 1, 12, 'No comma may stand before ]'],
    ["{'a': 1}", 1, 2, 'A name in double quotes is expected'],
    ['{"a": "b\nc"}', 1, 9, 'A string may not contain line breaks'],
    ['{"a": tru}', 1, 7, 'A value is expected'],
    ['{"a": 1', 1, 8, 'The text ends before }'],
    ['[1] 2', 1, 5, 'Nothing may follow the value'],
    ['"\\x"', 1, 2, 'This escape is not known'],
    ['['.repeat(100_000), 1, 201, 'nested in more than 200 levels'],
  ])('says where and why a text is none: %.20s', (text, line, column, message) => {
    const parsed = parseJson(text);
    expect(parsed).toMatchObject({ ok: false, problem: { line, column } });
    expect(parsed.ok ? '' : parsed.problem.message).toContain(message);
  });
});

describe('editing JSON in place', () => {
  it('puts a value where it is asked to, and changes nothing else', () => {
    fc.assert(
      fc.property(written, fc.jsonValue(), fc.nat(), (text, value, pick) => {
        const before = JSON.parse(text) as unknown;
        const paths = pathsOf(before);
        const path = paths[pick % paths.length]!;
        const after = JSON.parse(setAt(text, path, value)!) as unknown;
        expect(valueAt(after, path)).toEqual(JSON.parse(JSON.stringify(value)));
        for (const other of paths.filter((each) => !isWithin(each, path) && !isWithin(path, each)))
          expect(valueAt(after, other)).toEqual(valueAt(before, other));
      }),
    );
  });

  it('takes a value out again', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), indents, (value, pick, indent) => {
        const names = Object.keys(value);
        fc.pre(names.length > 0);
        const name = names[pick % names.length]!;
        const rest = Object.fromEntries(Object.entries(value).filter(([each]) => each !== name));
        const text = JSON.stringify(value, undefined, indent);
        expect(JSON.parse(removeAt(text, [name])!)).toEqual(JSON.parse(JSON.stringify(rest)));
      }),
    );
  });

  it('keeps the layout, the order and numbers that a program would round', () => {
    const text = '{\n  "id": 12345678901234567890,\n  "t": 1.50,\n  "list": [1, 2]\n}';
    expect(setAt(text, ['t'], 2)).toBe(text.replace('1.50', '2'));
    expect(putAt(text, ['t'], '2.500')).toBe(text.replace('1.50', '2.500'));
    expect(setAt(text, ['list', 2], 3)).toBe(text.replace('[1, 2]', '[1, 2, 3]'));
    expect(setAt(text, ['new', 'deep'], 'x')).toBe(
      text.replace('[1, 2]\n', '[1, 2],\n  "new": {\n    "deep": "x"\n  }\n'),
    );
    expect(removeAt(text, ['t'])).toBe(text.replace('\n  "t": 1.50,', ''));
    expect(formatJson('{"a":12345678901234567890,"b":[],"c":[1.50]}')).toBe(
      '{\n  "a": 12345678901234567890,\n  "b": [],\n  "c": [\n    1.50\n  ]\n}',
    );
  });

  it('leaves every sign around the value as it was, whatever the layout', () => {
    fc.assert(
      fc.property(written, fc.jsonValue(), fc.nat(), (text, value, pick) => {
        const parsed = parseJson(text);
        if (!parsed.ok) throw new Error(parsed.problem.message);
        const paths = pathsOf(parsed.value).filter((path) => path.length > 0);
        fc.pre(paths.length > 0);
        const path = paths[pick % paths.length]!;
        const { start, end } = nodeAt(parsed.root, path)!;
        const after = setAt(text, path, value)!;
        expect(after.slice(0, start)).toBe(text.slice(0, start));
        expect(after.slice(after.length - (text.length - end))).toBe(text.slice(end));
      }),
    );
  });

  it.each([
    ['a name that stands twice, where readers take the last', '{"a":1,"a":2}', ['a'], '{"a":1,"a":3}'],
    [
      'a place below what is no object',
      '{"a":1,  "b":[1,2,   3]}',
      ['a', 'c'],
      '{"a":{\n  "c": 3\n},  "b":[1,2,   3]}',
    ],
    [
      'a new name beside an odd layout',
      '{"a":1,   "b":[1,2,   3]}',
      ['c'],
      '{"a":1,   "b":[1,2,   3], "c": 3}',
    ],
    ['a name that is written with an escape', '{"\\u0061": 1}', ['a'], '{"\\u0061": 3}'],
    ['a name that every object has', '{"__proto__": 1}', ['__proto__'], '{"__proto__": 3}'],
  ] as const)('knows %s', (_what, text, path, expected) => {
    expect(setAt(text, path, 3)).toBe(expected);
    expect(valueAt(JSON.parse(expected), path)).toBe(3);
  });

  it('leaves a text with comments alone, and one that is nested too deep for its readers', () => {
    for (const text of ['{"a": 1 /* one */}', '[1,]', '['.repeat(100_000) + ']'.repeat(100_000)]) {
      expect(setAt(text, [0], 1)).toBeUndefined();
      expect(removeAt(text, [0])).toBeUndefined();
      expect(formatJson(text)).toBeUndefined();
    }
  });

  it('begins with an empty text, and leaves a broken one alone', () => {
    expect(JSON.parse(setAt('', ['a', 0], 1)!)).toEqual({ a: [1] });
    expect(setAt('{"a": ', ['a'], 1)).toBeUndefined();
    expect(removeAt('{"a": ', ['a'])).toBeUndefined();
  });
});

function isWithin(path: JsonPath, outer: JsonPath): boolean {
  return outer.every((step, at) => path[at] === step);
}

it.each([
  [['length'], 'of a list'],
  [['0', 'length'], 'of a text'],
  [['toString'], 'of a function'],
])('a place that JSON does not have gives no value: %o, %s', (path) => {
  expect(valueAt(['text'], path)).toBeUndefined();
  expect(valueAt(['text'], ['0'])).toBe('text');
});
