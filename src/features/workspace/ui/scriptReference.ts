import * as vscode from 'vscode';
import type { ScriptsView } from './scriptsView.ts';

/** What a row or a button means, by names: the text may have changed since it was painted. */
export interface ScriptReference {
  readonly uri: string;
  /** Of the app. */
  readonly variable?: string;
  /** Function or entry point. */
  readonly runnable?: string;
}

/** Reads a row id, a file or what a button passed; undefined for anything else. */
export function toScriptReference(argument: unknown, view: ScriptsView): ScriptReference | undefined {
  if (argument instanceof vscode.Uri) return { uri: argument.toString() };
  if (typeof argument === 'string') {
    const target = view.target(argument);
    if (!target) return undefined;
    const { file, origin, app, runnable } = target;
    return {
      uri: (origin ?? file).uri,
      // In another file the app may have another name.
      ...(app && !origin ? { variable: app.variable } : {}),
      ...(runnable ? { runnable: runnable.name } : {}),
    };
  }
  if (typeof argument !== 'object' || argument === null) return undefined;
  const { uri, variable, runnable } = argument as Record<string, unknown>;
  if (typeof uri !== 'string') return undefined;
  return {
    uri,
    ...(typeof variable === 'string' ? { variable } : {}),
    ...(typeof runnable === 'string' ? { runnable } : {}),
  };
}
