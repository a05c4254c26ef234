import ts from 'typescript';
import { expect, it } from 'vitest';
import { mutationKinds, mutationsOf } from '../../../scripts/mutations.ts';

const source = `import { signal } from './x.ts';
const most = 50;
const waitMs = 1000;
export async function read(plane: Plane, text: string, signal: AbortSignal): Promise<string> {
  const both = AbortSignal.any([signal, AbortSignal.timeout(waitMs)]);
  try {
    signal.throwIfAborted();
    const lists = await plane.list(text, both).catch(() => undefined);
    if (lists && lists.length > most) return redact(text);
    return redactHeader('x', text);
  } catch (error) {
    return String(error);
  } finally {
    plane.close({ signal });
  }
}
`;
const found = mutationsOf('x.ts', source).map((mutation) => {
  const { start, end, replacement, kind, line } = mutation;
  const text = source.slice(0, start) + replacement + source.slice(end);
  return { kind, line, was: source.slice(start, end), replacement, text };
});
const of = (kind: string) =>
  found.filter((each) => each.kind === kind).map(({ line, was, replacement }) => [line, was, replacement]);

it('faults of every kind are found, and each leaves a file that can be read', () => {
  expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(mutationKinds));
  for (const { text } of found) {
    const { diagnostics } = ts.transpileModule(text, { reportDiagnostics: true });
    expect(diagnostics, text).toEqual([]);
    expect(text).not.toBe(source);
  }
});

it('a signal is dropped wherever it is passed on, and no import or type is touched', () => {
  expect(of('signal')).toEqual([
    [5, 'AbortSignal.any([signal, AbortSignal.timeout(waitMs)])', 'signal'],
    [5, 'AbortSignal.any([signal, AbortSignal.timeout(waitMs)])', 'AbortSignal.timeout(waitMs)'],
    [7, 'signal.throwIfAborted()', 'undefined'],
    [8, 'both', 'undefined as never'],
    [14, 'signal', 'signal: undefined as never'],
  ]);
});

it('a limit is one more, and times are left alone', () => {
  expect(of('limit')).toEqual([[2, '50', '(50 + 1)']]);
});

it('a redaction gives what it was given', () => {
  expect(of('redaction')).toEqual([
    [9, 'redact(text)', '(text as never)'],
    [10, `redactHeader('x', text)`, '(text as never)'],
  ]);
});
