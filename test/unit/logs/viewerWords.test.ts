import { describe, expect, it } from 'vitest';
import { compileFilter, noFilter } from '../../../src/domain/logFilter.ts';
import { chipsOf } from '../../../src/features/logs/view/chips.ts';
import { tabAfter } from '../../../src/features/logs/view/tabKeys.ts';
import { announcement, problemText, spokenName, statusWords } from '../../../src/features/logs/view/words.ts';

describe('what the log viewer says', () => {
  it('of a break: which try, and when the next one is', () => {
    const broken = { words: 'Reconnecting', attempt: 3, nextTryAt: 10_000 };
    expect(statusWords(broken, 6100)).toBe('Reconnecting, try 3, next in 4 s');
    expect(statusWords(broken, 20_000)).toBe('Reconnecting, try 3');
    expect(statusWords({ words: 'Live' }, 0)).toBe('Live');
  });

  it.each([
    ['(', 'Not a regular expression: Unterminated group'],
    ['a: /(', 'Not a regular expression: Unterminated group'],
    ['*', 'Not a regular expression: Nothing to repeat'],
  ])('of the expression %j: why it is none', (text, words) => {
    const { problem } = compileFilter({ ...noFilter, text, regex: true });
    expect(problemText(problem, { text })).toBe(words);
  });

  it('of another problem: its own words', () => {
    expect(problemText('This expression takes too long.', { text: 'x' })).toBe(
      'This expression takes too long.',
    );
  });

  it('of a log in a tab: name, state, and how much came', () => {
    const tab = { title: 'shop', words: 'Live', unread: 0 };
    expect(spokenName(tab)).toBe('shop, Live');
    expect(spokenName({ ...tab, unread: 1 })).toBe('shop, 1 new line, Live');
    expect(spokenName({ ...tab, unread: 12 })).toBe('shop, 12 new lines, Live');
  });

  it('to a screen reader: errors first', () => {
    expect(announcement(1, 0)).toBe('1 new log line');
    expect(announcement(120, 2)).toBe('2 errors, 120 new log lines');
  });

  it('of each restriction: a chip that takes it away', () => {
    const filter = {
      ...noFilter,
      source: 'stderr',
      level: 'warning',
      functionId: 'fu-1',
      containerId: 'ta-0123456789ABC',
      callId: 'fc-2',
      text: 'no chip: it stands in the field',
    } as const;
    const chips = chipsOf(filter, { 'fu-1': 'hello' });
    expect(chips.map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'Source: stderr',
      'Level: warnings and errors',
      'Function: hello',
      'Container: ta-…789ABC',
      'Call: fc-2',
    ]);
    expect(Object.assign({}, filter, ...chips.map(({ without }) => without))).toEqual({
      ...noFilter,
      text: filter.text,
    });
    expect(chipsOf(noFilter, {})).toEqual([]);
  });
});

describe('the keys of tabs', () => {
  it.each([
    ['ArrowRight', 2, 0],
    ['ArrowLeft', 0, 2],
    ['Home', 2, 0],
    ['End', 0, 2],
    ['Enter', 0, undefined],
  ])('%s at %d of three leads to %s', (key, at, to) => {
    expect(tabAfter(key, 3, at)).toBe(to);
    expect(tabAfter(key, 0, -1)).toBeUndefined();
  });
});
