import { describe, expect, it } from 'vitest';
import { compileFilter, noFilter } from '../../../src/domain/logFilter.ts';
import {
  announcement,
  problemText,
  spokenName,
  statusWords,
  words,
} from '../../../src/features/logs/view/words.ts';

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
  ])('of the expression %j: why it is none', (text, expected) => {
    const { problem } = compileFilter({ ...noFilter, text, regex: true });
    expect(problemText(problem, { text })).toBe(expected);
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

  it('counts with the right word for one and for many', () => {
    expect([words.dropped(1), words.dropped(2000)]).toEqual([
      '1 older line was discarded.',
      '2,000 older lines were discarded.',
    ]);
    expect([words.libraryFrames(1), words.libraryFrames(3)]).toEqual(['1 library frame', '3 library frames']);
  });

  it('to a screen reader: errors first', () => {
    expect(announcement(1, 0)).toBe('1 new log line');
    expect(announcement(120, 2)).toBe('2 errors, 120 new log lines');
  });
});
