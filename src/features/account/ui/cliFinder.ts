import * as vscode from 'vscode';
import { contextKeys } from '../../../contributions.ts';
import { ModalError } from '../../../domain/errors.ts';
import type { ModalCli } from '../../../modal/cli.ts';
import type { InterpreterInput } from '../../../modal/interpreter.ts';
import type { Config } from '../../../editor/config.ts';
import type { ContextKeys } from '../../../editor/contextKeys.ts';
import { chosenInterpreter, onDidChangeInterpreter } from './chosenInterpreter.ts';

/** A search that runs or has found something; it ends when nobody waits for it any more. */
interface Search {
  readonly found: Promise<ModalCli>;
  readonly abort: AbortController;
  waiting: number;
  done: boolean;
}

/** Finds the user's `modal` and remembers it until something that decides it changes. */
export class CliFinder implements vscode.Disposable {
  readonly #config: Config;
  readonly #contextKeys: ContextKeys;
  readonly #subscriptions: vscode.Disposable[];
  #search: Search | undefined;
  #watchesInterpreter = false;

  constructor(config: Config, contextKeySetter: ContextKeys) {
    this.#config = config;
    this.#contextKeys = contextKeySetter;
    this.#subscriptions = [
      config.onDidChange(['cli.path'], () => this.forget()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.forget()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.forget()),
      vscode.window.onDidCloseTerminal(() => this.forget()), // an install may have run in it
    ];
  }

  /** @throws kind `cliMissing`, `cliUnsupported` or `cancelled` */
  async find(signal?: AbortSignal): Promise<ModalCli> {
    const search = (this.#search ??= this.#start());
    search.waiting++;
    try {
      return await unlessAborted(search.found, signal);
    } finally {
      search.waiting--;
      if (search.waiting === 0 && !search.done) {
        search.abort.abort();
        this.#drop(search);
      }
    }
  }

  /** The next `find` looks again. */
  forget(): void {
    this.#search = undefined;
  }

  /** What decides where `modal` is looked for. */
  async input(): Promise<InterpreterInput> {
    const folders = vscode.workspace.workspaceFolders?.filter((folder) => folder.uri.scheme === 'file') ?? [];
    const chosen = await chosenInterpreter();
    this.#watchInterpreter();
    return {
      configured: this.#config.get('cli.path').trim(),
      ...(chosen ? { chosen } : {}),
      // An interpreter inside an untrusted workspace is code of that workspace.
      workspaceFolders: vscode.workspace.isTrusted ? folders.map((folder) => folder.uri.fsPath) : [],
      env: process.env,
    };
  }

  dispose(): void {
    this.#search?.abort.abort();
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  #start(): Search {
    const abort = new AbortController();
    const found = this.#find(abort.signal);
    const search: Search = { found, abort, waiting: 0, done: false };
    found.then(
      () => this.#end(search, true),
      () => this.#end(search, false),
    );
    return search;
  }

  async #find(signal: AbortSignal): Promise<ModalCli> {
    const [{ findCli }, input] = await Promise.all([import('../lazy.ts'), this.input()]);
    return findCli(input, signal);
  }

  #end(search: Search, found: boolean): void {
    search.done = true;
    if (!found) this.#drop(search); // the user may install it and try again
    if (!search.abort.signal.aborted) this.#contextKeys.set(contextKeys.cliFound, found);
  }

  #drop(search: Search): void {
    if (this.#search === search) this.#search = undefined;
  }

  /** Only once the Python extension has been asked: before that it may not be running, and nothing is remembered. */
  #watchInterpreter(): void {
    if (this.#watchesInterpreter) return;
    const subscription = onDidChangeInterpreter(() => this.forget());
    if (!subscription) return;
    this.#watchesInterpreter = true;
    this.#subscriptions.push(subscription);
  }
}

function unlessAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(new ModalError('cancelled', 'Cancelled'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
