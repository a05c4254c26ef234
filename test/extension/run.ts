/** The `extension` suite of `npm test`: this extension, as built, inside a real VS Code. */
import { root } from '../../scripts/root.ts';
import { runInHostSuite } from './hostSuite.ts';
import { withPreparedSuite } from './prepare.ts';
import type { SuiteResult } from './results.ts';

/** @param env more for the extension host, e.g. `MODAL_CONFIG_PATH` of a simulator */
export function runExtensionSuite(env: NodeJS.ProcessEnv = {}): Promise<SuiteResult> {
  return withPreparedSuite(async (suite) => {
    const { testEntry, workspace } = suite;
    const result = await runInHostSuite({
      extension: root,
      testEntry,
      workspace,
      env: { ...suite.env, ...env },
    });
    for (const { title, error } of result.failures) console.error(`\n${title}\n${error}`);
    return result;
  });
}

if (import.meta.main) {
  const { passed, failed } = await runExtensionSuite();
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}
