import path from 'node:path';
import * as vscode from 'vscode';
import { DeployError } from '../../deploy/deployer.ts';
import type { PlanServices } from '../../deploy/plan.ts';
import { runFunction } from '../../deploy/run.ts';
import type { RunValues } from '../../deploy/runArguments.ts';
import {
  looksSecret,
  runArguments,
  shownArguments,
  unsupportedParameters,
} from '../../deploy/runArguments.ts';
import type { ScriptChoice, ScriptPlan, ScriptServices } from '../../deploy/scriptProcess.ts';
import { planRun, planServe, runReference } from '../../deploy/scriptProcess.ts';
import type { ServeState } from '../../deploy/serve.ts';
import { serve } from '../../deploy/serve.ts';
import { shellCommand } from '../../domain/shell.ts';
import { ModalError, isCancelled, toModalError } from '../../domain/errors.ts';
import type { Runnable } from '../../domain/script.ts';
import { openAddress } from '../../platform/openAddress.ts';
import type { Services } from '../commands/services.ts';
import type { OutputSink } from '../logs/logsController.ts';
import { withSignal } from '../withSignal.ts';
import { confirmScript } from './confirmScript.ts';
import { askParameters } from './parameterForm.ts';
import { clock } from './runWords.ts';
import type { RunState } from './scriptRuns.ts';

/** Serves apps and runs functions of the user's scripts: confirmation, output in the Logs panel, state in the rows. */
export class ScriptFlow {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  /** Begins to serve; it goes on until it is stopped. */
  async serve(choice: ScriptChoice): Promise<void> {
    const { t } = vscode.l10n;
    needTrust();
    const { scriptRuns } = this.#services;
    const title = titleOf(choice);
    const variable = choice.app?.variable ?? '';
    scriptRuns.needNotServed({ script: choice.script, variable, title });
    const plan = await this.#plan(t('Preparing the serve…'), choice, (services) =>
      planServe(choice, services),
    );
    if (!(await confirmScript(plan, title, this.#services.memory))) return;
    const abort = new AbortController();
    // Refuses a serve that began while this one was planned and confirmed.
    const id = scriptRuns.start({
      kind: 'serve',
      script: plan.script,
      variable,
      runnable: '',
      title,
      state: 'starting',
      words: '',
      endpoints: [],
      abort,
      showLog: () => void log.show(),
    });
    const log = this.#services.logs.openOutput({
      title: t('Serve of {0}', title),
      running: t('Starting'),
      done: t('Serve stopped'),
      failed: t('Serve failed'),
      cancelled: t('Serve stopped'),
    });
    void this.#serve(id, plan, title, log, abort.signal);
    await log.show();
  }

  /** Asks for the parameters and runs to the end. */
  async run(choice: ScriptChoice, runnable: Runnable): Promise<void> {
    const { t } = vscode.l10n;
    needTrust();
    const unsupported = unsupportedParameters(runnable.parameters);
    if (unsupported.length > 0) {
      await this.#offerCommand(choice, runnable, unsupported);
      return;
    }
    const key = `modalGpu.run/${vscode.workspace.asRelativePath(choice.script)}::${runnable.name}`;
    const values = await askParameters(
      t('Run {0}', runnable.name),
      runnable.parameters,
      this.#services.memory.get<RunValues>(key, {}),
    );
    if (!values) return;
    await this.#services.memory.update(key, withoutSecrets(values));
    const flags = {
      args: runArguments(runnable.parameters, values),
      shownArgs: shownArguments(runnable.parameters, values),
    };
    const plan = await this.#plan(t('Preparing the run…'), choice, (services) =>
      planRun(choice, runnable, flags, services),
    );
    if (!(await confirmScript(plan, runnable.name, this.#services.memory))) return;
    await this.#run(plan, runnable);
  }

  #plan(
    title: string,
    { script }: ScriptChoice,
    make: (services: PlanServices) => Promise<ScriptPlan>,
  ): Promise<ScriptPlan> {
    const { config, planes, cli } = this.#services;
    return withSignal(title, async (signal) => {
      await cli.find();
      return make({
        plane: await planes.get(signal),
        connection: await planes.connection(),
        environment: config.get('environment', vscode.Uri.file(script)),
        signal,
      });
    });
  }

  async #parts(): Promise<ScriptServices> {
    const { cli, planes, logger } = this.#services;
    return {
      cli: await cli.find(),
      connection: await planes.connection(),
      plane: await planes.get(),
      env: process.env,
      logger,
    };
  }

