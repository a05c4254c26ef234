import * as vscode from 'vscode';
import { ModalError } from '../../../domain/errors.ts';
import { text } from '../../../shared/text.ts';
import type { InstallOffer } from '../../../modal/installer.ts';
import { createTask } from '../../../editor/shown/surfaces.ts';

/**
 * Runs the commands in a terminal that the user sees, one after the other, until one fails.
 * @param env variables besides those of the terminal
 * @throws kind `invalid` when a word cannot be passed on as it is
 * @returns exit code of the last one that ran; undefined when the user ended it
 */
export async function runInstall(
  { commands, cwd }: InstallOffer,
  env: Readonly<Record<string, string>>,
): Promise<number | undefined> {
  let exitCode: number | undefined = 0;
  for (const words of commands) {
    checkWords([...words, cwd]);
    exitCode = await runTask(words, { cwd, env });
    if (exitCode !== 0) break;
  }
  return exitCode;
}

/** @throws kind `invalid` for what the editor would put something else in the place of, also a command of its own */
function checkWords(words: readonly string[]): void {
  const wrong = words.find((word) => word.includes('${'));
  if (wrong === undefined) return;
  throw new ModalError(
    'invalid',
    `VS Code would alter the name ${wrong} when it runs the command. Rename the folder, or install modal in a terminal.`,
  );
}

/** As a task: it shows the command, keeps the output, and tells how it ended. No shell reads the words. */
async function runTask(
  [command = '', ...args]: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<number | undefined> {
  const task = createTask({
    definition: { type: 'process' },
    scope: vscode.TaskScope.Workspace,
    name: text`Install Modal CLI`,
    source: 'Modal',
    execution: new vscode.ProcessExecution(command, args, { ...options, env: { ...options.env } }),
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
