/**
 * `npm run mutate -- answers`: gives our reader wrong answers of the server instead of faults in the code, one at a
 * time, and prints how many of them the parity suite notices, and why the others change nothing.
 *
 * `npm run mutate -- PLACES [COUNT] [SEED] [KIND…] [TEST…]`: puts one small fault at a time into a copy of the checkout and runs
 * the unit tests that reach it, the quickest first, until one fails. Places are folders, files or patterns, with commas
 * between them. Named test files judge alone, which is quick and finds at least as many survivors. With the word `parity`, the
 * official clients judge what no unit test has noticed, half a minute each: they are the tests of what comes over the
 * wire. What nobody notices is printed with its place, and may be equivalent.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { globSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { MutateRunner } from './mutateProcess.ts';
import type { Outcome } from './mutateRunner.ts';
import type { Reach } from './mutateReach.ts';
import { blockAt, readReach, setupFile } from './mutateReach.ts';
import type { TypeCheck } from './mutateTypes.ts';
import { typeCheck } from './mutateTypes.ts';
import type { Mutation } from './mutations.ts';
import { mutationKinds, mutationsOf } from './mutations.ts';
import { root } from './root.ts';
import { run } from './run.ts';

interface Mutant extends Mutation {
  readonly file: string;
}

interface Verdict {
  /** `refused`: by the type check alone; `unreached`: no test comes there. */
  readonly outcome: 'noticed' | 'timed out' | 'refused' | 'survived' | 'unreached';
  /** Title of the test that failed first. */
  readonly by: string;
}

/** Everything that unit tests read. */
const copied = ['src', 'test', 'scripts', 'media', 'syntaxes', 'modal_apps', '*.json', '*.m?(j|t)s', '*.md'];
/** As long as no test has failed, twice as many files are run at once as before, up to this. */
const largestBatch = 16;
/** Ten times what the parity suite takes. */
const parityLimitMs = 600_000;

const [places = 'src/domain', count = '40', seed = '1', ...rest] = process.argv.slice(2);
const judges = rest.filter((each) => each.endsWith('.test.ts'));
const asksParity = rest.includes('parity');
const kinds = rest.filter((each) => !judges.includes(each) && each !== 'parity');
if (places === 'answers')
  process.exit(await run('vitest', ['run', '--project', 'parity', '--disable-console-intercept']));
const unknown = kinds.filter((kind) => !mutationKinds.some((known) => known === kind));
if (unknown.length > 0)
  throw new Error(`${unknown.join(', ')}: no kind of mutation. Kinds are ${mutationKinds.join(', ')}.`);

const copy = await mkdtemp(path.join(os.tmpdir(), 'mutate-'));
const runner = new MutateRunner(copy);
const green = new Set<string>();
let passes: TypeCheck | undefined;
let isParityGreen = false;
try {
  await makeCopy();
  const mutants = await sample(Number(count));
  isParityGreen = asksParity && runParity();
  const reach = judges.length > 0 ? [] : await noteReach(new Set(mutants.map(({ file }) => file)));
  const verdicts: [Mutant, Verdict][] = [];
  for (const mutant of mutants) {
    const verdict = await withParity(mutant, await withTypes(mutant, await tryOut(mutant, reach)));
    verdicts.push([mutant, verdict]);
    const { kind, file, line } = mutant;
    console.log(
      `${verdict.outcome.padEnd(9)} ${kind.padEnd(9)} ${file}:${line}  ${verdict.by || shown(mutant)}`,
    );
  }
  printRates(verdicts);
} finally {
  runner.end();
  await rm(copy, { recursive: true, force: true });
}

async function noteReach(files: ReadonlySet<string>): Promise<Reach[]> {
  const noting = new MutateRunner(copy, setupFile);
  try {
    return await readReach(copy, files, async (tests) => {
      await noting.run({ tests: tests.map((test) => path.join(copy, test)), changed: [] });
    });
  } finally {
    noting.end();
  }
}

