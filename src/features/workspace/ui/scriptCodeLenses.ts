import * as vscode from 'vscode';
import type { CommandId, TargetOf } from '../../../contributions.ts';
import { commands } from '../../../contributions.ts';
import type { ScriptTarget } from '../../../domain/target.ts';
import type { Disposable, Listener } from '../../../shared/emitter.ts';
import { DisposableStore } from '../../../shared/emitter.ts';
import type { Runnable, ScriptApp, ScriptFunction, SourcePlace } from '../../../domain/script.ts';
import { runnables, webFunctions } from '../../../domain/script.ts';
import type { Text } from '../../../shared/text.ts';
import { text } from '../../../shared/text.ts';
import type { Config } from '../../../editor/config.ts';
import { codeLens } from '../../../editor/shown/surfaces.ts';
import type { DeployedApps } from './deployedApps.ts';
import type { ScriptReader } from './scriptReader.ts';
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
    const target = (runnable?: Runnable): ScriptTarget => ({
      kind: 'script',
      uri: uri.toString(),
      variable: app.variable,
      ...(runnable ? { runnable: runnable.name } : {}),
    });
    const name = app.name ?? app.variable;
    const serve = this.#runs.latest(uri.fsPath, app.variable);
    const serving = serve && isLiveRun(serve);
    const serveLens = (place: Place) =>
      serving
        ? lens(place, text`Stop Serve`, commands.stopRun, target(), text`Stop serving ${name}`)
        : lens(
            place,
            text`Serve`,
            commands.serveScript,
            target(),
            text`Serve ${name} and reload it as you edit`,
          );
    const web = webFunctions(app.units.filter(({ origin }) => !origin));
    // What another file adds has its buttons there.
    const here: ScriptApp = {
      ...app,
      units: app.units.filter(({ origin }) => !origin),
      entryPoints: app.entryPoints.filter(({ origin }) => !origin),
    };
    const canDeploy = !app.unreachable && (!app.origin || app.units.length > 0);
    return [
      ...(canDeploy
        ? [lens(app, text`Deploy`, commands.deploy, target(), text`Deploy ${name} to Modal`), serveLens(app)]
        : []),
      ...runnables(here).map((runnable) => this.#runLens(uri, app, runnable, target(runnable))),
      ...(canDeploy ? web.map(({ fn }) => serveLens(fn)) : []),
      ...(app.name && this.#deployed.has(app.name)
        ? web.flatMap(({ fn, deployedAs }) => (deployedAs ? [sendLens(fn, deployedAs, app.name ?? '')] : []))
        : []),
    ];
  }

  #runLens(uri: vscode.Uri, app: ScriptApp, runnable: Runnable, target: ScriptTarget): vscode.CodeLens {
    const run = this.#runs.latest(uri.fsPath, app.variable, runnable.name);
    return run && isLiveRun(run)
      ? lens(runnable, text`Stop Run`, commands.stopRun, target, text`Stop ${runnable.name}`)
      : lens(runnable, text`Run`, commands.runFunction, target, text`Run ${runnable.name} on Modal`);
  }
}

function sendLens(fn: ScriptFunction, deployedAs: string, deployedApp: string): vscode.CodeLens {
  const target = { kind: 'deployedFunction', deployedApp, function: deployedAs } as const;
  const tooltip = text`Send a request to ${fn.name} of the deployed ${deployedApp}`;
  return lens(fn, text`Send Request`, commands.sendRequest, target, tooltip);
}

function lens<Id extends CommandId>(
  { line, firstLine = line }: Place,
  title: Text,
  command: Id,
  target: TargetOf<Id>,
  tooltip: Text,
): vscode.CodeLens {
  const range = new vscode.Range(firstLine - 1, 0, firstLine - 1, 0);
  return codeLens(range, { title, command, target, tooltip });
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
