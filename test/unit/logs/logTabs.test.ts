import { describe, expect, it } from 'vitest';
import type { LogSession } from '../../../src/features/logs/core/session.ts';
import { tabToClose } from '../../../src/features/logs/ui/logTabs.ts';

type Session = Parameters<typeof tabToClose>[0][number]['session'];

/** `f1` is followed, `o1` is the output of a command; a cross behind it = it has ended. */
const tab = (name: string, traits: Session['traits'] = {}) => ({
  name,
  session: {
    traits: { kind: name.startsWith('f') ? 'followed' : 'output', ...traits } as const,
    status: { words: '', icon: '', bad: false, ...(name.endsWith('x') ? { ended: true } : {}) },
  },
});

describe('too many tabs', () => {
  it.each([
    ['f1 o2 o3 f4 f5 o6x f7 f8', undefined],
    ['f1 o2 o3 f4 f5 o6x f7x f8 f9', 'o6x'],
    ['o1 f2 o3 f4 f5 f6 f7 f8 f9', 'f2'],
    ['o1 o2 o3 o4 o5 o6 o7 o8 o9', undefined],
    ['o1 o2 o3 o4 o5 o6 o7 o8 f9', undefined],
    ['o1 o2 o3 o4 o5 o6 o7 o8 o9x', undefined],
  ])('%s: %s is closed', (names, expected) => {
    const tabs = names.split(' ').map((name) => tab(name));
    expect(tabToClose(tabs, tabs.at(-1)!)?.name).toBe(expected);
  });

  it('keep what a merged one is made of, and the one that is to be shown', () => {
    const tabs = ['f1', 'f2x', 'f3', 'f4', 'o5', 'o6', 'o7', 'o8'].map((name) => tab(name));
    const streams = tabs.slice(0, 2).map(({ session }) => session) as unknown as LogSession[];
    const merged = tab('m', { kind: 'merged', streams });
    expect(tabToClose([...tabs, merged], merged)?.name).toBe('f3');
    expect(tabToClose([...tabs, merged], tabs[2]!)?.name).toBe('f4');
    // When all of it has ended, it goes first, and sets the others free.
    const ended = { ...merged, session: { ...merged.session, status: tab('x').session.status } };
    expect(tabToClose([...tabs, ended], tabs[2]!)?.name).toBe('m');
  });
});
