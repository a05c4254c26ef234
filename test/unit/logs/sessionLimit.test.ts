import { describe, expect, it } from 'vitest';
import { sessionToDrop } from '../../../src/logs/sessionLimit.ts';

interface Session {
  readonly name: string;
  readonly status: { words: string; icon: string; bad: boolean; ended?: boolean };
}
/** `f1` is followed, `o1` is the output of a command; a cross behind it = it has ended. */
const session = (name: string): Session => ({
  name,
  status: { words: '', icon: '', bad: false, ...(name.endsWith('x') ? { ended: true } : {}) },
});

describe('too many sessions', () => {
  it.each([
    ['f1 o2 o3 f4 f5 o6x f7 f8', undefined],
    ['f1 o2 o3 f4 f5 o6x f7x f8 f9', 'o6x'],
    ['o1 f2 o3 f4 f5 f6 f7 f8 f9', 'f2'],
    ['o1 o2 o3 o4 o5 o6 o7 o8 o9', undefined],
    ['o1 o2 o3 o4 o5 o6 o7 o8 f9', undefined],
    ['o1 o2 o3 o4 o5 o6 o7 o8 o9x', undefined],
  ])('%s: %s goes', (names, expected) => {
    const dropped = sessionToDrop(names.split(' ').map(session), ({ name }) => name.startsWith('f'));
    expect(dropped?.name).toBe(expected);
  });
});
