import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ensureTinyHub } from '../test/host/tinyHub.ts';
import { ensurePython } from './python.ts';
import { root } from './root.ts';
import { run } from './run.ts';

export interface Count {
  readonly passed: number;
  readonly failed: number;
}

export interface Suite {
  readonly name: string;
  run(): Promise<Count>;
}

/** A command that is right or wrong as a whole counts as one. */
async function check(command: string, args: readonly string[]): Promise<Count> {
  const ok = (await run(command, args)) === 0;
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
}

function sum(...counts: readonly Count[]): Count {
  return counts.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed }));
}

/** A suite that ends without a report, or with a bad exit code and no failed test, has failed. */
function judge(code: number, count: Count): Count {
  return code !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
}

async function vitest(project: string): Promise<Count> {
  const file = path.join(root, `out/test/${project}.json`);
  const code = await run('vitest', [
    ...['run', '--project', project],
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
  ]);
  const report = JSON.parse(await readFile(file, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
  };
  return judge(code, { passed: report.numPassedTests, failed: report.numFailedTests });
}

async function pytest(folder: string, name: string): Promise<Count> {
  const file = path.join(root, `out/test/${name}.xml`);
  const python = await ensurePython();
  const { containerEnv } = await ensureTinyHub(python);
  const code = await run(python, ['-m', 'pytest', '-q', folder, `--junitxml=${file}`], {
    PYTHONPATH: path.join(root, 'test/simulator'),
    PYTHONDONTWRITEBYTECODE: '1',
    TINY_HUB: containerEnv['HF_HOME'] ?? '',
  });
  const report = await readFile(file, 'utf8');
  const attribute = (key: string) => Number(new RegExp(`\\b${key}="(\\d+)"`).exec(report)?.[1] ?? 0);
  const failed = attribute('failures') + attribute('errors');
  return judge(code, { passed: attribute('tests') - failed - attribute('skipped'), failed });
}

async function ruff(): Promise<Count> {
  const python = await ensurePython();
  const folders = ['modal_apps', 'test'];
  return sum(
    await check(python, ['-m', 'ruff', 'check', ...folders]),
    await check(python, ['-m', 'ruff', 'format', '--check', ...folders]),
  );
}

async function extensionHost(): Promise<Count> {
  const { runExtensionSuite } = await import('../test/extension/run.ts');
  return runExtensionSuite();
}

export const suites: readonly Suite[] = [
  {
    name: 'lint',
    run: async () =>
      sum(
        await check('eslint', ['.', '--max-warnings', '0']),
        await check('prettier', ['--check', '--log-level', 'warn', '.']),
        await ruff(),
      ),
  },
  { name: 'types', run: () => check('node', ['scripts/types.ts']) },
  { name: 'unit', run: () => vitest('unit') },
  {
    name: 'python',
    run: async () =>
      sum(await pytest('modal_apps/tests', 'apps'), await pytest('test/simulator/tests', 'simulator')),
  },
  { name: 'integration', run: () => vitest('integration') },
  { name: 'extension', run: extensionHost },
  { name: 'ui', run: () => vitest('ui') },
];