async function makeCopy(): Promise<void> {
  for (const entry of globSync(copied, { cwd: root }))
    await cp(path.join(root, entry), path.join(copy, entry), { recursive: true });
  await symlink(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
}

/** The same for the same seed, also when other lines of a file have changed. */
async function sample(size: number): Promise<Mutant[]> {
  const all = await allMutants();
  const order = new Map(all.map((mutant) => [mutant, rank(mutant)]));
  all.sort((a, b) => ((order.get(a) ?? '') < (order.get(b) ?? '') ? -1 : 1));
  return all.slice(0, size);
}

async function allMutants(): Promise<Mutant[]> {
  const patterns = places.split(',').map((place) => (/[*{]/.test(place) ? place : `${place}{,/**/*.ts}`));
  const files = [...new Set(globSync(patterns, { cwd: root }))]
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

function rank({ file, kind, context, replacement }: Mutant): string {
  return createHash('sha256').update([seed, file, kind, context, replacement].join('\0')).digest('hex');
}

function mutated(text: string, { start, end, replacement }: Mutant): string {
  return text.slice(0, start) + replacement + text.slice(end);
}

/** A test that fails without any fault as well says nothing; each that has noticed one is asked once. */
async function expectGreen(test: string): Promise<void> {
  if (green.has(test)) return;
  const judge = () => runner.run({ tests: [test], changed: [] });
  let { failed } = await judge();
  if (failed !== undefined) ({ failed } = await judge()); // what a fault left running may be in its way
  if (failed !== undefined) throw new Error(`A test fails without any fault: ${failed}`);
  green.add(test);
}

function testsOf({ file, start }: Mutant, text: string, reach: readonly Reach[]): string[] {
  const block = blockAt(file, text, start);
  return reach
    .filter(({ blocks }) => blocks[file]?.includes(block))
    .sort((a, b) => cost(a, file) - cost(b, file))
    .map(({ test }) => test);
}

async function tryOut(mutant: Mutant, reach: readonly Reach[]): Promise<Verdict> {
  const place = path.join(copy, mutant.file);
  const text = await readFile(place, 'utf8');
  const tests = judges.length > 0 ? judges : testsOf(mutant, text, reach);
  if (tests.length === 0) return { outcome: 'unreached', by: '' };
  await writeFile(place, mutated(text, mutant));
  runner.touch(place);
  const { failed, isTimeOut, test } = await firstFailure(tests.map((each) => path.join(copy, each)));
  await writeFile(place, text);
  runner.touch(place);
  if (failed === undefined) return { outcome: 'survived', by: '' };
  // The runner may have kept the text of the fault, so it begins anew.
  runner.end();
  if (test !== undefined) await expectGreen(test);
  return { outcome: isTimeOut ? 'timed out' : 'noticed', by: failed };
}

/** Asks the type check about what no test has noticed; it takes long to begin with. */
async function withTypes(mutant: Mutant, verdict: Verdict): Promise<Verdict> {
  if (verdict.outcome !== 'survived' && verdict.outcome !== 'unreached') return verdict;
  passes ??= typeCheck();
  const text = await readFile(path.join(root, mutant.file), 'utf8');
  return passes(mutant.file, mutated(text, mutant)) ? verdict : { ...verdict, outcome: 'refused' };
}

/** Asks the official clients about what neither a unit test nor the type check has noticed. */
async function withParity(mutant: Mutant, verdict: Verdict): Promise<Verdict> {
  if (!asksParity || (verdict.outcome !== 'survived' && verdict.outcome !== 'unreached')) return verdict;
  if (!isParityGreen) throw new Error('The parity suite fails without any fault.');
  const place = path.join(copy, mutant.file);
  const text = await readFile(place, 'utf8');
  await writeFile(place, mutated(text, mutant));
  const passed = runParity();
  await writeFile(place, text);
  return passed ? verdict : { outcome: 'noticed', by: 'the official clients' };
}

function runParity(): boolean {
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--project', 'parity', '--bail', '1'];
  return (
    spawnSync(process.execPath, args, { cwd: copy, stdio: 'ignore', timeout: parityLimitMs }).status === 0
  );
}

/** Tests that stand in the mirror of the file's folder are likelier to notice. */
function cost({ test, durationMs }: Reach, file: string): number {
  const folder = file.split('/')[1] ?? '';
  return durationMs * (test.split('/')[2] === folder ? 1 : 3);
}

async function firstFailure(tests: readonly string[]): Promise<Outcome> {
  let size = 1;
  for (let at = 0; at < tests.length; at += size, size = Math.min(2 * size, largestBatch)) {
    const outcome = await runner.run({ tests: tests.slice(at, at + size), changed: [] });
    if (outcome.failed !== undefined) return outcome;
  }
  return {};
}

function shown({ replacement }: Mutant): string {
  return `→ ${replacement.replaceAll(/\s+/g, ' ').slice(0, 80)}`;
}

function printRates(verdicts: readonly (readonly [Mutant, Verdict])[]): void {
  const rate = (of: readonly (readonly [Mutant, Verdict])[]) => {
    const noticed = of.filter(([, { outcome }]) => outcome !== 'survived' && outcome !== 'unreached').length;
    return `${noticed} of ${of.length} (${Math.round((100 * noticed) / of.length)} %)`;
  };
  console.log(`\n${places}, seed ${seed}: noticed ${rate(verdicts)}`);
  for (const kind of mutationKinds) {
    const of = verdicts.filter(([mutant]) => mutant.kind === kind);
    if (of.length > 0) console.log(`  ${kind.padEnd(9)} ${rate(of)}`);
  }
  const refused = verdicts.filter(([, { outcome }]) => outcome === 'refused').length;
  if (refused > 0) console.log(`  ${refused} of them by the type check alone`);
  const timeOuts = verdicts.filter(([, { outcome }]) => outcome === 'timed out').length;
  if (timeOuts > 0) console.log(`  ${timeOuts} only by a time-out, which says little in a list of failures`);
}
