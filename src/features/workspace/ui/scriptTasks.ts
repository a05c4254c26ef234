import path from 'node:path';
import * as vscode from 'vscode';
import type { ModalTask } from '../core/running/taskArguments.ts';
import type { ScriptFile } from '../../../domain/script.ts';
import { defaultAppVariable } from '../../../domain/script.ts';
import { plain } from '../../../shared/text.ts';
import type { ControlPlanes } from '../../../modal/planes.ts';
import type { Config } from '../../../editor/config.ts';
import { createTask } from '../../../editor/shown/surfaces.ts';
import { toSlashes } from '../core/slashPath.ts';
import type { CliFinder } from '../../account/index.ts';
import type { ScriptFinder } from './scriptFinder.ts';
import type { ScriptReader } from './scriptReader.ts';

const taskType = 'modal';

/** A file of its own: it needs the schema library. */
const load = () => import('../lazy.ts');

/** Deploy and serve of every script as tasks of the editor, and tasks of `tasks.json` with the user's own CLI. */
export class ScriptTasks implements vscode.TaskProvider, vscode.Disposable {
  readonly #finder: ScriptFinder;
  readonly #reader: ScriptReader;
  readonly #cli: CliFinder;
  readonly #config: Config;
  readonly #planes: ControlPlanes;
  readonly #registration: vscode.Disposable;

  constructor(
    finder: ScriptFinder,
    reader: ScriptReader,
    cli: CliFinder,
    config: Config,
    planes: ControlPlanes,
  ) {
    this.#finder = finder;
    this.#reader = reader;
    this.#cli = cli;
    this.#config = config;
    this.#planes = planes;
    this.#registration = vscode.tasks.registerTaskProvider(taskType, this);
  }

  async provideTasks(): Promise<vscode.Task[]> {
    if (!vscode.workspace.isTrusted) return [];
    const scripts = await this.#finder.find();
    const tasks = await Promise.all(scripts.flatMap((file) => this.#tasksOf(file)));
    return tasks.flatMap((task) => task ?? []);
  }

  async resolveTask(task: vscode.Task): Promise<vscode.Task | undefined> {
    const { taskSchema } = await load();
    const parsed = taskSchema.safeParse(task.definition);
    if (!vscode.workspace.isTrusted || !parsed.success) return undefined;
    const folder = typeof task.scope === 'object' ? task.scope : vscode.workspace.workspaceFolders?.[0];
    // The editor knows a task again by the definition, so it stays the very same.
    return folder && this.#make(parsed.data, folder, task.definition);
  }

  dispose(): void {
    this.#registration.dispose();
  }

  #tasksOf({ uri, apps }: ScriptFile): Promise<vscode.Task | undefined>[] {
    const file = vscode.Uri.parse(uri);
    const folder = vscode.workspace.getWorkspaceFolder(file);
    if (file.scheme !== 'file' || !folder) return [];
    // The editor would put something else in its place, also what a command of the editor gives back. Deploy and Serve
    // of the script itself take any name.
    if (file.fsPath.includes('${')) return [];
    const script = toSlashes(path.relative(folder.uri.fsPath, file.fsPath));
    const deployable = apps.filter(({ unreachable, deployFiles }) => {
      // A file that has less of the app than another would take functions away.
      return !unreachable && (!deployFiles || deployFiles.some((each) => each.uri === uri));
    });
    return deployable.flatMap(({ variable }) =>
      (['deploy', 'serve'] as const).map((command) => {
        const named = deployable.length > 1 || variable !== defaultAppVariable;
        const task: ModalTask = { type: taskType, command, script, ...(named ? { app: variable } : {}) };
        return this.#make(task, folder, task);
      }),
    );
  }

  async #make(
    task: ModalTask,
    folder: vscode.WorkspaceFolder,
    definition: vscode.TaskDefinition,
  ): Promise<vscode.Task | undefined> {
    const { taskCommand, taskName } = await load();
    const cli = await this.#cli.find().catch(() => undefined);
    if (!cli) return undefined; // commands of the extension offer to install it
    const script = path.resolve(folder.uri.fsPath, task.script);
    const { module } = await this.#reader.ofFile(script);
    const { cwd, args: own } = taskCommand(
      { ...task, script },
      this.#config.get('environment', folder.uri),
      module,
    );
    const args = [...cli.args, ...own];
    const profile = this.#config.get('profile');
    const execution = new vscode.ProcessExecution(cli.command, args, {
      cwd,
      env: {
        ...(await this.#planes.proxyVariables().catch(() => ({}))), // what cannot be a proxy, the CLI says itself
        PYTHONUTF8: '1',
        PYTHONUNBUFFERED: '1',
        ...(profile ? { MODAL_PROFILE: profile } : {}),
      },
    });
    const made = createTask({
      definition,
      scope: folder,
      name: plain(taskName(task)),
      source: taskType,
      execution,
      problemMatchers: ['$modal', '$modal-syntax'],
    });
    made.isBackground = task.command === 'serve';
    made.presentationOptions = {
      reveal: vscode.TaskRevealKind.Always,
      panel: vscode.TaskPanelKind.Dedicated,
    };
    // In no group: the shortcut for building must not deploy.
    return made;
  }
}
