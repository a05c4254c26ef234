/**
 * The `extension` and `oldest` suites of `npm test`: this extension, as built, inside a real VS Code.
 *
 * `node test/extension/run.ts [--oldest] [--vsix FILE]` also runs it on a package, installed as a user does it.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../scripts/root.ts';
import { newestEditor, oldestEditor } from '../host/versions.ts';
import type { EditorVersion } from '../host/versions.ts';
import { runInHostSuite } from './hostSuite.ts';
import { withPreparedSuite } from './prepare.ts';
import type { SuiteResult } from './results.ts';

export function runExtensionSuite(editor: EditorVersion = newestEditor, vsix?: string): Promise<SuiteResult> {
  return withPreparedSuite(vsix, async (suite) => {
    const result = await runInHostSuite({ ...suite, editor, ...(vsix === undefined ? {} : { vsix }) });
    for (const { title, error } of result.failures) console.error(`\n${title}\n${error}`);
    return result;
  });
}

/** In the oldest editor that the manifest allows. @throws Error when it is another one */
export async function runOldestSuite(vsix?: string): Promise<SuiteResult> {
  const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
    readonly engines: { readonly vscode: string };
  };
  const result = await runExtensionSuite(oldestEditor, vsix);
  const allowed = /^\^(\d+\.\d+)\.0$/.exec(manifest.engines.vscode)?.[1];
  if (allowed !== undefined && result.editor.startsWith(`${allowed}.`)) return result;
  throw new Error(`engines.vscode is ${manifest.engines.vscode}, and this was VS Code ${result.editor}.`);
}

if (import.meta.main) {
  const options = { oldest: { type: 'boolean' }, vsix: { type: 'string' } } as const;
  const { oldest = false, vsix } = parseArgs({ options }).values;
  const { editor, passed, failed } = await (oldest
    ? runOldestSuite(vsix)
    : runExtensionSuite(newestEditor, vsix));
  console.log(`VS Code ${editor}`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}
