import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../src/features/requests/core/answer/json.ts';
import {
  childRows,
  pathText,
  placeInParent,
  rowOf,
  searchRows,
} from '../../../../src/features/requests/core/answer/jsonTree.ts';
import { valueAt } from '../../../../src/shared/json/jsonText.ts';
import { clockOffset } from '../../../../src/features/requests/core/callFacts.ts';
import { tablePage, tablePaths } from '../../../../src/features/requests/core/answer/table.ts';
import { timingParts } from '../../../../src/features/requests/core/answer/timingParts.ts';
import { cosine, vectorFacts, vectorsOf } from '../../../../src/features/requests/core/answer/vectors.ts';
import { TreeState } from '../../../../src/features/requests/view/answer/treeState.ts';

const json: Json = {
  name: 'x',
  list: Array.from({ length: 500 }, (_, index) => ({ n: index })),
  'a b': [null, true],
};

describe('the tree', () => {
  it('gives rows in pages, with what is in them', () => {
    expect(rowOf([], json)).toEqual({ path: [], kind: 'object', text: '3 fields', count: 3 });
    expect(childRows(json, ['list'], 200, 2)).toEqual([
      { path: ['list', 200], kind: 'object', text: '1 field', count: 1 },
      { path: ['list', 201], kind: 'object', text: '1 field', count: 1 },
    ]);
    expect(childRows(json, ['name'], 0, 9)).toEqual([]);
    expect(childRows(json, ['__proto__', 'x'], 0, 9)).toEqual([]);
  });

  it('writes paths that other tools read', () => {
    expect(pathText(['a', 0, 'b c', 'd"e'])).toBe('$.a[0]["b c"]["d\\"e"]');
  });

  it('finds every row again by its path, in any document', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const root = value as Json;
        for (const { path } of searchRows(root, '', 500)) {
          expect(rowOf(path, valueAt(root, path) ?? null).path).toEqual(path);
          expect(childRows(root, path.slice(0, -1), placeInParent(root, path), 1)[0]?.path).toEqual(path);
        }
      }),
    );
  });

  it('searches names and values, to a limit, also in what is nested too deep for calls', () => {
    expect(searchRows(json, 'TRUE', 10).map(({ path }) => path)).toEqual([['a b', 1]]);
    expect(searchRows(json, 'n', 7)).toHaveLength(7);
    let deep: Json = 'needle';
    for (let depth = 0; depth < 20_000; depth++) deep = [deep];
    expect(searchRows(deep, 'needle', 1)).toHaveLength(1);
  });

  it('is drawn from what was opened; what is missing is asked for', () => {
    const tree = new TreeState(rowOf([], json), childRows(json, [], 0, 200));
    expect(tree.lines.map((line) => (line.kind === 'row' ? line.row.path.join() : 'more'))).toEqual([
      '',
      'name',
      'list',
      'a b',
    ]);
    expect(tree.open(['list'])).toBe(true);
    tree.add(['list'], 0, childRows(json, ['list'], 0, 200));
    expect(tree.lines).toHaveLength(4 + 200 + 1);
    expect(tree.lines[203]).toEqual({ kind: 'more', path: ['list'], depth: 2, from: 200, left: 300 });
    tree.add(['list'], 200, childRows(json, ['list'], 200, 300));
    tree.add(['list', 450], 0, childRows(json, ['list', 450], 0, 200));
    tree.close(['list']);
    expect(tree.open(['list'])).toBe(false);
    const at = tree.reveal(['list', 450, 'n']);
    expect(tree.lines[at]).toMatchObject({ depth: 3, row: { text: '450' } });
  });
});

