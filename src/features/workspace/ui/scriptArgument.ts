import * as vscode from 'vscode';
import type { ScriptChoice } from '../core/running/scriptProcess.ts';
import { ModalError } from '../../../domain/errors.ts';
import type { DeployFile, ModalScript, Runnable, ScriptApp } from '../../../domain/script.ts';
import { runnables, severalApps } from '../../../domain/script.ts';
import type { Text } from '../../../shared/text.ts';
import { plain, text } from '../../../shared/text.ts';
import { pluralOf } from '../../../shared/format.ts';
import { isModalScript } from '../../../editor/activeScript.ts';
import { toSlashes } from '../core/slashPath.ts';
import { pick } from '../../../editor/pick.ts';
import { saveFirst } from './saveFirst.ts';
import type { ScriptFinder } from './scriptFinder.ts';
import type { ScriptReader } from './scriptReader.ts';
import type { ScriptReference } from '../../../domain/target.ts';
import type { ScriptOrFile } from './scriptReference.ts';
import { toScriptReference } from './scriptReference.ts';

export interface ScriptSources {
  readonly scriptFinder: ScriptFinder;
  readonly scriptReader: ScriptReader;
}

/** The script that a command is about: its target, the active editor, or the user's choice. */
export async function resolveScript(
  sources: ScriptSources,
  target: ScriptOrFile | undefined,
  title: Text,
): Promise<ScriptChoice | undefined> {
  const meant = target ? toScriptReference(target) : await chooseScript(sources, title);
  const given = meant && (await deployedBy(sources, meant, title));
  if (!given) return undefined;
  const { path, script } = await readSaved(sources.scriptReader, vscode.Uri.parse(given.uri));
  const app =
    script.apps.find(({ variable, unreachable }) => variable === given.variable && !unreachable) ??
    (await chooseApp(script, title));
  if (app === 'left') return undefined;
  return {
    script: path,
    ...(app ? { app } : {}),
    several: severalApps(script),
    read: script,
  };
}

/** What `modal run` should start, together with its app. */
export async function resolveRunnable(
  sources: ScriptSources,
  target: ScriptOrFile | undefined,
  title: Text,
): Promise<(ScriptChoice & { readonly app: ScriptApp; readonly runnable: Runnable }) | undefined> {
  const given = target ? toScriptReference(target) : await chooseScript(sources, title);
  if (!given) return undefined;
  const { path, script } = await readSaved(sources.scriptReader, vscode.Uri.parse(given.uri));
  const apps =
    given.variable === undefined ? script.apps : script.apps.filter((app) => app.variable === given.variable);
  const found = apps.flatMap((app) => runnables(app).map((runnable) => ({ app, runnable })));
  const chosen =
    found.find(({ runnable }) => runnable.name === given.runnable) ??
    (await chooseRunnable(found, title, vscode.workspace.asRelativePath(path)));
  return chosen && { script: path, several: severalApps(script), read: script, ...chosen };
}

/**
 * The file by which an app is deployed: the one that is meant, but never one that has less of the app than another.
 * @returns undefined when the user left
 */
async function deployedBy(
  { scriptFinder }: ScriptSources,
  meant: ScriptReference,
  title: Text,
): Promise<ScriptReference | undefined> {
  const file = (await scriptFinder.find()).find(({ uri }) => uri === meant.uri);
  const made = (file?.apps ?? []).filter(({ unreachable }) => !unreachable);
  const app =
    made.find(({ variable }) => variable === meant.variable) ?? (made.length === 1 ? made[0] : undefined);
  const [first, ...more] = app?.deployFiles ?? [];
  if (!first || [first, ...more].some(({ uri }) => uri === meant.uri)) return meant;
  return more.length === 0
    ? first
    : chooseDeployFile([first, ...more], app?.name ?? app?.variable ?? '', title);
}

async function chooseDeployFile(
  files: readonly DeployFile[],
  app: string,
  title: Text,
): Promise<ScriptReference | undefined> {
  return pick(
    title,
    text`${app} has functions in several files. Select the file to deploy`,
    files.map((file) => ({
      label: plain(file.label),
      description: text`${pluralOf(file.units, 'function')}`,
      iconPath: new vscode.ThemeIcon('file-code'),
      value: file,
    })),
  );
}

/** The CLI reads the file, not the editor, so unsaved changes are saved first. */
async function readSaved(
  reader: ScriptReader,
  uri: vscode.Uri,
): Promise<{ path: string; script: ModalScript }> {
  if (uri.scheme !== 'file') {
    throw new ModalError('invalid', 'The Modal CLI needs a file on disk. Save a copy of this one first.');
  }
  const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri.toString());
  await saveFirst(document, vscode.workspace.asRelativePath(uri));
  const script = await reader.ofFile(uri.fsPath);
  for (const imported of vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty)) {
    if (script.importedFiles?.includes(toSlashes(imported.uri.fsPath)))
      await saveFirst(imported, vscode.workspace.asRelativePath(imported.uri));
  }
  return { path: uri.fsPath, script: await reader.ofFile(uri.fsPath) };
}

async function chooseScript(sources: ScriptSources, title: Text): Promise<ScriptReference | undefined> {
  const document = vscode.window.activeTextEditor?.document;
  if (document && isModalScript(document)) return { uri: document.uri.toString() };
  const scripts = await sources.scriptFinder.find();
  if (scripts.length === 0) {
    throw new ModalError(
      'notFound',
      'No Modal apps found in the Python files of this workspace. Open a script first.',
    );
  }
  return pick(
    title,
    text`Select an app`,
    scripts.flatMap(({ uri, label, apps }) =>
      apps
        .filter(({ unreachable }) => !unreachable)
        .map((app) => ({
          label: plain(app.name ?? app.variable),
          description: plain(label),
          iconPath: new vscode.ThemeIcon('file-code'),
          value: { uri, variable: app.variable },
        })),
    ),
  );
}

/** @returns undefined when the text shows no app, `left` when the user left */
async function chooseApp(script: ModalScript, title: Text): Promise<ScriptApp | 'left' | undefined> {
  const apps = script.apps.filter(({ unreachable }) => !unreachable);
  if (apps.length <= 1) return apps[0];
  const chosen = await pick(
    title,
    text`The file defines several apps. Select one`,
    apps.map((app) => ({
      label: plain(app.name ?? app.variable),
      description: text`${app.variable}, line ${app.line}`,
      iconPath: new vscode.ThemeIcon('file-code'),
      value: app,
    })),
  );
  return chosen ?? 'left';
}

async function chooseRunnable<T extends { readonly app: ScriptApp; readonly runnable: Runnable }>(
  found: readonly T[],
  title: Text,
  file: string,
): Promise<T | undefined> {
  if (found.length === 0) {
    throw new ModalError('notFound', `${file} has no functions to run. Use Serve for its web endpoints.`);
  }
  return pick(
    title,
    text`Select a function`,
    found.map((each) => ({
      label: plain(each.runnable.name),
      description: each.app.entryPoints.includes(each.runnable) ? text`local entry point` : text`function`,
      detail: text`${each.app.name ?? each.app.variable} · ${file}:${each.runnable.line}`,
      iconPath: new vscode.ThemeIcon('play'),
      value: each,
    })),
  );
}
