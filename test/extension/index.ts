/** Entry of the suite that runs inside the editor, whichever editor it is. Its neighbours `*.test.js` are the tests. */
import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { resultsVariable } from './results.ts';
import type { Failure, SuiteResult } from './results.ts';

/** @throws Error when a test failed: a desktop editor turns that into its exit code */
export async function run(): Promise<void> {
  // A bench waits until the workbench has come to rest, so that it measures the extension and not the page.
  const settle = Number(process.env['MODAL_GPU_SETTLE_MS'] ?? 0);
  if (settle > 0) await new Promise((resolve) => setTimeout(resolve, settle));
  const result = await runTests().catch(couldNotRun);
  writeResult(result);
  if (result.failed > 0) throw new Error(`${result.failed} failed`);
}

async function runTests(): Promise<SuiteResult> {
  // `require` gives it to an older Node in another shape.
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, color: false });
  const files = readdirSync(__dirname).filter((name) => name.endsWith('.test.js'));
  for (const file of files) mocha.addFile(path.join(__dirname, file));
  await mocha.loadFilesAsync();
  const failures: Failure[] = [];
  return new Promise((resolve) => {
    const runner = mocha.run(() => {
      const passed = runner.stats?.passes ?? 0;
      const nothing = passed + failures.length === 0 ? [{ title: 'suite', error: 'No test ran.' }] : [];
      const all = [...failures, ...nothing];
      resolve({ editor: vscode.version, passed, failed: all.length, failures: all });
    });
    runner.on('fail', (test, error: Error) => {
      failures.push({ title: test.fullTitle(), error: error.stack ?? error.message });
    });
  });
}

function couldNotRun(error: unknown): SuiteResult {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { editor: vscode.version, passed: 0, failed: 1, failures: [{ title: 'suite', error: text }] };
}

/** In one step, so that a reader never sees half a file. */
function writeResult(result: SuiteResult): void {
  const file = process.env[resultsVariable];
  if (!file) return;
  writeFileSync(`${file}.part`, JSON.stringify(result));
  renameSync(`${file}.part`, file);
}
