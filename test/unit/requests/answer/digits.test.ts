/** Numbers are shown, searched, sorted, copied and compared as they came. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentOf } from '../../../../src/features/requests/core/answer/content.ts';
import type { Json } from '../../../../src/features/requests/core/answer/json.ts';
import { childRows, searchRows } from '../../../../src/features/requests/core/answer/jsonTree.ts';
import { valueAt } from '../../../../src/shared/json/jsonText.ts';
import { tablePage } from '../../../../src/features/requests/core/answer/table.ts';
import { vectorFacts, vectorsOf } from '../../../../src/features/requests/core/answer/vectors.ts';
import { comparable } from '../../../../src/features/savedRequests/core/history/compare.ts';
import { losesValue, parseKeepingNumbers } from '../../../../src/features/requests/core/keepNumbers.ts';
import { summarize } from '../../../../src/features/requests/core/summary.ts';
import { httpResult } from '../../support/httpResult.ts';

const digits = [
  '9007199254740993',
  '-9223372036854775808',
  '18446744073709551615',
  '1.00',
  '-0',
  '0.0',
  '1E5',
  '1e400',
  '-1e-400',
  '0.12345678901234567890',
  '1e-05',
  '123456789012345678901234567890',
  '2025',
  '1234567',
];
const body = `{${digits.map((number, at) => `"n${at}": ${number}`).join(', ')}}`;
const json = contentOf(httpResult(body, { headers: { 'content-type': 'application/json' } })).json!;
const texts = (value: unknown) => JSON.stringify(value, undefined, 2);

describe('digits as they came', () => {
  it('in the tree, its search and copied values', () => {
    expect(childRows(json, [], 0, 100).map(({ kind, text }) => [kind, text])).toEqual(
      digits.map((number) => ['number', number]),
    );
    for (const [at, number] of digits.entries()) {
      expect(searchRows(json, number, 100).map(({ text }) => text)).toContain(number);
      expect(texts(valueAt(json, [`n${at}`]))).toBe(number);
    }
    expect(texts(json)).toBe(`{\n${digits.map((number, at) => `  "n${at}": ${number}`).join(',\n')}\n}`);
  });

  it('in cards and tables of the summary, without separators', () => {
    const [cards] = summarize(
      `{"Year": 2025, "port": 8000, "seed": 123456, "id": 9007199254740993, "score": 0.123456789}`,
    );
    expect(cards).toMatchObject({
      items: ['2025', '8000', '123456', '9007199254740993', '0.123456789'].map((value) => ({ value })),
    });
    const [table] = summarize(`{"rows": [{"year": 2025, "x": 1.00}, {"year": 1e3, "x": [1.0]}]}`);
    expect(table).toMatchObject({
      rows: [
        ['2025', '1.00'],
        ['1e3', '[1.0]'],
      ],
    });
  });

  it('in the table, which sorts by size and tells integers beyond 2^53 apart', () => {
    const rows = parseKeepingNumbers(
      '[{"n": 9007199254740993}, {"n": 1e2}, {"n": 9007199254740992}, {"n": 99.50}, {"n": -1}]',
    ) as Json;
    const page = tablePage(rows, [], 10, { column: 'n', descending: false });
    expect(page.rows.flat()).toEqual(['-1', '99.50', '1e2', '9007199254740992', '9007199254740993']);
  });

  it('in a comparison and in the first values of a vector', () => {
    expect(comparable('{"b": 1.00, "a": 9007199254740993}')).toBe(
      '{\n  "a": 9007199254740993,\n  "b": 1.00\n}',
    );
    const numbers = Array.from({ length: 20 }, (_, at) => (at % 2 ? `1e-0${(at % 8) + 1}` : `${at}.50`));
    const [vector] = vectorsOf(parseKeepingNumbers(`{"embedding": [${numbers.join()}]}`) as Json);
    expect([...vector!.values]).toEqual(numbers.map(Number));
    expect(vectorFacts(vector!).first).toEqual(numbers.slice(0, 8));
  });

  it('of any JSON, which otherwise means what it means to every reader', () => {
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((each) => JSON.stringify(each)),
      fc.bigInt().map(String),
      fc.stringMatching(/^-?(?:0|[1-9]\d{0,30})(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?$/),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        number,
        fc.string({ unit: 'binary' }).map((each) => JSON.stringify(each)),
        fc.constantFrom('true', 'false', 'null'),
        fc.array(tie('value') as fc.Arbitrary<string>).map((items) => `[${items.join()}]`),
        fc
          .uniqueArray(fc.oneof(fc.constantFrom('__proto__', 'a', '1.0'), fc.string()), { maxLength: 4 })
          .chain((names) =>
            fc
              .tuple(...names.map(() => tie('value') as fc.Arbitrary<string>))
              .map((items) => `{${items.map((item, at) => `${JSON.stringify(names[at])}:${item}`).join()}}`),
          ),
      ),
    }));
    fc.assert(
      fc.property(value, (text) => {
        const kept = JSON.stringify(parseKeepingNumbers(text));
        expect(JSON.parse(kept)).toEqual(JSON.parse(text));
        expect(numbersIn(kept)).toEqual(numbersIn(text));
      }),
    );
  });

  it.each(['{1.0: 2}', '[01]', '[1.]', '[1.0', '1.0 2.0', '[-]', '[+1.0]', '"1.0', '[.5]', '[1e]'])(
    'and what is no JSON is none: %s',
    (text) => {
      expect(() => parseKeepingNumbers(text)).toThrow(SyntaxError);
    },
  );

  it('and a number that only is written otherwise loses nothing', () => {
    expect(['1.0', '1e5', '0.10', '100', '-0.0', '1E+2', '5e-324'].filter(losesValue)).toEqual([]);
    expect(['9007199254740993', '1e400', '1e-400', '0.12345678901234567890'].filter(losesValue)).toHaveLength(
      4,
    );
  });
});

/** Of a text without its strings. Objects list names that are numbers first, so the order is none. */
function numbersIn(text: string): string[] {
  return [...text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').matchAll(/-?\d[\d.eE+-]*/g)]
    .map(([each]) => each)
    .sort();
}
