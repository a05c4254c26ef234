import * as vscode from 'vscode';
import type { App } from '../domain/app.ts';
import type { Target } from '../domain/target.ts';
import { isOwnTarget } from '../editor/ownTarget.ts';
import { appRowId } from '../editor/rows/row.ts';

/** Whoever knows what its rows stand for. */
export interface RowTargets {
  target(id: string): Target | undefined;
}

/**
 * The one place that looks at what the editor hands to a command: the id of a row, a file of the explorer with all that
 * are selected, a target of ours, or data of a key binding or a link, which may be anything.
 * @param trees whose rows a command may be about
 * @param apps those that were listed last: a link names its app also while no row of it is shown
 */
export function targetReader(
  trees: readonly RowTargets[],
  apps: () => readonly App[],
): (argument: unknown, selected: unknown) => Target | undefined {
  const ofRow = (id: string): Target | undefined => {
    for (const tree of trees) {
      const target = tree.target(id);
      if (target) return target;
    }
    const app = apps().find((each) => appRowId(each) === id);
    return app && { kind: 'app', app };
  };
  return (argument, selected) => {
    if (isOwnTarget(argument)) return argument;
    if (argument instanceof vscode.Uri) return { kind: 'files', uris: urisOf(argument, selected) };
    if (typeof argument === 'string') return ofRow(argument);
    return typeof argument === 'object' && argument !== null
      ? ofData(argument as Readonly<Record<string, unknown>>)
      : undefined;
  };
}

function urisOf(argument: vscode.Uri, selected: unknown): string[] {
  const several: unknown[] = Array.isArray(selected) ? selected : [];
  const uris = several.filter((each) => each instanceof vscode.Uri);
  return (uris.length > 0 ? uris : [argument]).map(String);
}

/** A script by names, as a key binding may give it, or a line of the Logs panel, as the editor gives its context. */
function ofData(data: Readonly<Record<string, unknown>>): Target | undefined {
  const words = (name: string) => (typeof data[name] === 'string' ? data[name] : undefined);
  const uri = words('uri');
  if (uri !== undefined) {
    const [variable, runnable] = [words('variable'), words('runnable')];
    return {
      kind: 'script',
      uri,
      ...(variable === undefined ? {} : { variable }),
      ...(runnable === undefined ? {} : { runnable }),
    };
  }
  const [functionId = '', containerId = '', callId = ''] = ['functionId', 'containerId', 'callId'].map(words);
  return functionId || containerId || callId
    ? { kind: 'logLine', functionId, containerId, callId }
    : undefined;
}
