import { describe, expect, it, vi } from 'vitest';
import type { Attempt } from '../../../scripts/reports.ts';
import { parseJunitReport, parseVitestReport } from '../../../scripts/reports.ts';
import { withSecondTry } from '../../../scripts/secondTry.ts';

const attempt = (changes: Partial<Attempt>): Attempt => ({
  passed: 0,
  failed: 0,
  failures: [],
  again: [],
  kept: 0,
  ...changes,
});
const bad = attempt({ passed: 7, failed: 1, failures: ['a.test.ts > sends'], again: ['a.test.ts'], kept: 5 });

function tries(...attempts: readonly Attempt[]) {
  const calls: (readonly [string, readonly string[]])[] = [];
  const run = (name: string, only: readonly string[]) => {
    calls.push([name, only]);
    return Promise.resolve(attempts[calls.length - 1]!);
  };
  return { calls, run };
}

describe('a suite', () => {
  it('that passes is run once', async () => {
    const { calls, run } = tries(attempt({ passed: 8, kept: 8 }));
    expect(await withSecondTry('ui', run)).toMatchObject({ passed: 8, failed: 0 });
    expect(calls).toEqual([['ui', []]]);
  });

  it.each([
    ['passes the second time', attempt({ passed: 3 }), { passed: 8, failed: 0 }],
    [
      'fails twice',
      attempt({ passed: 2, failed: 1, failures: ['a.test.ts > sends'] }),
      { passed: 7, failed: 1 },
    ],
  ])('whose failed file %s says so', async (_, second, expected) => {
    const log = vi.spyOn(console, 'log').mockReturnValue(undefined);
    const { calls, run } = tries(bad, second);
    expect(await withSecondTry('ui', run)).toEqual(expected);
    expect(calls[1]).toEqual(['ui-again', ['a.test.ts']]);
    expect(log.mock.calls.flat().join('\n')).toContain('failed in the first try: a.test.ts > sends');
    log.mockRestore();
  });
});

describe('the report of', () => {
  it('Vitest names failed tests, and files that failed as a whole', () => {
    const test = (status: string) => ({
      fullName: `is ${status}`,
      status,
      failureMessages: ['\u001b[31mno\u001b[0m'],
    });
    const files = [
      { name: 'a.ts', status: 'passed', assertionResults: [test('passed'), test('passed')] },
      { name: 'b.ts', status: 'failed', assertionResults: [test('passed'), test('failed')] },
      { name: 'c.ts', status: 'failed', message: 'Hook timed out', assertionResults: [test('skipped')] },
    ];
    expect(parseVitestReport(JSON.stringify({ testResults: files }))).toEqual({
      passed: 3,
      failed: 2,
      kept: 2,
      again: ['b.ts', 'c.ts'],
      failures: ['b.ts > is failed\nno', 'c.ts\nHook timed out'],
    });
  });

  it('pytest counts errors of fixtures as failures', () => {
    const text = '<testsuites><testsuite errors="1" failures="2" skipped="1" tests="10">';
    expect(parseJunitReport(text)).toMatchObject({ passed: 6, failed: 3, kept: 6 });
  });
});
