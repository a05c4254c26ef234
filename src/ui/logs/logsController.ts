import * as vscode from 'vscode';
import { views } from '../../contributions.ts';
import { DisposableStore } from '../../domain/emitter.ts';
import type { Logger } from '../../domain/logger.ts';
import type { ControlPlane } from '../../modal/controlPlane.ts';
import { LogDocuments } from './logDocuments.ts';
import type { LogsPanel } from './logsPanel.ts';

export interface LogTarget {
  readonly appId: string;
  readonly appName: string;
  readonly environment: string;
  readonly functionId?: string;
  readonly containerId?: string;
  /** Shows only the lines of this call at first. */
  readonly callId?: string;
}

/** Takes the output of a deploy as it comes. */
export interface BuildLogSink {
  append(line: string, stream: 'stdout' | 'stderr'): void;
  end(state: 'done' | 'failed' | 'cancelled', note?: string): void;
}

/** The way to the Logs panel, which is a file of its own, loaded when it is first shown or written to. */
export class LogsController implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #planes: { get(signal?: AbortSignal): Promise<ControlPlane> };
  readonly #logger: Logger;
  readonly #disposables = new DisposableStore();
  readonly #documents = this.#disposables.add(new LogDocuments());
  #panel: Promise<LogsPanel> | undefined;

  constructor(
    extensionUri: vscode.Uri,
    planes: { get(signal?: AbortSignal): Promise<ControlPlane> },
    logger: Logger,
  ) {
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

  openBuildLog(title: string): BuildLogSink {
    const sink = this.#load().then((panel) => panel.openBuildLog(title));
    // What is written meanwhile keeps its order: each waits for the same promise.
    const write = (job: (open: BuildLogSink) => void) => void sink.then(job, () => undefined);
    return {
      append: (line, stream) => write((open) => open.append(line, stream)),
      end: (state, note) => write((open) => open.end(state, note)),
    };
  }

  async show(): Promise<void> {
    await vscode.commands.executeCommand(`${views.logs}.focus`, { preserveFocus: true });
  }

  clear(): void {
    this.#run((panel) => panel.clear());
  }

  async openAsDocument(): Promise<void> {
    await (await this.#load()).openAsDocument();
  }

  dispose(): void {
    void this.#panel?.then((panel) => panel.dispose());
    this.#disposables.dispose();
  }

  #run(job: (panel: LogsPanel) => void): void {
    this.#load().then(job, (error: unknown) => this.#logger.error('The Logs panel cannot be loaded', error));
  }

  #load(): Promise<LogsPanel> {
    this.#panel ??= import('./logsPanel.ts').then(
      ({ LogsPanel }) => new LogsPanel(this.#extensionUri, this.#planes, this.#logger, this.#documents),
    );
    return this.#panel;
  }
}
