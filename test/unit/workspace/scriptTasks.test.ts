import { pathToFileURL } from 'node:url';
import { expect, it, vi } from 'vitest';
import type { ScriptFile } from '../../../src/domain/script.ts';
import type { ControlPlanes } from '../../../src/modal/planes.ts';
import type { Config } from '../../../src/editor/config.ts';
import type { CliFinder } from '../../../src/features/account/ui/cliFinder.ts';
import type { ScriptReader } from '../../../src/features/workspace/ui/scriptReader.ts';
import type { ScriptFinder } from '../../../src/features/workspace/ui/scriptFinder.ts';
import { ScriptTasks } from '../../../src/features/workspace/ui/scriptTasks.ts';

vi.mock('vscode', () => ({
  workspace: { isTrusted: true, getWorkspaceFolder: () => ({ uri: { fsPath: '/w' } }) },
  tasks: { registerTaskProvider: () => ({ dispose: () => undefined }) },
  Uri: { parse: (text: string) => ({ scheme: 'file', fsPath: decodeURIComponent(new URL(text).pathname) }) },
  ProcessExecution: class {
    readonly args: readonly string[];
    constructor(_process: string, args: readonly string[]) {
      this.args = args;
    }
  },
  Task: class {
    readonly name: string;
    readonly execution: unknown;
    constructor(_definition: unknown, _scope: unknown, name: string, _source: string, execution: unknown) {
      this.name = name;
      this.execution = execution;
    }
  },
  TaskRevealKind: {},
  TaskPanelKind: {},
}));

const scripts = (...paths: string[]) =>
  new ScriptTasks(
    {
      find: () =>
        Promise.resolve(
          paths.map(
            (file) =>
              ({ uri: pathToFileURL(file).href, apps: [{ variable: 'app' }] }) as unknown as ScriptFile,
          ),
        ),
    } as unknown as ScriptFinder,
    { ofFile: () => Promise.resolve({ apps: [], problems: [] }) } as unknown as ScriptReader,
    { find: () => Promise.resolve({ command: 'modal', args: [] }) } as unknown as CliFinder,
    { get: () => '' } as unknown as Config,
    { proxyVariables: () => Promise.resolve({}) } as unknown as ControlPlanes,
  );

it('offers no task for a file whose name the editor would replace by what a command gives back', async () => {
  const tasks = await scripts(
    '/w/good.py',
    '/w/${command:workbench.action.terminal.new}.py',
    '/w/${env:HOME}/x.py',
    '/w/$HOME {x}.py',
  ).provideTasks();
  expect(tasks.map(({ name }) => name)).toEqual([
    'deploy good.py',
    'serve good.py',
    'deploy $HOME {x}.py',
    'serve $HOME {x}.py',
  ]);
});
