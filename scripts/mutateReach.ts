/** Which unit tests reach which place of the code: what is not reached needs no run, and the quickest test runs first. */
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import ts from 'typescript';
import { root } from './root.ts';

export interface Reach {
  readonly test: string;
  readonly durationMs: number;
  /** Blocks of files of `src`, by their number in the file; 0 is the file itself. */
  readonly blocks: Readonly<Record<string, readonly number[]>>;
}

interface Kept extends Reach {
  /** Of the test and of each file that it reached. */
  readonly hashes: Readonly<Record<string, string>>;
}

const cache = path.join(root, 'out/mutate-reach.json');
const atOnce = 24;
const noted = '.reached.jsonl';

/** Runs in each test file: notes what was reached since its start. */
const setup = `
import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, expect } from 'vitest';
const reached = (globalThis.__reached ??= new Set());
const started = performance.now();
afterAll(() => {
  const ofThreads = '.reached.' + process.pid;
  try {
    for (const each of readFileSync(ofThreads, 'utf8').split('\\n').filter(Boolean)) reached.add(each);
    rmSync(ofThreads);
  } catch {}
  const line = { test: expect.getState().testPath, durationMs: performance.now() - started, reached: [...reached] };
  appendFileSync(${JSON.stringify(noted)}, JSON.stringify(line) + '\\n');
});
`;

/** Begins each file: a thread of a test has no setup, and tells what it reaches in a file of its process. */
const inThreads = `globalThis.__reached ??= (() => {
  const load = globalThis.process?.getBuiltinModule;
  if (!load || load('node:worker_threads').isMainThread) return undefined;
  const known = new Set();
  const add = (each) => {
    if (known.has(each)) return;
    known.add(each);
    load('node:fs').appendFileSync('.reached.' + process.pid, each + String.fromCharCode(10));
  };
  return { add };
})();`.replaceAll('\n', ' ');

/** Runs test files of the copy, each after its `setupFile`. */
export type RunTests = (tests: readonly string[]) => Promise<void>;
export const setupFile = 'reachSetup.mts';

/**
 * Reads what is known, and runs the tests that have changed, or reach a file that has.
 * @param copy a copy of the checkout, whose `src` is changed while the tests run
 * @param files that are asked about; of other tests only what is known already is told
 */
export async function readReach(
  copy: string,
  files: ReadonlySet<string>,
  runTests: RunTests,
): Promise<Reach[]> {
  const known = new Map((await readKept()).filter(isFresh).map((each) => [each.test, each]));
  const leads = leadsTo(files);
  const stale = unitTests().filter((test) => !known.has(test) && leads(test));
  if (stale.length > 0) {
    console.log(`Noting what ${stale.length} test files reach …`);
    await mkdir(path.dirname(cache), { recursive: true });
    await noteReach(copy, stale, runTests, async (reached) => {
      for (const each of reached) known.set(each.test, each);
      await writeFile(cache, JSON.stringify([...known.values()]));
    });
  }
  return [...known.values()];
}

export function unitTests(): string[] {
  return globSync('test/unit/**/*.test.ts', { cwd: root }).sort();
}

/** @returns whether the imports of a file lead to one of those, however far */
function leadsTo(files: ReadonlySet<string>): (from: string) => boolean {
  const imports = new Map<string, readonly string[]>();
  const importsOf = (file: string): readonly string[] => {
    const known = imports.get(file);
    if (known) return known;
    const text = existsSync(path.join(root, file)) ? readFileSync(path.join(root, file), 'utf8') : '';
    const imported = ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName);
    const threads = [...text.matchAll(/new URL\(\s*'(\.[^']+\.ts)'/g)].map(([, name = '']) => name);
    const found = [...imported, ...threads].flatMap((name) =>
      name.startsWith('.') ? [path.join(path.dirname(file), name)] : [],
    );
    imports.set(file, found);
    return found;
  };
  return (from) => {
    const seen = new Set([from]);
    for (const file of seen) {
      if (files.has(file)) return true;
      for (const each of importsOf(file)) seen.add(each);
    }
    return false;
  };
}

