import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cronHelp, periodWords } from '../../../../src/features/doctor/core/help/cronWords.ts';

/** What croniter says, by `crons.py`: cron, zone, start, next times in unix seconds. */
const witnessed = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'crons.json'), 'utf8'),
) as readonly (readonly [string, string, string, readonly number[]])[];

/** In the hour that comes twice, croniter takes a time twice, and we once; our note says that it may come otherwise. */
const repeatedHour = [
  '30 2 * * * Europe/Berlin 2026-10-25T00:15:00+00:00',
  '0 2 * * * Europe/Berlin 2026-10-25T00:15:00+00:00',
];

describe('the next times of a cron', () => {
  it('are those of croniter, in each zone and over changes of the clock', () => {
    expect(witnessed.length).toBe(600);
    const differing = witnessed.filter(
      ([cron, zone, start, next]) =>
        cronHelp(cron, zone, Date.parse(start)).next.join() !== next.map((time) => time * 1000).join(),
    );
    expect(differing.map(([cron, zone, start]) => `${cron} ${zone} ${start}`)).toEqual(repeatedHour);
  });

  it('carry a word of caution where the clock changes before the last of them', () => {
    const { note } = cronHelp('30 2 * * *', 'Europe/Berlin', Date.parse('2026-10-25T00:15:00Z'));
    expect(note).toMatch(/Clocks change/);
    expect(cronHelp('30 2 * * *', 'Europe/Berlin', Date.parse('2026-11-25T00:15:00Z')).note).toBeUndefined();
  });

  it('are none where only the code tells the zone, nobody knows it, or the day never comes', () => {
    expect(cronHelp('0 9 * * *', undefined, 0).next).toEqual([]);
    expect(cronHelp('0 9 * * *', 'Europe/Nowhere', 0).next).toEqual([]);
    expect(cronHelp('0 0 31 2 *', 'UTC', 0).next).toEqual([]);
  });

  it('are unknown where programs differ in what the two days mean', () => {
    const { sentence, next, note } = cronHelp('0 0 */2 * 1', 'UTC', 0);
    expect([sentence !== undefined, next, note]).toEqual([
      true,
      [],
      expect.stringMatching(/^Programs differ/),
    ]);
  });
});

describe('a cron in words', () => {
  it.each([
    ['0 9 * * 1-5', 'At 09:00, Monday through Friday'],
    ['5 4 * * *', 'At 04:05'],
    ['  */15 9-17 * * MON-FRI ', 'Every 15 minutes, between 09:00 and 17:59, Monday through Friday'],
    ['0 22 * * 7', 'At 22:00, only on Sunday'],
  ])('%s', (cron, sentence) => {
    expect(cronHelp(cron, 'UTC', 0).sentence).toBe(sentence);
  });

  it('says that one of two days is enough', () => {
    expect(cronHelp('0 0 13 * 5', 'UTC', 0).note).toMatch(/^It is enough/);
    expect(cronHelp('0 0 13 * *', 'UTC', 0).note).toBeUndefined();
  });

  it.each([
    '0 9 * *',
    '0 0 9 * * *',
    '@daily',
    '',
    '61 * * * *',
    '0 24 * * *',
    '0 0 L * *',
    '0 0 * * 5#2',
    'a b c d e',
  ])('has none for %j, which no five fields tell', (cron) => {
    const { sentence, trouble, next } = cronHelp(cron, 'UTC', 0);
    expect([sentence, typeof trouble, next]).toEqual([undefined, 'string', []]);
  });

  it('takes no time for a very long one', () => {
    expect(cronHelp(`${'1,'.repeat(100_000)}1 * * * *`, 'UTC', 0).sentence).toBeUndefined();
  });
});

describe('a period in words', () => {
  it.each([
    [{ days: 1 }, 'Every day'],
    [{ hours: 4 }, 'Every 4 hours'],
    [{ weeks: 2, days: 1, hours: 3 }, 'Every 2 weeks, 1 day and 3 hours'],
    [{ minutes: 30, hours: 2 }, 'Every 2 hours and 30 minutes'],
    [{ seconds: 3.5 }, 'Every 3.5 seconds'],
    [{}, undefined],
    [{ hours: 0 }, undefined],
  ])('%j', (parts, words) => {
    expect(periodWords(parts)).toBe(words);
  });
});
