import * as vscode from 'vscode';
import { contextKeys } from '../../contributions.ts';
import type { ModalCli } from '../../modal/cli.ts';
import { findCli } from '../../modal/interpreter.ts';
import type { Config } from '../../platform/config.ts';
import type { ContextKeys } from '../../platform/contextKeys.ts';

interface PythonExtensionApi {
  readonly environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
  };
}

/** Finds the user's `modal` and remembers it until something that decides it changes. */
export class CliFinder implements vscode.Disposable {
  readonly #config: Config;
  readonly #contextKeys: ContextKeys;
  readonly #subscriptions: vscode.Disposable;
  #found: Promise<ModalCli> | undefined;

  constructor(config: Config, contextKeySetter: ContextKeys) {
    this.#config = config;
    this.#contextKeys = contextKeySetter;
    const forget = () => (this.#found = undefined);
    this.#subscriptions = vscode.Disposable.from(
      config.onDidChange(['cli.path'], forget),
      vscode.workspace.onDidChangeWorkspaceFolders(forget),
      vscode.window.onDidCloseTerminal(forget), // an install may have run in it
    );
  }

  /** @throws kind `cliMissing` or `cliUnsupported` */
  async find(): Promise<ModalCli> {
    this.#found ??= this.#search();
    try {
      const cli = await this.#found;
      this.#contextKeys.set(contextKeys.cliFound, true);
      return cli;
    } catch (error) {
      this.#found = undefined; // the user may install it and try again
      this.#contextKeys.set(contextKeys.cliFound, false);
      throw error;
    }
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  async #search(): Promise<ModalCli> {
    const folders = vscode.workspace.workspaceFolders?.filter((folder) => folder.uri.scheme === 'file') ?? [];
    const chosen = await chosenInterpreter();
    return findCli({
      configured: this.#config.get('cli.path'),
      ...(chosen ? { chosen } : {}),
      // An interpreter inside an untrusted workspace is code of that workspace.
      workspaceFolders: vscode.workspace.isTrusted ? folders.map((folder) => folder.uri.fsPath) : [],
      env: process.env,
    });
  }
}

/** Interpreter that the Python extension uses, if that extension is there. */
async function chosenInterpreter(): Promise<string | undefined> {
  if (!vscode.workspace.isTrusted) return undefined;
  const extension = vscode.extensions.getExtension<PythonExtensionApi>('ms-python.python');
  if (!extension) return undefined;
  const api = await extension.activate();
  return api.environments?.getActiveEnvironmentPath().path;
}
