/** `npm run test:electron [-- VERSION]`: the same suite in a desktop VS Code, which is downloaded for it. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { cacheRoot } from '../../scripts/cache.ts';
import { root } from '../../scripts/root.ts';
import { withPreparedSuite } from './prepare.ts';
import type { PreparedSuite } from './prepare.ts';
import { resultsVariable } from './results.ts';
import type { SuiteResult } from './results.ts';

async function download(version: string): Promise<string> {
  try {
    return await downloadAndUnzipVSCode({ version, cachePath: path.join(cacheRoot, 'vscode-desktop') });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `VS Code ${version} could not be downloaded (${reason}). ` +
        'Without a way to it, run the same suite in the editor from npm: npm test -- extension',
      { cause: error },
    );
  }
}

async function runDesktop(editor: string, suite: PreparedSuite): Promise<SuiteResult> {
  const results = path.join(suite.folder, 'results.json');
  // Its exit code is 1 for failed tests as well as for an editor that did not start; the file tells them apart.
  const ended: unknown = await runTests({
    vscodeExecutablePath: editor,
    extensionDevelopmentPath: root,
    extensionTestsPath: suite.testEntry,
    extensionTestsEnv: { ...suite.env, [resultsVariable]: results },
    launchArgs: [
      suite.workspace,
      ...[
        '--user-data-dir',
        path.join(suite.folder, 'u'),
        '--disable-extensions',
        '--disable-workspace-trust',
      ],
    ],
  }).catch((error: unknown) => error);
  const text = await readFile(results, 'utf8').catch(() => {
    throw new Error('The editor left no test results. On Linux without a display, use xvfb-run -a.', {
      cause: ended,
    });
  });
  return JSON.parse(text) as SuiteResult;
}

try {
  const editor = await download(process.argv[2] ?? 'stable');
  const { passed, failed, failures } = await withPreparedSuite((suite) => runDesktop(editor, suite));
  for (const { title, error } of failures) console.error(`\n${title}\n${error}`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed > 0 ? 1 : 0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
