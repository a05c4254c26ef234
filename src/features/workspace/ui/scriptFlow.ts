import path from 'node:path';
import * as vscode from 'vscode';
import type { CommandServices, PlanServices, RunValues } from '../../deploy/core/index.ts';
import { JournalNote } from '../../deploy/core/index.ts';
import { runFunction } from '../core/running/run.ts';
import {
  DeployError,
  looksSecret,
  runArguments,
  shownArguments,
  unsupportedParameters,
} from '../../deploy/core/index.ts';
import { ScriptCommand } from '../core/running/scriptCommand.ts';
import type { ScriptChoice, ScriptPlan } from '../core/running/scriptProcess.ts';
import { planRun, planServe, runTarget } from '../core/running/scriptProcess.ts';
import type { ServeState } from '../core/running/serve.ts';
import { serve } from '../core/running/serve.ts';
import { shellOf, typedCommand } from '../../../modal/shell.ts';
import { ModalError, isCancelled, toModalError } from '../../../domain/errors.ts';
import type { Runnable } from '../../../domain/script.ts';
import { isTextRecord, readMemory } from '../../../shared/memory.ts';
import type { Text } from '../../../shared/text.ts';
import { text } from '../../../shared/text.ts';
import { openAddress } from '../../../editor/openAddress.ts';
import { findCli } from '../../account/index.ts';
import type { WorkspaceNeeds } from './needs.ts';
import type { OutputSink } from '../../logs/index.ts';
import { withSignal } from '../../../editor/withSignal.ts';
import { confirmScript } from './confirmScript.ts';
import { askParameters } from './parameterForm.ts';
import { lookAtOtherWindows } from './otherWindows.ts';
import type { RunState } from './scriptRuns.ts';
import { showInformation, showStatus, showWarning, withProgress } from '../../../editor/shown/messages.ts';
import { formatDuration, formatTimeOfDay } from '../../../shared/format.ts';

interface BegunServe {
  readonly id: number;
  readonly command: ScriptCommand;
  readonly title: string;
  readonly log: OutputSink;
}

/** Serves apps and runs functions of the user's scripts: confirmation, output in the Logs panel, state in the rows. */
export class ScriptFlow {
  readonly #services: WorkspaceNeeds;

  constructor(services: WorkspaceNeeds) {
    this.#services = services;
  }

