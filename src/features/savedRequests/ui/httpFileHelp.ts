import * as vscode from 'vscode';
import type { Text } from '../../../shared/text.ts';
import { plain, text } from '../../../shared/text.ts';
import { commands } from '../../../contributions.ts';
import type { HttpFile } from '../core/httpFile/model.ts';
import type { TextRange } from '../../requests/core/index.ts';
import { dynamicNames } from '../core/httpFile/dynamicValues.ts';
import { isComment, linesOf } from '../core/httpFile/lines.ts';
import { isKeyVariable, keyVariables, referencesIn } from '../../requests/core/index.ts';
import { codeLens, completionItem } from '../../../editor/shown/surfaces.ts';
import type { HttpFiles } from './httpFiles.ts';
import { requestsFolder } from './savedFiles.ts';

const ownId = 'gpu-apps.modal-gpu-apps';
const mostProblems = 200;

/** What a `.http` file shows in the editor. */
export class HttpFileHelp {
  readonly #files: HttpFiles;

  constructor(files: HttpFiles) {
    this.#files = files;
  }

  async lenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (!this.#isOurs(document)) return [];
    const file = this.#files.parse(document);
    const lenses = file.requests.map(({ head, name }) => {
      const target = { kind: 'httpRequest', uri: document.uri.toString(), at: head.start } as const;
      return codeLens(rangeOf(document, { start: head.start, end: head.start }), {
        title: text`Send`,
        tooltip: name ? text`Send ${name} and show the response` : text`Send and show the response`,
        command: commands.sendFromFile,
        target,
      });
    });
    const environments = await this.#files.environments(document.uri);
    if (lenses.length === 0 || environments.names.length < 2) return lenses;
    const chosen = this.#files.environmentName(environments);
    const choose = codeLens(new vscode.Range(0, 0, 0, 0), {
      title: chosen ? text`Variables: ${chosen}` : text`Select HTTP Environment…`,
      tooltip: text`Environment to take variables from`,
      command: commands.selectHttpEnvironment,
    });
    return [choose, ...lenses];
  }

  async problems(document: vscode.TextDocument): Promise<vscode.Diagnostic[]> {
    if (!this.#isOurs(document)) return [];
    const file = this.#files.parse(document);
    const severities = {
      error: vscode.DiagnosticSeverity.Error,
      warning: vscode.DiagnosticSeverity.Warning,
      information: vscode.DiagnosticSeverity.Information,
    };
    const found = file.problems
      .slice(0, mostProblems)
      .map(({ range, message, severity }) => diagnostic(document, range, message, severities[severity]));
    const unknown = await this.#unknown(document, file);
    return [...found, ...unknown].slice(0, mostProblems);
  }

  async completions(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.CompletionItem[]> {
    const variables = await this.#files.variables(document.uri, this.#files.parse(document));
    const line = document.lineAt(position).text;
    const start = beginOfName(line, position.character);
    const closed = /^\s*\}\}/.test(line.slice(position.character));
    const item = (name: string, detail: Text) =>
      completionItem({
        label: plain(name),
        detail,
        kind: vscode.CompletionItemKind.Variable,
        insertText: closed ? name : `${name}}}`,
        range: new vscode.Range(position.line, start, position.line, position.character),
      });
    return [
      ...variables.names.map((name) => item(name, text`Variable of this file or its environment`)),
      ...keyVariables.map((name) => item(name, text`API key of the endpoint, from the secret storage`)),
      ...dynamicNames.map((name) => item(name, text`Generated when the request is sent`)),
    ];
  }

  /** Where another extension sends `.http` files, ours are only those that have to do with Modal. */
  #isOurs(document: vscode.TextDocument): boolean {
    if (document.uri.path.includes(`/${requestsFolder}/`)) return true;
    if (!hasOtherClient()) return true;
    const text = document.getText();
    return (
      /\.modal\.run\b/.test(text) || this.#files.endpoints.origins().some((origin) => text.includes(origin))
    );
  }

  async #unknown(document: vscode.TextDocument, file: HttpFile): Promise<vscode.Diagnostic[]> {
    if (file.requests.length === 0 && file.variables.length === 0) return [];
    const variables = await this.#files.variables(document.uri, file);
    const found: vscode.Diagnostic[] = [];
    for (const line of linesOf(file.text)) {
      if (found.length >= mostProblems) break;
      if (!line.text.includes('{{') || isComment(line.text)) continue;
      for (const { name, start, end } of referencesIn(line.text)) {
        if (isKeyVariable(name) && !variables.has(name)) continue;
        const why = variables.problem(name);
        if (!why) continue;
        const range = { start: line.start + start, end: line.start + end };
        found.push(diagnostic(document, range, `${name} ${why}`, vscode.DiagnosticSeverity.Warning));
      }
    }
    return found;
  }
}

function hasOtherClient(): boolean {
  return vscode.extensions.all.some(({ id, packageJSON }) => {
    const { contributes } = packageJSON as { contributes?: { languages?: readonly { id?: string }[] } };
    return id !== ownId && contributes?.languages?.some((language) => language.id === 'http');
  });
}

function diagnostic(
  document: vscode.TextDocument,
  range: TextRange,
  message: string,
  severity: vscode.DiagnosticSeverity,
): vscode.Diagnostic {
  const found = new vscode.Diagnostic(rangeOf(document, range), message, severity);
  found.source = 'modal';
  return found;
}

function rangeOf(document: vscode.TextDocument, { start, end }: TextRange): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}

function beginOfName(line: string, end: number): number {
  let start = end;
  while (start > 0 && /[$\w.-]/.test(line.charAt(start - 1))) start--;
  return start;
}
