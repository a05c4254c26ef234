/**
 * `npm run mutate -- answers`: gives our reader wrong answers of the server instead of faults in the code, one at a
 * time, and prints how many of them the parity suite notices, and why the others change nothing.
 *
 * `npm run mutate -- FOLDER [COUNT] [SEED] [KIND…]`: puts one small fault at a time into a copy of the checkout and runs
 * the unit tests that reach its file. What no test notices is printed with its place, and may be equivalent.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { globSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Mutation } from './mutations.ts';
import { mutationKinds, mutationsOf } from './mutations.ts';
import { root } from './root.ts';
import { run } from './run.ts';

interface Mutant extends Mutation {
  readonly file: string;
}

interface Verdict {
  readonly outcome: 'noticed' | 'timed out' | 'survived';
  /** Title of the test that failed first. */
  readonly by: string;
}

interface Report {
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** Everything that unit tests read. */
const copied = ['src', 'test', 'scripts', 'media', 'syntaxes', 'modal_apps', '*.json', '*.m?(j|t)s', '*.md'];
const longestRunMs = 240_000;

const [folder = 'src/domain', count = '40', seed = '1', ...kinds] = process.argv.slice(2);
if (folder === 'answers') process.exit(await runAnswers());
const unknown = kinds.filter((kind) => !mutationKinds.some((known) => known === kind));
if (unknown.length > 0)
  throw new Error(`${unknown.join(', ')}: no kind of mutation. Kinds are ${mutationKinds.join(', ')}.`);

const mutants = sample(await allMutants(), Number(count), seed);
const copy = await mkdtemp(path.join(os.tmpdir(), 'mutate-'));
try {
  await makeCopy();
  const files = [...new Set(mutants.map(({ file }) => file))];
  const { outcome, by } = await judge(files);
  if (outcome !== 'survived') throw new Error(`The tests fail without any fault: ${by}`);
  const verdicts: [Mutant, Verdict][] = [];
  for (const mutant of mutants) {
    const verdict = await tryOut(mutant);
    verdicts.push([mutant, verdict]);
    const { kind, file, line } = mutant;
    console.log(
      `${verdict.outcome.padEnd(9)} ${kind.padEnd(9)} ${file}:${line}  ${verdict.by || shown(mutant)}`,
    );
  }
  printRates(verdicts);
} finally {
  await rm(copy, { recursive: true, force: true });
}

function runAnswers(): Promise<number> {
  return run('vitest', ['run', '--project', 'parity', '--disable-console-intercept']);
}

async function allMutants(): Promise<Mutant[]> {
  const files = globSync(`${folder}{,/**/*.ts}`, { cwd: root })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .sort();
  const found = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(path.join(root, file), 'utf8');
      return mutationsOf(file, text).map((mutation) => ({ ...mutation, file }));
    }),
  );
  return found.flat().filter(({ kind }) => kinds.length === 0 || kinds.includes(kind));
}

/** The same for the same seed, also when other lines of a file have changed. */
function sample(of: readonly Mutant[], size: number, chosenBy: string): Mutant[] {
  const order = new Map(of.map((mutant) => [mutant, rank(mutant, chosenBy)]));
  return [...of].sort((a, b) => ((order.get(a) ?? '') < (order.get(b) ?? '') ? -1 : 1)).slice(0, size);
}

function rank({ file, kind, context, replacement }: Mutant, chosenBy: string): string {
  return createHash('sha256').update([chosenBy, file, kind, context, replacement].join('\0')).digest('hex');
}

async function makeCopy(): Promise<void> {
  for (const entry of globSync(copied, { cwd: root }))
    await cp(path.join(root, entry), path.join(copy, entry), { recursive: true });
  await symlink(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
}

async function tryOut({ file, start, end, replacement }: Mutant): Promise<Verdict> {
  const place = path.join(copy, file);
  const text = await readFile(place, 'utf8');
  await writeFile(place, text.slice(0, start) + replacement + text.slice(end));
  try {
    return await judge([file]);
  } finally {
    await writeFile(place, text);
  }
}

async function judge(files: readonly string[]): Promise<Verdict> {
  const report = path.join(copy, 'report.json');
  await rm(report, { force: true });
  const args = ['related', '--run', '--project', 'unit', '--bail', '1', '--passWithNoTests'];
  const ended = await runVitest([...args, '--reporter', 'json', '--outputFile', report, ...files]);
  if (!ended) return { outcome: 'timed out', by: 'the run did not end' };
  const { testResults, success } = JSON.parse(await readFile(report, 'utf8')) as Report;
  if (success) return { outcome: 'survived', by: '' };
  const failed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .find(({ status }) => status === 'failed');
  const by = failed?.fullName ?? testResults.find(({ message }) => message)?.message.split('\n')[0] ?? '';
  const isTimeOut = /timed out in \d+ms/.test(failed?.failureMessages.join() ?? '');
  return { outcome: isTimeOut ? 'timed out' : 'noticed', by };
}

/** @returns false when it was ended because it took too long */
function runVitest(args: readonly string[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    // By its own file: the command of that name would take whichever Node is first in the path.
    const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
    const child = spawn(process.execPath, [vitest, ...args], {
      cwd: copy,
      stdio: 'ignore',
      detached: true,
    });
    let ended = true;
    const limit = setTimeout(() => {
      ended = false;
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, longestRunMs);
    child.once('error', reject);
    child.once('exit', () => {
      clearTimeout(limit);
      resolve(ended);
    });
  });
}

function shown({ replacement }: Mutant): string {
  return `→ ${replacement.replaceAll(/\s+/g, ' ').slice(0, 80)}`;
}

function printRates(verdicts: readonly (readonly [Mutant, Verdict])[]): void {
  const rate = (of: readonly (readonly [Mutant, Verdict])[]) => {
    const noticed = of.filter(([, { outcome }]) => outcome !== 'survived').length;
    return `${noticed} of ${of.length} (${Math.round((100 * noticed) / of.length)} %)`;
  };
  console.log(`\n${folder}, seed ${seed}: noticed ${rate(verdicts)}`);
  for (const kind of mutationKinds) {
    const of = verdicts.filter(([mutant]) => mutant.kind === kind);
    if (of.length > 0) console.log(`  ${kind.padEnd(9)} ${rate(of)}`);
  }
  const timeOuts = verdicts.filter(([, { outcome }]) => outcome === 'timed out').length;
  if (timeOuts > 0) console.log(`  ${timeOuts} only by a time-out, which says little in a list of failures`);
}
