import * as vscode from 'vscode';
import { commands } from '../../contributions.ts';
import type { Disposable, Listener } from '../../domain/emitter.ts';
import { DisposableStore } from '../../domain/emitter.ts';
import type { Runnable, ScriptApp, ScriptFunction, SourcePlace } from '../../domain/script.ts';
import { runnables } from '../../domain/script.ts';
import type { Config } from '../../platform/config.ts';
import type { DeployedReference } from '../commands/requests.ts';
import type { DeployedApps } from './deployedApps.ts';
import type { ScriptReader } from './scriptReader.ts';
import type { ScriptReference } from './scriptReference.ts';
import type { ScriptRuns } from './scriptRuns.ts';
import { isLiveRun } from './scriptRuns.ts';

type Place = SourcePlace & { readonly firstLine?: number };

/** Buttons above apps, functions and entry points in the editor, also of text that is not saved yet. */
export class ScriptCodeLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #reader: ScriptReader;
  readonly #runs: ScriptRuns;
  readonly #config: Config;
  readonly #deployed: DeployedApps;
  readonly #changes = new vscode.EventEmitter<void>();
  readonly #disposables = new DisposableStore();

  readonly onDidChangeCodeLenses = this.#changes.event;

  constructor(reader: ScriptReader, runs: ScriptRuns, config: Config, deployed: DeployedApps) {
    this.#reader = reader;
    this.#runs = runs;
    this.#config = config;
    this.#deployed = deployed;
    const selector = { language: 'python', scheme: 'file' };
    this.#disposables.add(vscode.languages.registerCodeLensProvider(selector, this));
    this.#disposables.add(config.onDidChange(['codeLens'], () => this.#changes.fire()));
    this.#disposables.add(vscode.workspace.onDidGrantWorkspaceTrust(() => this.#changes.fire()));
    this.#disposables.add(deployed.onDidChange(() => this.#changes.fire()));
    this.#disposables.add(onShapeChange(runs, () => this.#changes.fire()));
    this.#disposables.add(this.#changes);
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    // Every button runs Python of the workspace.
    if (!vscode.workspace.isTrusted || !this.#config.get('codeLens', document.uri)) return [];
    const script = await this.#reader.ofDocument(document);
    return script.apps.flatMap((app) => this.#lensesOf(document, app));
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #lensesOf({ uri }: vscode.TextDocument, app: ScriptApp): vscode.CodeLens[] {
    const { t } = vscode.l10n;
    const argument = (runnable?: Runnable): ScriptReference => ({
      uri: uri.toString(),
      variable: app.variable,
      ...(runnable ? { runnable: runnable.name } : {}),
    });
    const name = app.name ?? app.variable;
    const serve = this.#runs.latest(uri.fsPath, app.variable);
    const serving = serve && isLiveRun(serve);
    const serveLens = (place: Place) =>
      serving
        ? lens(place, t('Stop Serve'), commands.stopRun, argument(), t('Stop serving {0}', name))
        : lens(place, t('Serve'), commands.serveScript, argument(), t('Serve {0} while you edit it', name));
    const web = app.units.flatMap(({ functions }) => functions).filter((fn) => fn.web);
    return [
      lens(app, t('Deploy'), commands.deploy, argument(), t('Deploy {0} to Modal', name)),
      serveLens(app),
      ...runnables(app).map((runnable) => this.#runLens(uri, app, runnable, argument(runnable))),
      ...web.map((fn) => serveLens(fn)),
      ...(app.name && this.#deployed.has(app.name) ? web.map((fn) => sendLens(fn, app.name ?? '')) : []),
    ];
  }

  #runLens(uri: vscode.Uri, app: ScriptApp, runnable: Runnable, argument: ScriptReference): vscode.CodeLens {
    const { t } = vscode.l10n;
    const run = this.#runs.latest(uri.fsPath, app.variable, runnable.name);
    return run && isLiveRun(run)
      ? lens(runnable, t('Stop Run'), commands.stopRun, argument, t('Stop {0}', runnable.name))
      : lens(runnable, t('Run'), commands.runFunction, argument, t('Run {0} on Modal', runnable.name));
  }
}

function sendLens(fn: ScriptFunction, deployedApp: string): vscode.CodeLens {
  const { t } = vscode.l10n;
  const argument: DeployedReference = { deployedApp, function: fn.name };
  const tooltip = t('Send a request to {0} of the deployed {1}', fn.name, deployedApp);
  return lens(fn, t('Send Request'), commands.sendRequest, argument, tooltip);
}

function lens(
  { line, firstLine = line }: Place,
  title: string,
  command: string,
  argument: ScriptReference | DeployedReference,
  tooltip: string,
): vscode.CodeLens {
  const range = new vscode.Range(firstLine - 1, 0, firstLine - 1, 0);
  return new vscode.CodeLens(range, { title, command, arguments: [argument], tooltip });
}

/** Buttons depend on what is live, not on every word about it. */
function onShapeChange(runs: ScriptRuns, listener: Listener<void>): Disposable {
  const shape = () =>
    runs.all
      .filter(isLiveRun)
      .map(({ id }) => id)
      .join();
  let before = shape();
  return runs.onDidChange(() => {
    const now = shape();
    if (now === before) return;
    before = now;
    listener();
  });
}
