import * as vscode from 'vscode';
import { DisposableStore } from '../../../shared/emitter.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { ScriptFile } from '../../../domain/script.ts';
import type { Config } from '../../../editor/config.ts';
import { isNeverOwn } from '../core/excludes.ts';
import { ScriptIndex } from '../core/scriptIndex.ts';
import type { ScriptReader } from './scriptReader.ts';
import { workspaceFiles } from './workspaceFiles.ts';

/** Changes come in bursts, e.g. when Git switches branches. */
const settleMs = 200;

/** The scripts of the workspace. Reads nothing before it is asked, and follows changes only while somebody looks. */
export class ScriptFinder implements vscode.Disposable {
  readonly #index: ScriptIndex;
  readonly #disposables = new DisposableStore();
  readonly #config: Config;
  #watching = false;
  /** Ends the reads when nobody looks any more. */
  #followed: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;

  readonly onDidChange: ScriptIndex['onDidChange'];

  constructor(reader: ScriptReader, config: Config, logger: Logger) {
    this.#config = config;
    this.#index = this.#disposables.add(
      new ScriptIndex(workspaceFiles(config), (text) => reader.ofText(text), logger),
    );
    this.onDidChange = this.#index.onDidChange;
  }

  /** As last read. */
  get scripts(): readonly ScriptFile[] {
    return this.#index.scripts;
  }

  get complete(): boolean {
    return this.#index.complete;
  }

  /** The workspace has more files than were looked at. */
  get isCut(): boolean {
    return this.#index.isCut;
  }

  /** Why the files could not be listed. */
  get problem(): string | undefined {
    return this.#index.problem;
  }

  /** Reads what is new, and everything the first time. @param signal what is left is read the next time */
  async find(signal = this.#followed?.signal): Promise<readonly ScriptFile[]> {
    this.#watch();
    await this.#index.update(signal);
    return this.#index.scripts;
  }

  /** Lists the workspace anew at the next {@link find}. */
  forget(): void {
    this.#index.touchAll();
  }

  /** While followed, changed files are read at once. */
  follow(on: boolean): void {
    this.#followed?.abort();
    this.#followed = on ? new AbortController() : undefined;
    if (on) void this.find();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#followed?.abort();
    this.#disposables.dispose();
  }

  #watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    const watcher = this.#disposables.add(vscode.workspace.createFileSystemWatcher('**/*.py'));
    const changed = (uri: vscode.Uri) => {
      if (isNeverOwn(uri.path)) return;
      this.#index.touch(uri.toString());
      this.#soon();
    };
    const all = () => {
      this.#index.touchAll();
      this.#soon();
    };
    this.#disposables.add(watcher.onDidCreate(changed));
    this.#disposables.add(watcher.onDidChange(changed));
    this.#disposables.add(watcher.onDidDelete(changed));
    this.#disposables.add(vscode.workspace.onDidChangeWorkspaceFolders(all));
    this.#disposables.add(this.#config.onDidChangeExcludes(all));
  }

  #soon(): void {
    const signal = this.#followed?.signal;
    if (!signal) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#index.update(signal), settleMs);
  }
}