  async #serve(
    id: number,
    plan: ScriptPlan,
    title: string,
    log: OutputSink,
    signal: AbortSignal,
  ): Promise<void> {
    const { scriptRuns, store } = this.#services;
    this.#services.problems.clear(plan.script);
    let announced = false;
    const onState = (state: ServeState) => {
      if (signal.aborted) return;
      this.#showServeState(id, plan, state, log);
      if (state.kind !== 'serving' || announced) return;
      announced = true;
      void store.refresh();
      void this.#announce(title, state.endpoints[0]?.url).catch((error: unknown) =>
        this.#services.presenter.failure(vscode.l10n.t('Open Served URL'), error),
      );
    };
    const end = (state: RunState, words: string) => scriptRuns.update(id, { state, words, endpoints: [] });
    try {
      await serve(
        plan,
        await this.#parts(),
        { onLine: (line, stream) => log.append(line, stream), onState },
        signal,
      );
      log.end('done', vscode.l10n.t('Stopped at {0}', clock(Date.now())));
      end('stopped', '');
    } catch (error) {
      log.end('failed');
      end('failed', toModalError(error).message);
      this.#failed(vscode.l10n.t('Serving {0}', title), plan, error, log);
    }
    await store.refresh();
  }

  #showServeState(id: number, plan: ScriptPlan, state: ServeState, log: OutputSink): void {
    const { t } = vscode.l10n;
    const { scriptRuns } = this.#services;
    switch (state.kind) {
      case 'starting':
        scriptRuns.update(id, { state: 'starting', words: state.stage });
        log.status(t('Starting: {0}', state.stage), 'loading~spin');
        return;
      case 'serving': {
        const { endpoints, reloadedAt } = state;
        scriptRuns.update(id, {
          state: 'serving',
          words: '',
          endpoints,
          ...(reloadedAt === undefined ? {} : { reloadedAt }),
        });
        if (reloadedAt !== undefined) log.note(t('Reloaded at {0}', clock(reloadedAt)), false);
        for (const { name, url } of reloadedAt === undefined ? endpoints : [])
          log.note(`${name}: ${url}`, false);
        log.status(t('Serving'), 'broadcast');
        this.#services.problems.clear(plan.script);
        return;
      }
      case 'reloading':
        scriptRuns.update(id, { state: 'reloading', words: '' });
        log.status(t('Reloading'), 'loading~spin');
        return;
      case 'reloadFailed':
        scriptRuns.update(id, { state: 'reloadFailed', words: state.error.message });
        log.note(t('The reload failed, the last version goes on answering. {0}', state.error.message), true);
        log.status(t('Reload failed'), 'warning');
        this.#services.problems.show(plan.script, state.error.problems, 'modal serve');
        return;
    }
  }

  async #announce(title: string, url: string | undefined): Promise<void> {
    const { t } = vscode.l10n;
    if (!url) {
      void vscode.window.showInformationMessage(t('{0} is served; it has no web endpoint.', title));
      return;
    }
    const copy = t('Copy URL');
    const open = t('Open in Browser');
    const chosen = await vscode.window.showInformationMessage(
      t('{0} is served at {1}', title, url),
      copy,
      open,
    );
    if (chosen === copy) await vscode.env.clipboard.writeText(url);
    if (chosen === open) await openAddress(url);
  }

  async #run(plan: ScriptPlan, runnable: Runnable): Promise<void> {
    const { t } = vscode.l10n;
    const { scriptRuns, logs, store } = this.#services;
    const { name } = runnable;
    const abort = new AbortController();
    const log = logs.openOutput({
      title: t('Run of {0}', name),
      running: t('Running'),
      done: t('Run finished'),
      failed: t('Run failed'),
      cancelled: t('Run stopped'),
    });
    this.#services.problems.clear(plan.script);
    const id = scriptRuns.start({
      kind: 'run',
      script: plan.script,
      variable: plan.app?.variable ?? '',
      runnable: name,
      title: name,
      state: 'running',
      words: '',
      endpoints: [],
      abort,
      showLog: () => void log.show(),
    });
    await log.show();
    const end = (state: RunState, words: string) => scriptRuns.update(id, { state, words });
    try {
      const seconds = await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title: t('Running {0}', name), cancellable: true },
        async (_progress, token) => {
          token.onCancellationRequested(() => scriptRuns.stop(id));
          return runFunction(
            plan,
            await this.#parts(),
            (line, stream) => log.append(line, stream),
            abort.signal,
          );
        },
      );
      const words = `${seconds.toFixed(1)} s`;
      log.end('done', t('Finished in {0}', words));
      end('done', words);
      void this.#offerOutput(t('{0} finished in {1}.', name, words), log);
    } catch (error) {
      const cancelled = isCancelled(error);
      log.end(cancelled ? 'cancelled' : 'failed');
      end(cancelled ? 'stopped' : 'failed', cancelled ? '' : toModalError(error).message);
      if (cancelled)
        vscode.window.setStatusBarMessage(`$(circle-slash) ${t('Run of {0} stopped', name)}`, 5000);
      else this.#failed(t('Running {0}', name), plan, error, log);
    }
    await store.refresh();
  }

  async #offerOutput(message: string, log: OutputSink): Promise<void> {
    const show = vscode.l10n.t('Show Output');
    if ((await vscode.window.showInformationMessage(message, show)) === show) await log.show();
  }

  #failed(doing: string, plan: ScriptPlan, error: unknown, log: OutputSink): void {
    const { presenter, planes } = this.#services;
    if (error instanceof DeployError)
      this.#services.problems.show(plan.script, error.problems, `modal ${plan.kind}`);
    planes.suspect();
    presenter.failure(doing, error, [
      { title: vscode.l10n.t('Show Output'), run: () => log.show() },
      ...openFrame(error),
    ]);
  }

  /** The CLI would refuse the function, so the user gets the command to change it. */
  async #offerCommand(
    choice: ScriptChoice,
    runnable: Runnable,
    unsupported: readonly string[],
  ): Promise<void> {
    const { t } = vscode.l10n;
    const copy = t('Copy Command');
    const message = t(
      'modal run cannot take these parameters of {0}: {1}. Write a local entry point that builds them and calls it.',
      runnable.name,
      unsupported.join(', '),
    );
    if ((await vscode.window.showWarningMessage(message, copy)) !== copy) return;
    const { command, args } = await this.#services.cli.find();
    const words = [command, ...args, 'run', runReference(choice, runnable)];
    await vscode.env.clipboard.writeText(shellCommand(words));
  }
}

function openFrame(error: unknown): { title: string; run: () => unknown }[] {
  const problem = error instanceof DeployError ? error.problems[0] : undefined;
  if (!problem) return [];
  const position = new vscode.Position(Math.max(0, problem.line - 1), 0);
  return [
    {
      title: vscode.l10n.t('Open {0}:{1}', path.basename(problem.file), problem.line),
      run: () =>
        vscode.window.showTextDocument(vscode.Uri.file(problem.file), {
          selection: new vscode.Range(position, position),
        }),
    },
  ];
}

function needTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new ModalError(
    'invalid',
    vscode.l10n.t('This runs Python code of the workspace, so it needs a trusted workspace.'),
  );
}

function titleOf({ app, script }: ScriptChoice): string {
  return app?.name ?? app?.variable ?? path.basename(script);
}

function withoutSecrets(values: RunValues): RunValues {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !looksSecret(name)));
}