describe('tables', () => {
  const rows: Json = {
    scores: [
      { n: 'b', v: 2 },
      { n: 'a', v: 10 },
      { n: 'c', extra: { x: 1 } },
    ],
    few: [{ z: 1 }],
  };

  it('are the lists of objects, the longest first', () => {
    expect(tablePaths(rows)).toEqual([['scores'], ['few']]);
    expect(tablePaths([{ a: 1 }])).toEqual([[]]);
    expect(tablePaths([1, 2])).toEqual([]);
  });

  it('are sorted by numbers as numbers, what is missing last', () => {
    const page = (descending: boolean) =>
      tablePage(rows, ['scores'], 3, { column: 'v', descending }).rows.map(([n]) => n);
    expect(page(false)).toEqual(['b', 'a', 'c']);
    expect(page(true)).toEqual(['a', 'b', 'c']);
    expect(tablePage(rows, ['scores'], 1)).toMatchObject({
      columns: ['n', 'v', 'extra'],
      total: 3,
      rows: [['b', '2', '–']],
    });
  });
});

describe('vectors', () => {
  const values = Array.from({ length: 64 }, (_, index) => Math.sin(index));

  it('are found as numbers and as base64', () => {
    const packed = Buffer.from(Float32Array.from(values).buffer).toString('base64');
    const found = vectorsOf({
      data: [{ embedding: values }, { embedding: packed }],
      ids: Array.from({ length: 64 }, (_, id) => id),
    });
    expect(found.map(({ label }) => label)).toEqual(['data[0].embedding', 'data[1].embedding']);
    expect(cosine(found[0]!.values, found[1]!.values)).toBeCloseTo(1, 6);
    expect(vectorFacts(found[0]!)).toMatchObject({ dimensions: 64, norm: Math.hypot(...values) });
  });

  it('have a cosine between -1 and 1, that of a vector and itself being 1', () => {
    const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const [x, y] = [Float64Array.from(a), Float64Array.from(b)];
        const both = cosine(x, y);
        if (both !== undefined) {
          expect(Math.abs(both)).toBeLessThanOrEqual(1);
          expect(cosine(y, x)).toBeCloseTo(both, 9);
        }
      }),
    );
    const itself = Float64Array.of(1, 2, 3);
    expect(cosine(itself, itself)).toBeCloseTo(1, 12);
    expect(cosine(itself, Float64Array.of(1, 2))).toBeUndefined();
    expect(cosine(itself, new Float64Array(3))).toBeUndefined();
  });
});

describe('the parts of a call', () => {
  it('add up to the whole, whatever Modal says about its start', () => {
    const ms = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(ms, ms, ms, ms, ms, (connect, wait, body, queueMs, startMs) => {
        const timing = { connect, firstByte: connect + wait, total: connect + wait + body, polls: 0 };
        const parts = timingParts(timing, { kind: 'cold', queueMs, startMs });
        expect(parts.every((part) => part.ms >= 0)).toBe(true);
        expect(parts.reduce((sum, part) => sum + part.ms, 0)).toBeCloseTo(timing.total, 3);
      }),
    );
  });

  it('name the long polls and how long each waited', () => {
    const timing = { connect: 1, firstByte: 162_000, total: 162_001, polls: 2, pollTimes: [150_000, 12_000] };
    const labels = (parts: ReturnType<typeof timingParts>) => parts.map(({ label }) => label);
    expect(labels(timingParts(timing))).toEqual(['Connect', 'First byte', 'Download']);
    expect(labels(timingParts(timing, { kind: 'cold', queueMs: 1, startMs: 1 }))).toEqual([
      ...['Connect', 'Queue', 'Cold start', 'Processing', 'Download'],
    ]);
    expect(timingParts(timing).find(({ kind }) => kind === 'wait')?.note).toBe(
      '2 long polls: 2 min 30 s, 12 s',
    );
  });
});

describe('the clock of the server', () => {
  it.each([
    ['Sat, 21 Nov 2026 10:00:00 GMT', '2026-11-21T10:00:00.400Z', 0],
    ['Sat, 21 Nov 2026 10:00:05 GMT', '2026-11-21T10:00:00.000Z', 5000],
    ['Sat, 21 Nov 2026 10:00:00 GMT', '2026-11-21T10:00:03.500Z', -2500],
    ['no date', '2026-11-21T10:00:03.500Z', 0],
    [undefined, '2026-11-21T10:00:03.500Z', 0],
  ])('%s at %s', (date, here, offset) => {
    expect(clockOffset(date, Date.parse(here))).toBe(offset);
  });
});