  /** Begins to serve; it goes on until it is stopped. */
  async serve(choice: ScriptChoice): Promise<void> {
    needTrust();
    const { scriptRuns } = this.#services;
    const title = titleOf(choice);
    const variable = choice.app?.variable ?? '';
    await lookAtOtherWindows(this.#services);
    scriptRuns.needNotServed({ script: choice.script, variable, title });
    const plan = await this.#plan(text`Preparing to serve…`, choice, (services) =>
      planServe(choice, services),
    );
    if (!(await confirmScript(plan, title, this.#services.memory))) return;
    const command = new ScriptCommand(plan);
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
      command,
      showLog: () => void log.show(),
    });
    const log = this.#services.logs.openOutput({
      title: text`Serve of ${title}`,
      running: text`Starting`,
      done: text`Serve stopped`,
      failed: text`Serve failed`,
      cancelled: text`Serve stopped`,
    });
    command.onLine(({ line, stream }) => log.append(line, stream));
    void this.#serve({ id, command, title, log });
    await log.show();
  }

  /** Asks for the parameters and runs to the end. */
  async run(choice: ScriptChoice, runnable: Runnable): Promise<void> {
    needTrust();
    const unsupported = unsupportedParameters(runnable.parameters);
    if (unsupported.length > 0) {
      await this.#offerCommand(choice, runnable, unsupported);
      return;
    }
    const key = `modalGpu.run/${vscode.workspace.asRelativePath(choice.script)}::${runnable.name}`;
    const values = await askParameters(
      text`Run ${runnable.name}`,
      runnable.parameters,
      readMemory(this.#services.memory, key, isTextRecord) ?? {},
    );
    if (!values) return;
    await this.#services.memory.update(key, withoutSecrets(values));
    const flags = {
      args: runArguments(runnable.parameters, values),
      shownArgs: shownArguments(runnable.parameters, values),
    };
    const plan = await this.#plan(text`Preparing to run…`, choice, (services) =>
      planRun(choice, runnable, flags, services),
    );
    if (!(await confirmScript(plan, runnable.name, this.#services.memory))) return;
    await this.#run(plan, runnable);
  }

  #plan(
    title: Text,
    { script }: ScriptChoice,
    make: (services: PlanServices) => Promise<ScriptPlan>,
  ): Promise<ScriptPlan> {
    const { config, planes, cli } = this.#services;
    return withSignal(title, async (signal) => {
      await cli.find(signal);
      return make({
        plane: await planes.get(signal),
        connection: await planes.connection(),
        environment: config.get('environment', vscode.Uri.file(script)),
        signal,
      });
    });
  }

  async #parts(signal: AbortSignal): Promise<CommandServices> {
    const { cli, planes, logger } = this.#services;
    return {
      cli: await cli.find(signal),
      connection: await planes.connection(),
      plane: await planes.get(signal),
      env: await planes.environment(),
      logger,
    };
  }

  async #serve({ id, command, title, log }: BegunServe): Promise<void> {
    const { scriptRuns, store } = this.#services;
    const { plan, signal } = command;
    const note = new JournalNote(command, this.#services);
    this.#services.problems.clear(plan.script);
    let announced = false;
    const onState = (state: ServeState) => {
      if (signal.aborted) return;
      this.#showServeState(id, plan, state, log);
      if (state.kind !== 'serving' || announced) return;
      announced = true;
      void store.refresh();
      void this.#announce(title, state.endpoints[0]?.url).catch((error: unknown) =>
        this.#services.presenter.failure('Open Served URL', error),
      );
    };
    const end = async (state: RunState, words: string) => {
      await note.end();
      scriptRuns.update(id, { state, words, endpoints: [] });
    };
    try {
      const parts = await this.#parts(signal);
      await this.#note(note, command, title);
      await serve(command, parts, onState);
      log.end('done', text`Stopped at ${formatTimeOfDay(Date.now())}`);
      await end('stopped', '');
    } catch (error) {
      const cancelled = isCancelled(error);
      log.end(cancelled ? 'cancelled' : 'failed');
      await end(cancelled ? 'stopped' : 'failed', cancelled ? '' : toModalError(error).message);
      if (!cancelled) this.#failed(text`Serving ${title}`, plan, error, log);
    }
    await store.refresh();
  }

  /** @throws as the control plane does */
  async #note(note: JournalNote, { plan, signal }: ScriptCommand, title: string): Promise<void> {
    const { kind, script, runnable, environment, app } = plan;
    await note.begin({
      kind,
      runnable,
      account: await this.#services.planes.workspace(signal),
      title,
      appName: app?.name ?? '',
      environment,
      target: { kind: 'script', script, ...(app ? { variable: app.variable } : {}) },
    });
  }

  #showServeState(id: number, plan: ScriptPlan, state: ServeState, log: OutputSink): void {
    const { scriptRuns } = this.#services;
    switch (state.kind) {
      case 'starting':
        scriptRuns.update(id, { state: 'starting', words: state.stage });
        log.status(text`Starting: ${state.stage}`, 'loading~spin');
        return;
      case 'serving': {
        const { endpoints, reloadedAt } = state;
        scriptRuns.update(id, {
          state: 'serving',
          words: '',
          endpoints,
          ...(reloadedAt === undefined ? {} : { reloadedAt }),
        });
        if (reloadedAt !== undefined) log.note(text`Reloaded at ${formatTimeOfDay(reloadedAt)}`, false);
        for (const { name, url } of reloadedAt === undefined ? endpoints : [])
          log.note(`${name}: ${url}`, false);
        log.status(text`Serving`, 'broadcast');
        this.#services.problems.clear(plan.script);
        return;
      }
      case 'reloading':
        scriptRuns.update(id, { state: 'reloading', words: '' });
        log.status(text`Reloading`, 'loading~spin');
        return;
      case 'reloadFailed':
        scriptRuns.update(id, { state: 'reloadFailed', words: state.error.message });
        log.note(text`Reload failed; the previous version is still running. ${state.error.message}`, true);
        log.status(text`Reload failed`, 'warning');
        this.#services.problems.show(plan.script, state.error.problems, 'modal serve');
        return;
    }
  }

  async #announce(title: string, url: string | undefined): Promise<void> {
    if (!url) {
      void showInformation(text`Serving ${title}. It has no web endpoint.`);
      return;
    }
    const copy = text`Copy URL`;
    const open = text`Open in Browser`;
    const chosen = await showInformation(text`Serving ${title} at ${url}`, copy, open);
    if (chosen === copy) await vscode.env.clipboard.writeText(url);
    if (chosen === open) await openAddress(url);
  }

  async #run(plan: ScriptPlan, runnable: Runnable): Promise<void> {
    const { scriptRuns, logs, store } = this.#services;
    const { name } = runnable;
    const command = new ScriptCommand(plan);
    const note = new JournalNote(command, this.#services);
    const log = logs.openOutput({
      title: text`Run of ${name}`,
      running: text`Running`,
      done: text`Run finished`,
      failed: text`Run failed`,
      cancelled: text`Run stopped`,
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
      command,
      showLog: () => void log.show(),
    });
    command.onLine(({ line, stream }) => log.append(line, stream));
    await log.show();
    const end = async (state: RunState, words: string) => {
      await note.end();
      scriptRuns.update(id, { state, words });
    };
    try {
      const seconds = await withProgress(
        { location: vscode.ProgressLocation.Notification, title: text`Running ${name}`, cancellable: true },
        async (_progress, token) => {
          token.onCancellationRequested(() => scriptRuns.stop(id));
          const parts = await this.#parts(command.signal);
          await this.#note(note, command, name);
          return runFunction(command, parts);
        },
      );
      const words = formatDuration(seconds * 1000);
      log.end('done', text`Finished in ${words}`);
      await end('done', words);
      void this.#offerOutput(text`${name} finished in ${words}.`, log);
    } catch (error) {
      const cancelled = isCancelled(error);
      log.end(cancelled ? 'cancelled' : 'failed');
      await end(cancelled ? 'stopped' : 'failed', cancelled ? '' : toModalError(error).message);
      if (cancelled) showStatus('circle-slash', text`Run of ${name} stopped`, 5000);
      else this.#failed(text`Running ${name}`, plan, error, log);
    }
    await store.refresh();
  }

  async #offerOutput(message: Text, log: OutputSink): Promise<void> {
    const show = text`Show Output`;
    if ((await showInformation(message, show)) === show) await log.show();
  }

  #failed(doing: string, plan: ScriptPlan, error: unknown, log: OutputSink): void {
    const { presenter, planes } = this.#services;
    if (error instanceof DeployError)
      this.#services.problems.show(plan.script, error.problems, `modal ${plan.kind}`);
    planes.suspect();
    presenter.failure(doing, error, [
      { title: text`Show Output`, run: () => log.show() },
      ...openFrame(error),
    ]);
  }

  /** The CLI would refuse the function, so the user gets the command to change it. */
  async #offerCommand(
    choice: ScriptChoice,
    runnable: Runnable,
    unsupported: readonly string[],
  ): Promise<void> {
    const copy = text`Copy Command`;
    const message = text`modal run can't pass these parameters of ${runnable.name}: ${unsupported.join(', ')}. Write a local entry point that creates the values and calls the function.`;
    if ((await showWarning(message, copy)) !== copy) return;
    const { command, args } = await findCli(this.#services);
    const words = [command, ...args, 'run', ...runTarget(choice, runnable).args];
    await vscode.env.clipboard.writeText(typedCommand(words, {}, shellOf(vscode.env.shell)));
  }
}

function openFrame(error: unknown): { title: string; run: () => unknown }[] {
  const problem = error instanceof DeployError ? error.problems[0] : undefined;
  if (!problem) return [];
  const position = new vscode.Position(Math.max(0, problem.line - 1), 0);
  return [
    {
      title: text`Open ${path.basename(problem.file)}:${problem.line}`,
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
    'This runs Python code from the workspace and requires a trusted workspace.',
  );
}

function titleOf({ app, script }: ScriptChoice): string {
  return app?.name ?? app?.variable ?? path.basename(script);
}

function withoutSecrets(values: RunValues): RunValues {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !looksSecret(name)));
}
