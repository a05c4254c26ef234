import * as vscode from 'vscode';

/** The parts of the Python extension's API that are used: the present form, and the one before it. */
interface PythonExtensionApi {
  readonly environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    resolveEnvironment?(environment: {
      readonly path: string;
    }): Promise<{ readonly executable: { readonly uri?: vscode.Uri } } | undefined>;
    readonly onDidChangeActiveEnvironmentPath?: vscode.Event<unknown>;
  };
  readonly settings?: {
    getExecutionDetails(resource?: vscode.Uri): { readonly execCommand?: readonly string[] };
    readonly onDidChangeExecutionDetails?: vscode.Event<unknown>;
  };
}

/** Another extension may take as long as it likes, but nobody waits longer than this for it. */
const limitMs = 5000;

const pythonExtension = () => vscode.extensions.getExtension<PythonExtensionApi>('ms-python.python');

/** Words that start the interpreter chosen in the Python extension, if that extension is there and answers. */
export async function chosenInterpreter(): Promise<readonly string[] | undefined> {
  if (!vscode.workspace.isTrusted) return undefined;
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), limitMs).unref());
  // A failure of the other extension is not the user's concern here: there are other places to look.
  return Promise.race([askPython().catch(() => undefined), late]);
}

/** @returns undefined as long as the Python extension does not run */
export function onDidChangeInterpreter(listener: () => void): vscode.Disposable | undefined {
  const extension = pythonExtension();
  if (!extension?.isActive) return undefined;
  const { environments, settings } = extension.exports;
  return (environments?.onDidChangeActiveEnvironmentPath ?? settings?.onDidChangeExecutionDetails)?.(
    listener,
  );
}

async function askPython(): Promise<readonly string[] | undefined> {
  const extension = pythonExtension();
  if (!extension) return undefined;
  const { environments, settings } = await extension.activate();
  const resource = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (!environments) return settings?.getExecutionDetails(resource).execCommand;
  const active = environments.getActiveEnvironmentPath(resource);
  // The path may be the folder of a conda environment; only the resolved one is sure to be a program.
  const resolved = await environments.resolveEnvironment?.(active);
  return [resolved?.executable.uri?.fsPath ?? active.path];
}
