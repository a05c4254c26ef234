import * as vscode from 'vscode';
import type { CommandId, TargetOf } from '../../contributions.ts';
import { ownTarget } from '../ownTarget.ts';
import type { Markdown, Text } from '../../shared/text.ts';

/** Parts of the window that stay, or belong to a document. */

export type StatusBarItem = Omit<vscode.StatusBarItem, 'name' | 'text' | 'tooltip'> & {
  name: Text | undefined;
  text: Text;
  tooltip: vscode.MarkdownString | undefined;
};

export function createStatusBarItem(
  id: string,
  alignment: vscode.StatusBarAlignment,
  priority: number,
): StatusBarItem {
  return vscode.window.createStatusBarItem(id, alignment, priority) as StatusBarItem;
}

/** @param commands the only ones that its links may run */
export function markdownString({ source }: Markdown, commands: readonly string[]): vscode.MarkdownString {
  const made = new vscode.MarkdownString(source, true);
  made.isTrusted = { enabledCommands: commands };
  return made;
}

interface LensCommand<Id extends CommandId> {
  readonly title: Text;
  readonly command: Id;
  readonly target?: TargetOf<Id>;
  readonly tooltip?: Text;
}

export function codeLens<Id extends CommandId>(
  range: vscode.Range,
  { target, ...command }: LensCommand<Id>,
): vscode.CodeLens {
  return new vscode.CodeLens(range, { ...command, ...(target ? { arguments: [ownTarget(target)] } : {}) });
}

/** As a suggestion is drawn; what it inserts is given apart. */
type Completion = Omit<vscode.CompletionItem, 'label' | 'detail' | 'insertText'> & {
  /** The words beside it are drawn in every row, where those of `detail` are only in the chosen one. */
  readonly label: Text | { readonly label: Text; readonly description: Text };
  readonly detail: Text;
  readonly insertText: string;
};

export function completionItem(parts: Completion): vscode.CompletionItem {
  return parts;
}

/** @param commands the only ones that its links may run */
export function hover(shown: Markdown, commands: readonly string[], range: vscode.Range): vscode.Hover {
  return new vscode.Hover(markdownString(shown, commands), range);
}

/** For the outline, and for the list of places to go to. */
export function documentSymbol(
  name: Text,
  detail: Text,
  kind: vscode.SymbolKind,
  range: vscode.Range,
  selection: vscode.Range,
): vscode.DocumentSymbol {
  // The editor refuses one without a name.
  return new vscode.DocumentSymbol(name || ' ', detail, kind, range, selection);
}

export type TreeView<T> = Omit<vscode.TreeView<T>, 'title' | 'message' | 'description' | 'badge'> & {
  message: Text | undefined;
  description: Text | undefined;
  badge: (vscode.ViewBadge & { readonly tooltip: Text }) | undefined;
};

export function createTreeView<T>(id: string, options: vscode.TreeViewOptions<T>): TreeView<T> {
  return vscode.window.createTreeView(id, options) as TreeView<T>;
}

/** Its title stands in the list of open editors too. */
export function createWebviewPanel(
  type: string,
  title: Text,
  column: vscode.ViewColumn,
  options: vscode.WebviewPanelOptions & vscode.WebviewOptions,
): vscode.WebviewPanel {
  return vscode.window.createWebviewPanel(type, title, column, options);
}

export function createTerminal(options: vscode.TerminalOptions & { readonly name: Text }): vscode.Terminal {
  return vscode.window.createTerminal(options);
}

interface TaskParts {
  readonly definition: vscode.TaskDefinition;
  readonly scope: vscode.WorkspaceFolder | vscode.TaskScope.Workspace;
  readonly name: Text;
  readonly source: string;
  readonly execution: vscode.ProcessExecution | vscode.ShellExecution | vscode.CustomExecution;
  readonly problemMatchers?: string[];
}

export function createTask({
  definition,
  scope,
  name,
  source,
  execution,
  problemMatchers,
}: TaskParts): vscode.Task {
  return new vscode.Task(definition, scope, name, source, execution, problemMatchers ?? []);
}
