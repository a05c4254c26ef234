/**
 * `npm run test:electron [-- VERSION] [--vsix FILE]`: the same suite in a desktop VS Code, which is downloaded for it;
 * with the extension as built, or with a package, installed as a user does it.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { downloadAndUnzipVSCode, runTests, runVSCodeCommand } from '@vscode/test-electron';
import { cacheRoot } from '../../scripts/cache.ts';
import { withPreparedSuite } from './prepare.ts';
import type { PreparedSuite } from './prepare.ts';
import { resultsVariable } from './results.ts';
import type { SuiteResult } from './results.ts';

const cachePath = path.join(cacheRoot, 'vscode-desktop');

async function download(version: string): Promise<string> {
  try {
    return await downloadAndUnzipVSCode({ version, cachePath });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `VS Code ${version} could not be downloaded (${reason}). ` +
        'Without a way to it, run the same suite in the editor from npm: npm test -- extension',
      { cause: error },
    );
  }
}

async function runDesktop(
  version: string,
  vsix: string | undefined,
  suite: PreparedSuite,
): Promise<SuiteResult> {
  const editor = await download(version);
  const profile = [
    ...['--user-data-dir', path.join(suite.folder, 'u')],
    ...['--extensions-dir', path.join(suite.folder, 'x')],
  ];
  if (vsix !== undefined)
    await runVSCodeCommand(['--install-extension', path.resolve(vsix), ...profile], { version, cachePath });
  const results = path.join(suite.folder, 'results.json');
  // Its exit code is 1 for failed tests as well as for an editor that did not start; the file tells them apart.
  const ended: unknown = await runTests({
    vscodeExecutablePath: editor,
    extensionDevelopmentPath: suite.extension,
    extensionTestsPath: suite.testEntry,
    extensionTestsEnv: { ...suite.env, [resultsVariable]: results },
    launchArgs: [
      suite.workspace,
      ...profile,
      // Would also leave out the package.
      ...(vsix === undefined ? ['--disable-extensions'] : []),
      '--disable-workspace-trust',
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
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { vsix: { type: 'string' } },
  });
  const { editor, passed, failed, failures } = await withPreparedSuite(values.vsix, (suite) =>
    runDesktop(positionals[0] ?? 'stable', values.vsix, suite),
  );
  for (const { title, error } of failures) console.error(`\n${title}\n${error}`);
  console.log(`VS Code ${editor}`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed > 0 ? 1 : 0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
