import * as vscode from 'vscode';
import type { Rates } from '../../../domain/cost.ts';
import { DisposableStore } from '../../../shared/emitter.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { Config } from '../../../editor/config.ts';
import type { ControlPlanes } from '../../../modal/planes.ts';
import type { AppStore } from '../../../store/appStore.ts';
import { effectiveEnvironment } from '../../account/index.ts';
import type { CliFinder } from '../../account/index.ts';
import { workspaceFiles } from '../../workspace/index.ts';
import type { Doctor } from './doctor.ts';

interface Needs {
  readonly extensionUri: vscode.Uri;
  readonly cli: CliFinder;
  readonly config: Config;
  readonly planes: ControlPlanes;
  readonly store: AppStore;
  readonly rates: () => Rates;
  readonly logger: Logger;
}

/** Loads the doctor when the first Python file that speaks of Modal is open; before that nothing is read. */
export class DoctorStarter implements vscode.Disposable {
  readonly #needs: Needs;
  readonly #disposables = new DisposableStore();
  #doctor: Promise<Doctor> | undefined;

  constructor(needs: Needs) {
    this.#needs = needs;
    const start = (document: vscode.TextDocument) => {
      if (!this.#doctor && document.languageId === 'python' && /\bmodal\b/.test(document.getText()))
        void this.#load();
    };
    this.#disposables.add(vscode.workspace.onDidOpenTextDocument(start));
    this.#disposables.add(vscode.workspace.onDidChangeTextDocument(({ document }) => start(document)));
    this.#disposables.add(
      needs.config.onDidChange(
        ['cli.path', 'doctor.enabled', 'doctor.disabledRules', 'doctor.hintsExclude'],
        () => {
          void this.#doctor?.then((doctor) => doctor.lookAgain());
        },
      ),
    );
    for (const document of vscode.workspace.textDocuments) start(document);
  }

  /** Offers the fixes of all Python files of the workspace in the editor's own preview. */
  async fixWorkspace(): Promise<void> {
    const doctor = await this.#load();
    await doctor.fixWorkspace(workspaceFiles(this.#needs.config));
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #load(): Promise<Doctor> {
    const { extensionUri, cli, config, planes, store, rates, logger } = this.#needs;
    return (this.#doctor ??= import('../lazy.ts').then(({ Doctor }) =>
      this.#disposables.add(
        new Doctor({
          workerFile: vscode.Uri.joinPath(extensionUri, 'dist', 'doctorWorker.js').fsPath,
          interpreter: () => cli.input(),
          isWanted: (uri) => config.get('doctor.enabled', uri),
          isQuiet: (document) => isQuiet(document, config.get('doctor.hintsExclude', document.uri)),
          disabledRules: (uri) => config.get('doctor.disabledRules', uri),
          ...{ planes, store },
          environment: () => this.#environment(),
          rates,
          logger,
        }),
      ),
    ));
  }

  /** By the same rule as deploys. */
  async #environment(): Promise<string> {
    const { config, planes, store } = this.#needs;
    const byDefault = store.state.snapshot.environments.find(({ isDefault }) => isDefault);
    return effectiveEnvironment({
      connection: await planes.connection(),
      chosenEnvironment: config.get('environment'),
      defaultEnvironment: byDefault?.name ?? '',
    }).name;
  }
}

/** Whether one of the globs fits, as the editor matches them, in the folder of the workspace. */
function isQuiet(document: vscode.TextDocument, globs: readonly string[]): boolean {
  const folder = vscode.workspace.getWorkspaceFolder(document.uri);
  const patterns = globs.map((glob) => (folder ? new vscode.RelativePattern(folder, glob) : glob));
  return patterns.some((pattern) => vscode.languages.match({ pattern }, document) > 0);
}
