import type { CliResult } from '../../../../modal/cli.ts';
import { cliEnvironment, runCli } from '../../../../modal/cli.ts';
import type { CommandServices, OutputLine } from '../../../deploy/core/index.ts';
import { AppCommand, endUnfinished } from '../../../deploy/core/index.ts';
import type { ScriptPlan } from './scriptProcess.ts';
import { appIdOfPage, pageOfLine } from './scriptProcess.ts';

/** A serve or a run of a script, whose app lives as long as the command. */
export class ScriptCommand extends AppCommand {
  readonly plan: ScriptPlan;
  #page = '';

  constructor(plan: ScriptPlan) {
    super();
    this.plan = plan;
  }

  /** Of its app, as the CLI prints it; '' until then. */
  get page(): string {
    return this.#page;
  }

  /** The first page of an app that the CLI prints is that of its own. */
  readPage(line: string): void {
    if (this.#page) return;
    this.#page = pageOfLine(line);
    const appId = appIdOfPage(this.#page);
    if (appId) this.madeApp(appId);
  }

  /** @throws as `runCli` does; kind `cancelled` when it is cancelled */
  execute(
    { cli, connection, env, logger }: CommandServices,
    onLine: (line: string, stream: OutputLine['stream']) => void,
  ): Promise<CliResult> {
    const { args, shownArgs, cwd } = this.plan;
    this.print(`$ ${[cli.command, ...cli.args, ...shownArgs].join(' ')}`);
    return runCli(cli, args, {
      cwd,
      env: cliEnvironment(env, connection),
      logger,
      loggedArgs: shownArgs,
      signal: this.signal,
      onStart: (pid) => this.started({ pid }),
      onLine: (line, stream) => {
        this.print(line, stream);
        onLine(line, stream);
      },
    });
  }

  /**
   * Ends on the server what the command may not have had the time to end itself. Only the app of its page: one that
   * merely fits by name or age may be a colleague's.
   */
  async endApp({ plane, logger }: Pick<CommandServices, 'plane' | 'logger'>): Promise<void> {
    const { appId } = this;
    if (!appId) return;
    const { kind, environment } = this.plan;
    try {
      await endUnfinished({ environment, appId }, plane);
    } catch (error) {
      logger.warn(`The app of a stopped ${kind} could not be ended on the server: ${String(error)}`);
    }
  }
}
