import * as vscode from 'vscode';
import { views } from '../../../contributions.ts';
import { DisposableStore } from '../../../shared/emitter.ts';
import type { LogFilter } from '../../../domain/logFilter.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { ControlPlane } from '../../../modal/controlPlane.ts';
import type { LogTarget } from '../core/logTarget.ts';
import { LogDocuments } from './logDocuments.ts';
import type { LogsPanel, PanelOutput } from './logsPanel.ts';
import type { LogHost, LogPlanes, OutputSink, OutputWords, DownloadSource } from './types.ts';

/** The way to the Logs panel, which is a file of its own, loaded when it is first shown or written to. */
export class LogsController implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #planes: LogPlanes;
  readonly #logger: Logger;
  readonly #disposables = new DisposableStore();
  readonly #host: LogHost;
  readonly #documents = this.#disposables.add(new LogDocuments());
  #panel: Promise<LogsPanel> | undefined;

  constructor(extensionUri: vscode.Uri, planes: LogPlanes, logger: Logger, host: LogHost) {
    this.#host = host;
    this.#extensionUri = extensionUri;
    this.#planes = planes;
    this.#logger = logger;
    this.#disposables.add(vscode.window.registerWebviewViewProvider(views.logs, this));
  }

  async resolveWebviewView(view: vscode.WebviewView): Promise<void> {
    (await this.#load()).resolve(view);
  }

  /** Follows an app, a function or a container; one that is followed already is shown again. */
  follow(target: LogTarget): void {
    this.#run((panel) => panel.follow(target));
  }

  /** Follows several apps, and shows their lines together. */
  followMerged(targets: readonly LogTarget[]): void {
    this.#run((panel) => panel.followMerged(targets));
  }

  /** Ids of the apps that are followed as a whole. */
  async followedApps(): Promise<readonly string[]> {
    return (await this.#load()).followedApps;
  }

  /** The account that the app's log was followed in; where it was not followed, the one in use. */
  async planeFor(appId: string, signal?: AbortSignal): Promise<ControlPlane> {
    const panel = await this.#panel;
    return panel ? panel.planeFor(appId, signal) : this.#planes.get(signal);
  }

  copySelected(format: 'text' | 'json'): void {
    this.#run((panel) => panel.copySelected(format));
  }

  /** Changes the filter of the log that is shown. */
  showOnly(change: Partial<LogFilter>): void {
    this.#run((panel) => panel.showOnly(change));
  }

  async showRequest(callId: string): Promise<void> {
    await (await this.#load()).showRequest(callId);
  }

  openBuildLog(title: string): OutputSink {
    return this.openOutput({
      title: `Deploy of ${title}`,
      running: 'Deploying',
      done: 'Deployed',
      failed: 'Deploy failed',
      cancelled: 'Deploy cancelled',
    });
  }

  openOutput(words: OutputWords): OutputSink {
    const sink = this.#load().then((panel) => panel.openOutput(words));
    // What is written meanwhile keeps its order: each waits for the same promise.
    const write = (job: (open: PanelOutput) => void) => void sink.then(job, () => undefined);
    return {
      append: (line, stream) => write((open) => open.append(line, stream)),
      end: (state, note) => write((open) => open.end(state, note)),
      note: (text, bad) => write((open) => open.note(text, bad)),
      status: (text, icon) => write((open) => open.status(text, icon)),
      show: async () => {
        write((open) => open.select());
        await this.show();
      },
    };
  }

  async show(): Promise<void> {
    await vscode.commands.executeCommand(`${views.logs}.focus`, { preserveFocus: true });
  }

  /** Lets the user choose a time range of the log that is shown. Without one, the panel says how to get one. */
  async openRangePicker(): Promise<void> {
    const panel = await this.#load();
    await vscode.commands.executeCommand(`${views.logs}.focus`);
    panel.openRangePicker();
  }

  clear(): void {
    this.#run((panel) => panel.clear());
  }

  async openAsDocument(): Promise<void> {
    await (await this.#load()).openAsDocument();
  }

  /** What a download begins with; undefined when the shown tab has nothing to download. */
  async shownLog(): Promise<DownloadSource | undefined> {
    return (await this.#panel)?.shownLog;
  }

  dispose(): void {
    void this.#panel?.then((panel) => panel.dispose());
    this.#disposables.dispose();
  }

  #run(job: (panel: LogsPanel) => void): void {
    this.#load().then(job, (error: unknown) => this.#logger.error('The Logs panel cannot be loaded', error));
  }

  #load(): Promise<LogsPanel> {
    this.#panel ??= import('../lazy.ts').then(
      ({ LogsPanel }) =>
        new LogsPanel(this.#extensionUri, this.#planes, this.#logger, this.#documents, this.#host),
    );
    return this.#panel;
  }
}
