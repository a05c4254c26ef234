import * as vscode from 'vscode';
import { commands } from '../../../contributions.ts';
import { DisposableStore } from '../../../shared/emitter.ts';
import { isCancelled, toModalError } from '../../../domain/errors.ts';
import type { LoadPlan, LoadTotals } from '../../../domain/load.ts';
import type { LoadReport } from '../../../domain/loadReport.ts';
import { asMarkdown, endWords, errorWords, planWords } from '../../../domain/loadReport.ts';
import { redactBeginning } from '../../../shared/redact.ts';
import type { RequestAuth } from '../../../domain/request.ts';
import { text } from '../../../shared/text.ts';
import { explainResult } from '../../requests/core/index.ts';
import { codeOf } from '../../../domain/target.ts';
import { runCommand } from '../../../editor/command.ts';
import type { LoadTestNeeds } from './needs.ts';
import { webviewHtml, webviewOptions } from '../../../editor/webviewHtml.ts';
import { askForKey } from '../../requests/index.ts';
import type { LoadRequestChoice, LoadTarget } from './loadRequest.ts';
import { requestWords } from './loadRequest.ts';
import type { LoadRun } from './loadRun.ts';
import type { LoadAction, LoadAdvice, LoadViewState, ToLoadHost, ToLoadView } from '../messages.ts';
import { loadActions, toLoadHost } from '../messages.ts';
import { showStatus } from '../../../editor/shown/messages.ts';
import { showSave } from '../../../editor/shown/inputs.ts';

export interface LoadPanelActions {
  /** Asks the question with the price. @returns undefined when the user left */
  readonly prepare: (
    target: LoadTarget,
    plan: LoadPlan,
    onChange: () => void,
  ) => Promise<LoadRun | undefined>;
  readonly edit: (
    target: LoadTarget,
    plan: LoadPlan,
  ) => Promise<{ target: LoadTarget; plan: LoadPlan } | undefined>;
}

/** The editor tab of the load tests of one endpoint. It holds the truth; the view paints what it is sent. */
export class LoadPanel implements vscode.Disposable {
  readonly #view: vscode.WebviewPanel;
  readonly #services: LoadTestNeeds;
  readonly #actions: LoadPanelActions;
  readonly #disposables = new DisposableStore();
  #target: LoadTarget;
  #plan: LoadPlan;
  #run: LoadRun | undefined;
  #before: LoadReport | undefined;
  #waiting = false;
  #isClosed = false;

  static options(extensionUri: vscode.Uri): vscode.WebviewOptions & vscode.WebviewPanelOptions {
    return { ...webviewOptions(extensionUri), enableFindWidget: true };
  }

  constructor(
    view: vscode.WebviewPanel,
    services: LoadTestNeeds,
    actions: LoadPanelActions,
    first: { readonly target: LoadTarget; readonly plan: LoadPlan },
  ) {
    this.#view = view;
    this.#services = services;
    this.#actions = actions;
    this.#target = first.target;
    this.#plan = first.plan;
    view.iconPath = vscode.Uri.joinPath(services.extensionUri, 'media', 'request.svg');
    this.#disposables.add(view.webview.onDidReceiveMessage((message) => void this.#received(message)));
    view.webview.html = webviewHtml(view.webview, services.extensionUri, 'load', 'modal-load', view.title);
  }

  /** Shows the panel, and runs the test after the question. A test that runs goes on. */
  async start(target: LoadTarget, plan: LoadPlan): Promise<void> {
    this.reveal();
    if (this.#isBusy) return;
    this.#target = target;
    this.#plan = plan;
    await this.#begin();
  }

  reveal(): void {
    this.#view.reveal();
  }

  get isRunning(): boolean {
    return this.#run !== undefined && this.#run.end === undefined;
  }

  dispose(): void {
    this.#isClosed = true;
    this.#run?.stop();
    this.#disposables.dispose();
  }

  get #isBusy(): boolean {
    return this.#waiting || this.isRunning;
  }

  async #begin(): Promise<void> {
    if (this.#isBusy) return;
    this.#waiting = true;
    this.#paint();
    const last = this.#run;
    try {
      const run = await this.#actions.prepare(this.#target, this.#plan, () => this.#paint());
      // Without its panel nobody could stop it, and it costs money.
      if (run && !this.#isClosed) {
        const before = last?.report();
        // The figures of another request say nothing about this one.
        this.#before = last && sameRequest(last.target.request, this.#target.request) ? before : undefined;
        this.#run = run;
        void run.run();
      }
    } finally {
      this.#waiting = false;
      this.#paint();
    }
  }

