import { explainRunFailure } from '../../../deploy/core/index.ts';
import { scriptError } from './scriptProcess.ts';
import type { CommandServices } from '../../../deploy/core/index.ts';
import type { ScriptCommand } from './scriptCommand.ts';

/**
 * Runs a function or local entry point to its end.
 * @returns seconds that it took
 * @throws `DeployError` when it failed, kind `cancelled` when cancelled; the server is told in both cases
 */
export async function runFunction(command: ScriptCommand, services: CommandServices): Promise<number> {
  const start = performance.now();
  const result = await command
    .execute(services, (line) => command.readPage(line))
    .catch(async (error: unknown) => {
      await command.endApp(services);
      throw error;
    });
  const { exitCode, stdout, stderr } = result;
  if (exitCode !== 0) {
    throw await scriptError(
      command.plan,
      explainRunFailure(stdout, stderr, exitCode),
      `${stdout}\n${stderr}`,
    );
  }
  return (performance.now() - start) / 1000;
}
