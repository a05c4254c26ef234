/** The interpreter that is chosen in the Python extension, in both forms of that extension's API. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  chosenInterpreter,
  onDidChangeInterpreter,
} from '../../../src/features/account/ui/chosenInterpreter.ts';
import * as editor from '../support/whole/editor.ts';

vi.mock('vscode', () => import('../support/whole/editor.ts'));

const install = (api: object, isActive = true) =>
  editor.state.extensions.set('ms-python.python', {
    isActive,
    exports: api,
    activate: () => Promise.resolve(api),
  });
const resource: unknown[] = [];
const environments = (more: object = {}) => ({
  environments: {
    getActiveEnvironmentPath: (uri: unknown) => {
      resource.push(uri);
      return { path: '/env' };
    },
    ...more,
  },
});
afterEach(() => {
  editor.state.extensions.clear();
  editor.workspace.isTrusted = true;
  editor.workspace.workspaceFolders = undefined;
  vi.useRealTimers();
});

describe('the chosen interpreter', () => {
  it('is the program that the environment resolves to, for the first folder', async () => {
    const uri = editor.Uri.file('/work');
    editor.workspace.workspaceFolders = [{ uri, name: 'work', index: 0 }];
    install(
      environments({
        resolveEnvironment: () =>
          Promise.resolve({ executable: { uri: editor.Uri.file('/env/bin/python') } }),
      }),
    );
    expect(await chosenInterpreter()).toEqual(['/env/bin/python']);
    expect(resource.at(-1)).toBe(uri);
  });

  it.each<readonly [string, object]>([
    ['resolves nothing', environments()],
    ['does not know it', environments({ resolveEnvironment: () => Promise.resolve(undefined) })],
    [
      'knows no program of it',
      environments({ resolveEnvironment: () => Promise.resolve({ executable: {} }) }),
    ],
  ])('is its path where the extension %s', async (_why, api) => {
    install(api);
    expect(await chosenInterpreter()).toEqual(['/env']);
  });

  it('is the command of the settings in the form before', async () => {
    install({ settings: { getExecutionDetails: () => ({ execCommand: ['py', '-3'] }) } });
    expect(await chosenInterpreter()).toEqual(['py', '-3']);
    install({});
    expect(await chosenInterpreter()).toBeUndefined();
  });

  it('is none without the extension, in a workspace that is not trusted, or when it fails', async () => {
    expect(await chosenInterpreter()).toBeUndefined();
    install(environments());
    editor.workspace.isTrusted = false;
    expect(await chosenInterpreter()).toBeUndefined();
    editor.workspace.isTrusted = true;
    editor.state.extensions.set('ms-python.python', { activate: () => Promise.reject(new Error('broken')) });
    expect(await chosenInterpreter()).toBeUndefined();
  });

  it('is not waited for longer than five seconds', async () => {
    vi.useFakeTimers();
    editor.state.extensions.set('ms-python.python', { activate: () => new Promise(() => undefined) });
    const chosen = chosenInterpreter();
    await vi.advanceTimersByTimeAsync(5000);
    expect(await chosen).toBeUndefined();
  });
});

describe('a change of it', () => {
  it.each([
    ['environments', 'onDidChangeActiveEnvironmentPath'],
    ['settings', 'onDidChangeExecutionDetails'],
  ])('is told by %s', (part, event) => {
    const listener = vi.fn();
    let fire: () => void = () => undefined;
    install({ [part]: { [event]: (given: () => void) => ((fire = given), { dispose: () => undefined }) } });
    expect(onDidChangeInterpreter(listener)).toBeDefined();
    fire();
    expect(listener).toHaveBeenCalledOnce();
  });

  it('is not told while the extension does not run, or tells none', () => {
    expect(onDidChangeInterpreter(() => undefined)).toBeUndefined();
    install(environments(), false);
    expect(onDidChangeInterpreter(() => undefined)).toBeUndefined();
    install(environments());
    expect(onDidChangeInterpreter(() => undefined)).toBeUndefined();
  });
});