  async #received(raw: unknown): Promise<void> {
    const parsed = toLoadHost.safeParse(raw);
    if (!parsed.success) {
      this.#services.logger.warn('The load test panel sent an unknown message.');
      return;
    }
    try {
      await this.#handle(parsed.data);
    } catch (error) {
      if (!isCancelled(error)) this.#services.presenter.failure('Load test', toModalError(error));
    }
  }

  async #handle(message: ToLoadHost): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.#paint();
        return;
      case 'stop':
        this.#run?.stop();
        return;
      case 'runAgain':
        return this.#begin();
      case 'change': {
        const edited = await this.#actions.edit(this.#target, this.#plan);
        if (edited) await this.start(edited.target, edited.plan);
        return;
      }
      case 'exportJson':
        return this.#exportJson();
      case 'copyMarkdown':
        return this.#copyMarkdown();
      case 'act':
        return this.#act(message.action);
    }
  }

  async #exportJson(): Promise<void> {
    const report = this.#run?.report();
    if (!report) return;
    const time = new Date(report.startedAt).toISOString().slice(0, 16).replaceAll(/[:T]/g, '-');
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const name = `load-test-${report.app}-${time}.json`;
    const file = await showSave({
      title: text`Export Load Test`,
      filters: { JSON: ['json'] },
      ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
    });
    if (!file) return;
    await vscode.workspace.fs.writeFile(file, Buffer.from(`${JSON.stringify(report, undefined, 2)}\n`));
    await vscode.window.showTextDocument(file, { preview: true, viewColumn: vscode.ViewColumn.Beside });
  }

  async #copyMarkdown(): Promise<void> {
    const report = this.#run?.report();
    if (!report) return;
    await vscode.env.clipboard.writeText(asMarkdown(report, this.#before));
    showStatus('check', text`Copied the load test as Markdown`, 4000);
  }

  async #act(action: LoadAction): Promise<void> {
    const { app, request } = this.#target;
    switch (action) {
      case 'enterKey':
        return this.#enterKey(request.spec.auth);
      case 'deploy':
        await runCommand(commands.deploy, codeOf(app));
        return;
      case 'showLogs':
        this.#services.logs.follow({ appId: app.id, appName: app.name, environment: app.environment });
        return this.#services.logs.show();
    }
  }

  async #enterKey(auth: RequestAuth | undefined): Promise<void> {
    const { app } = this.#target;
    const value = auth && (await askForKey(app.name, auth.idHeader !== undefined));
    if (!auth || value === undefined) return;
    await this.#services.keys.store(auth.secretRef, value);
    showStatus('check', text`Key stored`, 4000);
  }

  #paint(): void {
    if (this.#isClosed) return;
    const message: ToLoadView = { type: 'state', state: this.#state() };
    void this.#view.webview.postMessage(message);
  }

  #state(): LoadViewState {
    const { app, endpoint, request } = this.#target;
    const run = this.#run;
    return {
      appName: app.name,
      environment: app.environment,
      endpointName: endpoint.name,
      request: requestLine(request),
      plan: planWords(this.#plan),
      phase: this.#waiting ? 'waiting' : this.isRunning ? 'running' : run ? 'ended' : 'idle',
      progress: run?.progress ?? 0,
      ...(run?.end ? { end: endOf(run) } : {}),
      ...(run?.totals ? { totals: mutable(run.totals) } : {}),
      ...(this.#before
        ? { before: { totals: mutable(this.#before.totals), plan: planWords(this.#before.plan) } }
        : {}),
      points: run?.points ?? [],
      containers: run?.containers ?? [],
      advice: Object.fromEntries(
        (run?.totals?.errors ?? []).map((error) => adviceOf(error, request.spec.auth !== undefined)),
      ),
      cost: run ? run.cost.basis : '',
    };
  }
}

function requestLine(request: LoadRequestChoice): string {
  const words = redactBeginning(requestWords(request));
  return request.title ? `${words} (${request.title})` : words;
}

function sameRequest({ spec: a }: LoadRequestChoice, { spec: b }: LoadRequestChoice): boolean {
  return a.method === b.method && a.url === b.url && a.body === b.body;
}

const mutable = (totals: LoadTotals): NonNullable<LoadViewState['totals']> => ({ ...totals });

function endOf(run: LoadRun): NonNullable<LoadViewState['end']> {
  const { end = 'done', plan, totals, failure } = run;
  if (end === 'failed') return { kind: 'bad', text: failure };
  const ended = `${endWords(end, plan)}.`;
  if (end === 'unreachable')
    return {
      kind: 'bad',
      text: `${ended} See the error below. Is the app still deployed?`,
      action: 'deploy',
    };
  if (end !== 'done') return { kind: 'neutral', text: ended };
  const open = totals?.unfinished ?? 0;
  const note =
    open > 0
      ? ` ${open} of the requests had no response yet when the time was over; they are not counted.`
      : '';
  return { kind: (totals?.failed ?? 0) > 0 ? 'neutral' : 'good', text: ended + note };
}

/** What the failures of one kind mean, and what to do. */
function adviceOf(error: LoadTotals['errors'][number], takesKey: boolean): [string, LoadAdvice] {
  const label = errorWords(error);
  const key = `${error.kind} ${error.status}`;
  const explanation =
    error.status > 0
      ? explainResult({ status: error.status, headers: {}, body: error.first, size: error.first.length })
      : undefined;
  if (explanation) {
    const { text, action } = explanation;
    const offered = loadActions.find((each) => each === action && (each !== 'enterKey' || takesKey));
    return [key, { label, text, ...(offered ? { action: offered } : {}) }];
  }
  const action =
    error.kind === 'refused'
      ? 'deploy'
      : error.kind === 'reset' || error.kind === 'timeout'
        ? 'showLogs'
        : undefined;
  return [key, { label, text: error.first, ...(action ? { action } : {}) }];
}
