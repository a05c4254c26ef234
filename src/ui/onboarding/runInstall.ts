import * as vscode from 'vscode';
import { text } from '../../domain/text.ts';
import type { InstallOffer } from '../../modal/installer.ts';
import { createTask } from '../../platform/shown/surfaces.ts';

/**
 * Runs the commands in a terminal that the user sees, one after the other, until one fails.
 * @returns exit code of the last one that ran; undefined when the user ended it
 */
export async function runInstall({ commands, cwd }: InstallOffer): Promise<number | undefined> {
  let exitCode: number | undefined = 0;
  for (const words of commands) {
    exitCode = await runTask(words, cwd);
    if (exitCode !== 0) break;
  }
  return exitCode;
}

/** As a task: it shows the command, quotes it for the user's shell, keeps the output, and tells how it ended. */
async function runTask([command = '', ...args]: readonly string[], cwd: string): Promise<number | undefined> {
  const strong = (value: string) => ({ value, quoting: vscode.ShellQuoting.Strong });
  const plain = (word: string) => (/^[\w@%+=:,./\\-]+$/.test(word) ? word : strong(word));
  const task = createTask({
    definition: { type: 'shell' },
    scope: vscode.TaskScope.Workspace,
    name: text`Install Modal CLI`,
    source: 'Modal',
    execution: new vscode.ShellExecution(plain(command), args.map(plain), { cwd }),
  });
  task.presentationOptions = {
    reveal: vscode.TaskRevealKind.Always,
    panel: vscode.TaskPanelKind.Dedicated,
    clear: false,
    focus: true,
    showReuseMessage: false,
  };
  const subscriptions: vscode.Disposable[] = [];
  try {
    return await new Promise((resolve, reject) => {
      let execution: vscode.TaskExecution | undefined;
      subscriptions.push(
        vscode.tasks.onDidEndTaskProcess((event) => {
          if (event.execution === execution) resolve(event.exitCode);
        }),
        // A task that never got a process, e.g. because its shell is missing, only ends.
        vscode.tasks.onDidEndTask((event) => {
          if (event.execution === execution) setTimeout(() => resolve(undefined), 500);
        }),
      );
      vscode.tasks.executeTask(task).then((started) => (execution = started), reject);
    });
  } finally {
    vscode.Disposable.from(...subscriptions).dispose();
  }
}
