import { describe, expect, it } from 'vitest';
import { sessionToDrop } from '../../../src/features/logs/core/sessionLimit.ts';

interface Session {
  readonly name: string;
  readonly traits: { readonly streams?: readonly never[] };
  readonly status: { words: string; icon: string; bad: boolean; ended?: boolean };
}
/** `f1` is followed, `o1` is the output of a command; a cross behind it = it has ended. */
const session = (name: string): Session => ({
  name,
  traits: {},
  status: { words: '', icon: '', bad: false, ...(name.endsWith('x') ? { ended: true } : {}) },
});
const isFollowed = ({ name }: Session) => name.startsWith('f');

describe('too many sessions', () => {
  it.each([
    ['f1 o2 o3 f4 f5 o6x f7 f8', undefined],
    ['f1 o2 o3 f4 f5 o6x f7x f8 f9', 'o6x'],
    ['o1 f2 o3 f4 f5 f6 f7 f8 f9', 'f2'],
    ['o1 o2 o3 o4 o5 o6 o7 o8 o9', undefined],
    ['o1 o2 o3 o4 o5 o6 o7 o8 f9', undefined],
    ['o1 o2 o3 o4 o5 o6 o7 o8 o9x', undefined],
  ])('%s: %s goes', (names, expected) => {
    const sessions = names.split(' ').map(session);
    const dropped = sessionToDrop(sessions, sessions.at(-1)!, isFollowed);
    expect(dropped?.name).toBe(expected);
  });

  it('keep what a merged one is made of, and the one that is to be shown', () => {
    const sessions = ['f1', 'f2x', 'f3', 'f4', 'o5', 'o6', 'o7', 'o8'].map(session);
    const merged = { ...session('m'), traits: { streams: sessions.slice(0, 2) as unknown as never[] } };
    expect(sessionToDrop([...sessions, merged], merged, isFollowed)?.name).toBe('f3');
    expect(sessionToDrop([...sessions, merged], sessions[2]!, isFollowed)?.name).toBe('f4');
    // When all of it has ended, it goes first, and sets the others free.
    const ended = { ...merged, status: session('mx').status };
    expect(sessionToDrop([...sessions, ended], sessions[2]!, isFollowed)?.name).toBe('m');
  });
});
