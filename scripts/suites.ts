import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ensureTinyHub } from '../test/host/tinyHub.ts';
import { ensurePython } from './python.ts';
import type { Attempt, Count } from './reports.ts';
import { lastLines, parseJunitReport, parseVitestReport } from './reports.ts';
import { root } from './root.ts';
import { run } from './run.ts';
import { withSecondTry } from './secondTry.ts';
import { checkWorkflows } from './workflows.ts';

export interface Suite {
  readonly name: string;
  /** The next suites begin while it runs. */
  readonly inBackground?: true;
  /** Begins when those in the background are over. */
  readonly isAlone?: true;
  /** What a suite in the background shares with the next ones, so that they need not wait for it. */
  prepare?(): Promise<unknown>;
  run(): Promise<Count>;
}

/** A command that is right or wrong as a whole counts as one. */
async function check(command: string, args: readonly string[]): Promise<Count> {
  return countOf((await run(command, args)) === 0);
}

function countOf(ok: boolean): Count {
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
}

function sum(...counts: readonly Count[]): Count {
  return counts.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed }));
}

/** A run that ends with a bad exit code and no failed test has failed all the same. */
function judge(code: number, attempt: Attempt, log: string): Attempt {
  if (code === 0 || attempt.failures.length > 0) return attempt;
  return { ...attempt, failed: Math.max(1, attempt.failed), failures: [lastLines(log, 80)] };
}

const vitest = (project: string): Promise<Count> =>
  withSecondTry(project, async (name, only) => {
    const report = path.join(root, `out/test/${name}.json`);
    const log = path.join(root, `out/test/${name}.log`);
    const args = ['run', '--project', project, '--reporter=default', '--reporter=json', ...only];
    const code = await run('vitest', [...args, `--outputFile.json=${report}`], {}, log);
    return judge(code, parseVitestReport(await readFile(report, 'utf8')), await readFile(log, 'utf8'));
  });

/** @param before a command that runs it, and its options */
const pytest = (folder: string, suite: string, before: readonly string[] = []): Promise<Count> =>
  withSecondTry(suite, async (name, only) => {
    const report = path.join(root, `out/test/${name}.xml`);
    const log = path.join(root, `out/test/${name}.log`);
    const python = await ensurePython();
    const { containerEnv } = await ensureTinyHub(python);
    const env = {
      PYTHONPATH: path.join(root, 'test/simulator'),
      PYTHONDONTWRITEBYTECODE: '1',
      TINY_HUB: containerEnv['HF_HOME'] ?? '',
      OMP_NUM_THREADS: '1', // more, for models this small, mostly wait for each other
    };
    // A file's tests stay together: they share a loaded model or a started engine.
    const args = [
      '-m',
      'pytest',
      '-q',
      '-n',
      '2',
      '--dist',
      'loadfile',
      folder,
      `--junitxml=${report}`,
      ...only,
    ];
    const [command = python, ...rest] = [...before, python, ...args];
    const code = await run(command, rest, env, log);
    return judge(code, parseJunitReport(await readFile(report, 'utf8')), await readFile(log, 'utf8'));
  });

/** What runs beside it waits for servers with limits of time, so that it comes first. */
const background = process.platform === 'win32' ? [] : ['nice', '-n', '10'];

async function ruff(): Promise<Count> {
  const python = await ensurePython();
  const folders = ['modal_apps', 'test'];
  return sum(
    await check(python, ['-m', 'ruff', 'check', ...folders]),
    await check(python, ['-m', 'ruff', 'format', '--check', ...folders]),
  );
}

/** The types of the apps; `mypy.ini` names what is checked. */
async function mypy(): Promise<Count> {
  const python = await ensurePython();
  const [command, ...args] = [...background, python, '-m', 'mypy', '--no-error-summary'];
  return check(command, args);
}

async function extensionHost(): Promise<Count> {
  const { runExtensionSuite } = await import('../test/extension/run.ts');
  return runExtensionSuite();
}

async function oldestHost(): Promise<Count> {
  const { runOldestSuite } = await import('../test/extension/run.ts');
  return runOldestSuite();
}

export const suites: readonly Suite[] = [
  {
    name: 'lint',
    run: async () =>
      sum(
        await check('eslint', ['.', '--max-warnings', '0']),
        await check('prettier', ['--check', '--log-level', 'warn', '.']),
        await ruff(),
        ...(await checkWorkflows()).map(countOf),
      ),
  },
  { name: 'types', run: () => check('node', ['scripts/types.ts']) },
  { name: 'unit', run: () => vitest('unit') },
  { name: 'simulator', run: () => pytest('test/simulator/tests', 'simulator') },
  {
    name: 'python',
    inBackground: true,
    prepare: async () => ensureTinyHub(await ensurePython()),
    run: async () => sum(await mypy(), await pytest('modal_apps/tests', 'python', background)),
  },
  { name: 'integration', run: () => vitest('integration') },
  { name: 'parity', run: () => vitest('parity') },
  { name: 'extension', isAlone: true, run: extensionHost },
  { name: 'oldest', isAlone: true, run: oldestHost },
  { name: 'ui', isAlone: true, run: () => vitest('ui') },
];