async function readKept(): Promise<Kept[]> {
  return readFile(cache, 'utf8').then(
    (text) => JSON.parse(text) as Kept[],
    () => [],
  );
}

function isFresh({ hashes }: Kept): boolean {
  return Object.entries(hashes).every(([file, hash]) => hashOf(file) === hash);
}

function hashOf(file: string): string {
  try {
    return createHash('sha256')
      .update(readFileSync(path.join(root, file)))
      .digest('hex');
  } catch {
    return '';
  }
}

/** @param keep is given what some more tests reach: noting all of them takes minutes, and may be ended. */
async function noteReach(
  copy: string,
  tests: readonly string[],
  runTests: RunTests,
  keep: (reached: readonly Kept[]) => Promise<void>,
): Promise<void> {
  const files = globSync('src/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.d.ts'));
  const texts = new Map(files.map((file) => [file, readFileSync(path.join(root, file), 'utf8')]));
  for (const [file, text] of texts) await writeFile(path.join(copy, file), instrument(file, text));
  await writeFile(path.join(copy, setupFile), setup);
  for (let at = 0; at < tests.length; at += atOnce) {
    await writeFile(path.join(copy, noted), '');
    await runTests(tests.slice(at, at + atOnce));
    const lines = (await readFile(path.join(copy, noted), 'utf8')).split('\n').filter(Boolean);
    await keep(lines.map((line) => kept(copy, JSON.parse(line) as Noted)));
  }
  for (const [file, text] of texts) await writeFile(path.join(copy, file), text);
}

interface Noted {
  readonly test: string;
  readonly durationMs: number;
  readonly reached: readonly string[];
}

function kept(copy: string, { test: place, durationMs, reached }: Noted): Kept {
  const test = path.relative(copy, place);
  const blocks: Record<string, number[]> = {};
  for (const each of reached) {
    const [file = '', block] = each.split(':');
    (blocks[file] ??= []).push(Number(block));
  }
  const hashes = Object.fromEntries([test, ...Object.keys(blocks)].map((file) => [file, hashOf(file)]));
  return { test, durationMs, blocks, hashes };
}

/** The same text with a note at the start of each block, without a change of its lines. */
export function instrument(file: string, text: string): string {
  const places = blocksOf(file, text).flatMap(({ start, end, isExpression }, at): [number, string][] => {
    const note = `globalThis.__reached?.add(${JSON.stringify(`${file}:${at + 1}`)})`;
    return isExpression
      ? [
          [start, `(${note}, `],
          [end, ')'],
        ]
      : [[start, `${note};`]];
  });
  // What is put in later in the text first, and an inner end before an outer one.
  places.sort(([a], [b]) => b - a);
  let out = text;
  for (const [at, put] of places) out = out.slice(0, at) + put + out.slice(at);
  return `${inThreads}globalThis.__reached?.add(${JSON.stringify(`${file}:0`)});${out}`;
}

interface Block {
  /** Where its first statement may stand, or its expression. */
  readonly start: number;
  readonly end: number;
  readonly isExpression: boolean;
}

/** @returns number of the innermost block that has the place; 0 is the file */
export function blockAt(file: string, text: string, place: number): number {
  let found = 0;
  let size = Infinity;
  for (const [at, { start, end }] of blocksOf(file, text).entries())
    if (start <= place && place < end && end - start < size) [found, size] = [at + 1, end - start];
  return found;
}

function blocksOf(file: string, text: string): Block[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Block[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isBlock(node))
      found.push({ start: node.getStart(source) + 1, end: node.end, isExpression: false });
    if (ts.isArrowFunction(node) && !ts.isBlock(node.body))
      found.push({ start: node.body.getStart(source), end: node.body.end, isExpression: true });
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}
