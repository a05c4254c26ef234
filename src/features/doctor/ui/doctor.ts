import { readdir } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { Disposable } from '../../../shared/emitter.ts';
import { DisposableStore } from '../../../shared/emitter.ts';
import type { Surroundings } from '../core/images/surroundings.ts';
import { importFindings } from '../core/images/surroundings.ts';
import { findingsByCell, programOf } from '../core/notebook.ts';
import type { Finding, Severity } from '../core/rule.ts';
import { newestKnown } from '../core/version.ts';
import { steadyNow } from '../../../shared/steadyNow.ts';
import { installedModules } from '../../../modal/installedModules.ts';
import { installedRelease } from '../../../modal/installedRelease.ts';
import type { InterpreterInput } from '../../../modal/interpreter.ts';
import type { ScriptFiles } from '../../workspace/core/index.ts';
import { folderOf, toSlashes } from '../../workspace/core/index.ts';
import { AccountNames } from '../../../store/accountNames.ts';
import type { AppStore, PlaneSource } from '../../../store/appStore.ts';
import { fixWorkspace } from './fixWorkspace.ts';
import { DoctorCompletions } from './doctorCompletions.ts';
import { DoctorFixes } from './doctorFixes.ts';
import { DoctorHovers } from './doctorHovers.ts';
import type { HelpNeeds } from './helpNeeds.ts';
import { DoctorThread } from './doctorThread.ts';
import { largestText } from './helpNeeds.ts';
import { missingNames } from './missingNames.ts';
import { RulePages, pageOf } from './rulePages.ts';

/** While somebody types, a file is looked at when the keys have been quiet for so long. */
const settleMs = 300;
export interface DoctorServices extends Omit<HelpNeeds, 'thread' | 'names' | 'snapshot'> {
  /** Bundle of `doctorWorker.ts`. */
  readonly workerFile: string;
  readonly interpreter: () => Promise<InterpreterInput>;
  /** Codes of rules that the user has switched off. */
  readonly disabledRules: (uri: vscode.Uri) => readonly string[];
  /** The user wants no hints about money and safety in this file. */
  readonly isQuiet: (document: vscode.TextDocument) => boolean;
  readonly planes: PlaneSource;
  readonly store: Pick<AppStore, 'state'>;
}

interface Known {
  readonly version: number;
  readonly findings: Promise<readonly Finding[]>;
}

/** Marks outdated and wrong Modal code in the open Python files. */
export class Doctor implements Disposable {
  readonly #services: DoctorServices;
  readonly #needs: HelpNeeds;
  readonly #marks = vscode.languages.createDiagnosticCollection('modalGpu');
  readonly #known = new Map<string, Known>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #disposables = new DisposableStore();
  #release: Promise<string> | undefined;
  #installed: { readonly at: number; readonly modules: Promise<ReadonlySet<string> | undefined> } | undefined;

