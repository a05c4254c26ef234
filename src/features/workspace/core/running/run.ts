import { cliEnvironment, runCli } from '../../../../modal/cli.ts';
import { explainRunFailure } from '../../../deploy/core/index.ts';
import type { CommandListener, ScriptPlan, ScriptServices } from './scriptProcess.ts';
import { appIdOfPage, endOwnApp, pageOfLine, scriptError } from './scriptProcess.ts';

/**
 * Runs a function or local entry point to its end.
 * @param onLine gets each line of output, the command line first
 * @returns seconds that it took
 * @throws `DeployError` when it failed, kind `cancelled` when aborted; the server is told in both cases
 */
export async function runFunction(
  plan: ScriptPlan,
  services: ScriptServices,
  onLine: (line: string, stream: 'stdout' | 'stderr') => void,
  signal: AbortSignal,
  listener: CommandListener = {},
): Promise<number> {
  const start = performance.now();
  let page = '';
  onLine(`$ ${[services.cli.command, ...services.cli.args, ...plan.shownArgs].join(' ')}`, 'stdout');
  const result = await runCli(services.cli, plan.args, {
    cwd: plan.cwd,
    env: cliEnvironment(services.env, services.connection),
    logger: services.logger,
    loggedArgs: plan.shownArgs,
    signal,
    onStart: (pid) => listener.onStart?.(pid),
    onLine: (line, stream) => {
      onLine(line, stream);
      if (page) return;
      page = pageOfLine(line);
      const appId = appIdOfPage(page);
      if (appId) listener.onApp?.(appId);
    },
  }).catch(async (error: unknown) => {
    await endOwnApp(plan, services, page);
    throw error;
  });
  const { exitCode, stdout, stderr } = result;
  if (exitCode !== 0) {
    throw await scriptError(plan, explainRunFailure(stdout, stderr, exitCode), `${stdout}\n${stderr}`);
  }
  return (performance.now() - start) / 1000;
}
