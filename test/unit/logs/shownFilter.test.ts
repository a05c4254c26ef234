import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogFilter } from '../../../src/domain/logFilter.ts';
import { noFilter } from '../../../src/domain/logFilter.ts';
import type { ToHost } from '../../../src/features/logs/messages.ts';
import { ShownFilter } from '../../../src/features/logs/view/shownFilter.ts';

const { posted, saved } = vi.hoisted(() => ({ posted: [] as ToHost[], saved: new Map<string, LogFilter>() }));
// What the page says to the editor, and what it remembers.
vi.mock('../../../src/features/logs/view/vscodeApi.ts', () => ({
  post: (message: ToHost) => posted.push(message),
  saveFilter: (session: string, filter: LogFilter) => saved.set(session, filter),
  savedFilter: (session: string) => saved.get(session),
}));
beforeEach(() => {
  posted.length = 0;
  saved.clear();
});

describe('what the user does after a change of the filter', () => {
  const setUp = () => {
    const done: string[] = [];
    const filter = new ShownFilter();
    const act = (name: string) => filter.run(() => done.push(name));
    /** @returns the number that the host's response carries */
    const ask = (text: string) => {
      filter.change('a', { text }, undefined);
      const message = posted.at(-1);
      return message?.type === 'filter' ? message.number : Number.NaN;
    };
    return { done, filter, act, ask };
  };

  it('is done at once when the host has answered, and else after its answer to the last change', () => {
    const { done, filter, act, ask } = setUp();
    act('first');
    const letters = [ask('x'), ask('xy')];
    act('step');
    act('copy');
    filter.answered(letters[0]!);
    expect(done).toEqual(['first']);
    filter.answered(letters[1]!);
    expect(done).toEqual(['first', 'step', 'copy']);
    act('next');
    expect(done.at(-1)).toBe('next');
  });

  it('is forgotten with the log that it was about', () => {
    const { done, filter, act, ask } = setUp();
    const asked = ask('x');
    act('step');
    filter.forget();
    act('of the other log');
    filter.answered(asked);
    expect(done).toEqual(['of the other log']);
  });
});

describe('the filter of the log that is shown', () => {
  it('is sent to the host with the row that is not to be lost, and remembered', () => {
    const filter = new ShownFilter();
    filter.change('a', { text: 'x' }, 7);
    filter.change('a', { level: 'error' }, undefined);
    const wanted = { ...noFilter, text: 'x', level: 'error' };
    expect(posted.at(-1)).toMatchObject({ type: 'filter', session: 'a', filter: wanted, reveal: 7 });
    expect([filter.current, saved.get('a')]).toEqual([wanted, wanted]);
  });

  it('is taken from the host without asking for it', () => {
    const filter = new ShownFilter();
    filter.take('a', { ...noFilter, text: 'of the host' });
    expect([filter.current.text, posted]).toEqual(['of the host', []]);
  });

  it('is asked for again where only the view remembers one', () => {
    saved.set('a', { ...noFilter, text: 'remembered' });
    const filter = new ShownFilter();
    filter.restore('b');
    expect([filter.current, posted]).toEqual([noFilter, []]);
    filter.restore('a');
    expect(posted).toMatchObject([{ type: 'filter', session: 'a', filter: { text: 'remembered' } }]);
  });
});
