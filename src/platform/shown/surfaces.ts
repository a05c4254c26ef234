import * as vscode from 'vscode';
import type { Markdown, Text } from '../../domain/text.ts';

/** Parts of the window that stay: status bar, lenses, views, terminals, tasks. */

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

type LensCommand = vscode.Command & { readonly title: Text; readonly tooltip?: Text };

export function codeLens(range: vscode.Range, command: LensCommand): vscode.CodeLens {
  return new vscode.CodeLens(range, command);
}

export type TreeView<T> = Omit<vscode.TreeView<T>, 'title' | 'message' | 'description' | 'badge'> & {
  message: Text | undefined;
  description: Text | undefined;
  badge: (vscode.ViewBadge & { readonly tooltip: Text }) | undefined;
};

export function createTreeView<T>(id: string, options: vscode.TreeViewOptions<T>): TreeView<T> {
  return vscode.window.createTreeView(id, options) as TreeView<T>;
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