  constructor(services: DoctorServices) {
    this.#services = services;
    const thread = new DoctorThread(services.workerFile);
    const { store } = services;
    const needs: HelpNeeds = {
      ...{ ...services, thread },
      names: new AccountNames(services),
      snapshot: () => store.state.snapshot,
    };
    this.#needs = needs;
    for (const disposable of [
      thread,
      this.#marks,
      new RulePages(),
      new DoctorFixes((document) => this.findings(document)),
      new DoctorCompletions(needs),
      new DoctorHovers(needs),
      vscode.workspace.onDidOpenTextDocument((document) => void this.#look(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#changed(document)),
      vscode.workspace.onDidChangeNotebookDocument(({ notebook, contentChanges }) => {
        if (contentChanges.length > 0) this.#changedCells(notebook);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => this.#forget(document.uri)),
    ])
      this.#disposables.add(disposable);
    this.lookAgain();
  }

  /** The `modal` of the workspace, or a setting, is another now. */
  lookAgain(): void {
    this.#release = undefined;
    this.#installed = undefined;
    this.#known.clear();
    for (const document of vscode.workspace.textDocuments) void this.#look(document);
  }

  /** What the file has as it stands in the editor. */
  findings(document: vscode.TextDocument): Promise<readonly Finding[]> {
    const key = document.uri.toString();
    const known = this.#known.get(key);
    const { version } = document;
    if (known?.version === version) return known.findings;
    const findings = this.#shown(document);
    this.#known.set(key, { version, findings });
    findings.catch(() => {
      if (this.#known.get(key)?.findings === findings) this.#known.delete(key);
    });
    return findings;
  }

  /** @param files those of the workspace */
  fixWorkspace(files: ScriptFiles): Promise<void> {
    return fixWorkspace(files, {
      ofText: async (text, uri) => this.#switchedOn(await this.#ofText(text, uri), uri),
      ofDocument: (document) => this.findings(document),
    });
  }

  /** Without what the user has switched off for the file. */
  async #shown(document: vscode.TextDocument): Promise<readonly Finding[]> {
    const wanted = this.#switchedOn(await this.#ofDocument(document), document.uri);
    if (!wanted.some(({ severity }) => severity === 'hint') || !this.#services.isQuiet(document))
      return wanted;
    return wanted.filter(({ severity }) => severity !== 'hint');
  }

  #switchedOn(found: readonly Finding[], uri: vscode.Uri): readonly Finding[] {
    const disabled = new Set(this.#services.disabledRules(uri));
    return found.filter(({ code }) => !disabled.has(code));
  }

  async #ofDocument(document: vscode.TextDocument): Promise<readonly Finding[]> {
    const cells = notebookOf(document)?.getCells();
    if (!cells) return this.#ofText(document.getText(), document.uri);
    const program = programOf(
      cells.map((cell) => ({
        text: cell.document.getText(),
        isPython: cell.document.languageId === 'python',
      })),
    );
    const found = findingsByCell(await this.#ofText(program.text, document.uri), program);
    return found[cells.findIndex((cell) => cell.document === document)] ?? [];
  }

  async #ofText(text: string, uri: vscode.Uri): Promise<readonly Finding[]> {
    if (text.length > largestText) return [];
    this.#release ??= this.#findRelease();
    const { findings, uses, imports } = await this.#needs.thread.examined(text, {
      release: await this.#release,
      rates: this.#services.rates(),
    });
    const [names, modules] = await Promise.all([
      missingNames(uses, this.#needs),
      // What is not saved lies nowhere, and functions of a notebook are sent as they are.
      uri.scheme === 'file' ? importFindings(imports, this.#around(uri)) : [],
    ]);
    return [...findings, ...names, ...modules];
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#disposables.dispose();
  }

  #around(uri: vscode.Uri): Surroundings {
    const own = toSlashes(uri.fsPath);
    const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath;
    return {
      path: own,
      top: folder === undefined ? folderOf(own) : toSlashes(folder),
      list: async (at) => new Set(await readdir(at).catch(() => [])),
      installed: () => this.#installedModules(),
    };
  }

  /** Folders of packages are large, and a file is looked at after each change. */
  #installedModules(): Promise<ReadonlySet<string> | undefined> {
    const now = steadyNow();
    if (!this.#installed || now - this.#installed.at >= installedForMs) {
      const read = async () => installedModules(await this.#services.interpreter());
      this.#installed = { at: now, modules: read().catch(() => undefined) };
    }
    return this.#installed.modules;
  }

  async #findRelease(): Promise<string> {
    const found = await installedRelease(await this.#services.interpreter()).catch(() => undefined);
    this.#services.logger.debug(
      `Python files are checked for modal ${found ?? `${newestKnown} (none was found)`}.`,
    );
    return found ?? newestKnown;
  }

  #changed(document: vscode.TextDocument): void {
    const notebook = notebookOf(document);
    if (notebook) this.#changedCells(notebook);
    else this.#soon(document);
  }

  /** Every cell may have changed its meaning. */
  #changedCells(notebook: vscode.NotebookDocument): void {
    for (const { document } of notebook.getCells()) {
      this.#known.delete(document.uri.toString());
      this.#soon(document);
    }
  }

  #soon(document: vscode.TextDocument): void {
    if (!isPython(document)) return;
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => void this.#look(document), settleMs),
    );
  }

  async #look(document: vscode.TextDocument): Promise<void> {
    if (!isPython(document) || document.isClosed) return;
    if (!this.#services.isWanted(document.uri)) {
      this.#marks.delete(document.uri);
      return;
    }
    const { version } = document;
    try {
      const findings = await this.findings(document);
      // What was typed meanwhile is looked at by itself, and a closed file has no marks.
      if (document.version !== version || !vscode.workspace.textDocuments.includes(document)) return;
      this.#marks.set(
        document.uri,
        findings.map((finding) => markOf(finding, document)),
      );
    } catch (error) {
      this.#services.logger.debug(`Could not check a Python file: ${String(error)}`);
    }
  }

  #forget(uri: vscode.Uri): void {
    const key = uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    this.#known.delete(key);
    this.#marks.delete(uri);
  }
}

const severities: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
  hint: vscode.DiagnosticSeverity.Hint,
};

function markOf(finding: Finding, document: vscode.TextDocument): vscode.Diagnostic {
  const range = new vscode.Range(document.positionAt(finding.from), document.positionAt(finding.to));
  const mark = new vscode.Diagnostic(range, finding.message, severities[finding.severity]);
  mark.source = 'Modal';
  mark.code = { value: finding.code, target: pageOf(finding.code) };
  if (finding.deprecated) mark.tags = [vscode.DiagnosticTag.Deprecated];
  return mark;
}

function isPython({ languageId, uri }: vscode.TextDocument): boolean {
  return languageId === 'python' && ['file', 'untitled', cellScheme].includes(uri.scheme);
}

/** What is installed meanwhile is seen after this. */
const installedForMs = 10_000;

const cellScheme = 'vscode-notebook-cell';

function notebookOf(document: vscode.TextDocument): vscode.NotebookDocument | undefined {
  if (document.uri.scheme !== cellScheme) return undefined;
  return vscode.workspace.notebookDocuments.find((notebook) =>
    notebook.getCells().some((cell) => cell.document === document),
  );
}
