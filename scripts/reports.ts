/** What the test runners say, as far as `npm test` tells it. */
import { stripVTControlCharacters } from 'node:util';

export interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** One run of a test runner. */
export interface Attempt extends Count {
  /** What failed and why, for a reader. */
  readonly failures: readonly string[];
  /** Arguments with which the runner repeats what failed. */
  readonly again: readonly string[];
  /** How many of the passed tests are not part of such a repetition. */
  readonly kept: number;
}

interface VitestReport {
  readonly testResults: readonly VitestFile[];
}

interface VitestFile {
  readonly name: string;
  readonly status: string;
  /** why the file as a whole failed, e.g. an error in `beforeAll` */
  readonly message?: string;
  readonly assertionResults: readonly {
    readonly fullName: string;
    readonly status: string;
    readonly failureMessages?: readonly string[];
  }[];
}

const shownCharacters = 1500;

/** @param text what Vitest's `json` reporter wrote */
export function parseVitestReport(text: string): Attempt {
  const files = (JSON.parse(text) as VitestReport).testResults;
  const bad = files.filter(hasFailed);
  return {
    passed: count(files, 'passed'),
    failed: Math.max(count(files, 'failed'), bad.length),
    failures: bad.flatMap(failuresOf),
    again: bad.map((file) => file.name),
    kept: count(
      files.filter((file) => !hasFailed(file)),
      'passed',
    ),
  };
}

function hasFailed(file: VitestFile): boolean {
  return file.status === 'failed' || file.assertionResults.some((test) => test.status === 'failed');
}

function count(files: readonly VitestFile[], status: string): number {
  return files.flatMap((file) => file.assertionResults).filter((test) => test.status === status).length;
}

function failuresOf({ name, message, assertionResults }: VitestFile): string[] {
  const tests = assertionResults.filter((test) => test.status === 'failed');
  if (tests.length === 0) return [shorten(`${name}\n${message ?? 'no reason given'}`)];
  return tests.map((test) =>
    shorten(`${name} > ${test.fullName}\n${(test.failureMessages ?? []).join('\n')}`),
  );
}

function shorten(text: string): string {
  return stripVTControlCharacters(text).slice(0, shownCharacters);
}

/** @param text what pytest's `--junitxml` wrote */
export function parseJunitReport(text: string): Attempt {
  const attribute = (key: string) => Number(new RegExp(`\\b${key}="(\\d+)"`).exec(text)?.[1] ?? 0);
  const failed = attribute('failures') + attribute('errors');
  const passed = attribute('tests') - failed - attribute('skipped');
  return { passed, failed, failures: [], again: ['--last-failed'], kept: passed };
}

export function lastLines(text: string, most: number): string {
  return stripVTControlCharacters(text).trimEnd().split('\n').slice(-most).join('\n');
}
