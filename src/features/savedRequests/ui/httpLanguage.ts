import * as vscode from 'vscode';
import type { HttpFileHelp } from './httpFileHelp.ts';
import type { RequestMemory } from './requestMemory.ts';
import type { Logger } from '../../../shared/logger.ts';
import { DisposableStore } from '../../../shared/emitter.ts';

const selector: vscode.DocumentSelector = [
  { language: 'http' },
  { language: 'rest' },
  { pattern: '**/*.{http,rest}' },
];
const quietMs = 300;

/** Buttons, problems and completion in `.http` files. Nothing is loaded before such a file is open. */
export class HttpLanguage
  implements vscode.CodeLensProvider, vscode.CompletionItemProvider, vscode.Disposable
{
  readonly #memory: RequestMemory;
  readonly #logger: Logger;
  readonly #disposables = new DisposableStore();
  readonly #changes = new vscode.EventEmitter<void>();
  readonly #problems = vscode.languages.createDiagnosticCollection('modal-requests');
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #help: Promise<HttpFileHelp> | undefined;

  readonly onDidChangeCodeLenses = this.#changes.event;

  constructor(memory: RequestMemory, logger: Logger) {
    this.#logger = logger;
    this.#memory = memory;
    const { languages, workspace } = vscode;
    this.#disposables.add(languages.registerCodeLensProvider(selector, this));
    this.#disposables.add(languages.registerCompletionItemProvider(selector, this, '{', '$'));
    this.#disposables.add(workspace.onDidOpenTextDocument((document) => this.#check(document)));
    this.#disposables.add(workspace.onDidChangeTextDocument(({ document }) => this.#checkSoon(document)));
    this.#disposables.add(workspace.onDidSaveTextDocument((document) => this.#saved(document)));
    this.#disposables.add(workspace.onDidCloseTextDocument(({ uri }) => this.#problems.delete(uri)));
    this.#disposables.add(this.#problems);
    this.#disposables.add(this.#changes);
    for (const document of workspace.textDocuments) this.#check(document);
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    return (await this.#load()).lenses(document);
  }

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.CompletionItem[]> {
    const before = document.lineAt(position).text.slice(0, position.character);
    if (!/\{\{\s*\$?[\w.-]*$/.test(before)) return [];
    return (await this.#load()).completions(document, position);
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#disposables.dispose();
  }

  #load(): Promise<HttpFileHelp> {
    this.#help ??= this.#memory.load().then((flows) => {
      this.#disposables.add(flows.files.onDidChangeEnvironment(() => this.#refresh()));
      return flows.help;
    });
    return this.#help;
  }

  #refresh(): void {
    this.#changes.fire();
    for (const document of vscode.workspace.textDocuments) this.#check(document);
  }

  /** Variables of other files may have changed what counts here. */
  #saved({ uri }: vscode.TextDocument): void {
    if (/(?:^|\/)(?:http-client(?:\.private)?\.env\.json|\.env(?:\.[\w-]+)?)$/.test(uri.path))
      this.#refresh();
  }

  #checkSoon(document: vscode.TextDocument): void {
    if (!vscode.languages.match(selector, document)) return;
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => {
        this.#timers.delete(key);
        this.#check(document);
      }, quietMs),
    );
  }

  /** Nobody waits for it, so that a failure is only noted. */
  #check(document: vscode.TextDocument): void {
    if (!vscode.languages.match(selector, document)) return;
    this.#findProblems(document).catch((error: unknown) =>
      this.#logger.error(`The problems of ${document.uri.path} were not found`, error),
    );
  }

  async #findProblems(document: vscode.TextDocument): Promise<void> {
    const help = await this.#load();
    const problems = await help.problems(document);
    if (!document.isClosed) this.#problems.set(document.uri, problems);
  }
}
