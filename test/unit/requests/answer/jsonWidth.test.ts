import { describe, expect, it } from 'vitest';
import { contentOf } from '../../../../src/features/requests/core/answer/content.ts';
import { httpResult } from '../../support/httpResult.ts';

const content = (body: string) =>
  contentOf(httpResult(body, { headers: { 'content-type': 'application/json' } }));
const object = (keys: number, name = 'k') =>
  JSON.stringify(Object.fromEntries(Array.from({ length: keys }, (_, at) => [`${name}${at}`, at])));
const list = (length: number, item: (at: number) => unknown) =>
  JSON.stringify(Array.from({ length }, (_, at) => item(at)));

describe('an answer with more fields than can be shown at once', () => {
  it.each([
    ['a million in one object', object(1_000_000)],
    ['names with quotes in them', object(20_000, String.raw`"\":{`)],
    ['blanks before the colons', object(20_000).replaceAll(':', ' \n :')],
    ['many objects', list(150_000, (at) => ({ a: { b: at } }))],
    ['cut off', object(20_000).slice(0, -1)],
  ])('is text with a word about it: %s', (_what, body) => {
    const { kind, json, notes } = content(body);
    expect([kind, json]).toEqual(['text', undefined]);
    expect(notes[0]).toContain('too many fields for a tree (limits: 200,000 in all, 10,000 in one object)');
  });

  it.each([
    ['numbers', list(1_000_000, (at) => at)],
    ['one long number', `[${'1'.repeat(1_000_000)}]`],
    ['rows', list(20_000, (at) => ({ a: at, b: 'x', c: null, d: '{"a": 1}' }))],
    ['strings that look like fields', list(50_000, () => '{"a": {"b":')],
    ['depth', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['a long text', JSON.stringify({ a: '"\\{'.repeat(500_000) })],
    ['fields, but not too many', object(10_000)],
  ])('is none because of its %s', (_what, body) => {
    expect(content(body).kind).toBe('json');
  });
});
