import * as vscode from 'vscode';
import { commands } from '../../../contributions.ts';
import type { Text } from '../../../shared/text.ts';
import { plain, text } from '../../../shared/text.ts';
import { openAddress } from '../../../editor/openAddress.ts';
import type { CommandsOf } from '../../../editor/command.ts';
import { pick } from '../../../editor/pick.ts';
import type { WorkspaceNeeds } from './needs.ts';
import type { ScriptFlow } from './scriptFlow.ts';
import type { ScriptOrFile } from './scriptReference.ts';
import { toScriptReference } from './scriptReference.ts';
import { runWords } from './runWords.ts';
import type { ScriptRun } from './scriptRuns.ts';
import { isLiveRun } from './scriptRuns.ts';
import { showStatus } from '../../../editor/shown/messages.ts';

/** Commands on the user's own scripts. */
export function scriptCommands(
  needs: WorkspaceNeeds,
): CommandsOf<
  | 'serveScript'
  | 'runFunction'
  | 'stopRun'
  | 'showRunLog'
  | 'openServedUrl'
  | 'copyServedUrl'
  | 'openScript'
  | 'refreshScripts'
> {
  let flow: ScriptFlow | undefined;
  const load = async () => {
    const actions = await import('../lazy.ts');
    flow ??= new actions.ScriptFlow(needs);
    return { ...actions, flow };
  };
  return {
    [commands.serveScript]: async (target, title) => {
      const { resolveScript, flow } = await load();
      const choice = await resolveScript(needs, target, title);
      if (choice) await flow.serve(choice);
    },
    [commands.runFunction]: async (target, title) => {
      const { resolveRunnable, flow } = await load();
      const choice = await resolveRunnable(needs, target, title);
      if (choice) await flow.run(choice, choice.runnable);
    },
    [commands.stopRun]: async (target, title) => {
      const run = await chooseRun(needs, target, title, isLiveRun);
      if (run) needs.scriptRuns.stop(run.id);
    },
    [commands.showRunLog]: async (target, title) =>
      (await chooseRun(needs, target, title, () => true))?.showLog(),
    [commands.openServedUrl]: async (target, title) => {
      const url = await servedUrl(needs, target, title);
      if (url) await openAddress(url);
    },
    [commands.copyServedUrl]: async (target, title) => {
      const url = await servedUrl(needs, target, title);
      if (!url) return;
      await vscode.env.clipboard.writeText(url);
      showStatus('check', text`Copied ${url}`, 4000);
    },
    [commands.openScript]: (target) => openScript(target),
    [commands.refreshScripts]: () => needs.scriptsView.refresh(),
  };
}

/** The run of a row or button; where none was named, the user's choice among those that fit. */
async function chooseRun(
  { scriptRuns }: WorkspaceNeeds,
  target: ScriptOrFile | undefined,
  title: Text,
  fits: (run: ScriptRun) => boolean,
): Promise<ScriptRun | undefined> {
  const all = scriptRuns.meant(fits, target && runReference(target));
  if (all.length === 1) return all[0];
  return pick(
    title,
    text`Select a running script`,
    all.map((run) => ({
      label: plain(run.title),
      description: run.kind === 'serve' ? text`serve` : text`run`,
      detail: plain(runWords(run)),
      value: run,
    })),
  );
}

function runReference(target: ScriptOrFile) {
  const { uri, ...names } = toScriptReference(target);
  const id = target.kind === 'script' ? target.runId : undefined;
  return { ...(id === undefined ? {} : { id }), script: vscode.Uri.parse(uri).fsPath, ...names };
}

async function servedUrl(
  needs: WorkspaceNeeds,
  target: ScriptOrFile | undefined,
  title: Text,
): Promise<string | undefined> {
  const run = await chooseRun(needs, target, title, (each) => isLiveRun(each) && each.endpoints.length > 0);
  const [first, ...more] = run?.endpoints ?? [];
  if (!first || more.length === 0) return first?.url;
  return pick(
    title,
    text`Select a web endpoint`,
    [first, ...more].map(({ name, url }) => ({ label: plain(name), description: plain(url), value: url })),
  );
}

async function openScript(target: ScriptOrFile | undefined): Promise<void> {
  if (target?.kind !== 'script' || !target.place) return;
  const position = new vscode.Position(target.place.line - 1, target.place.column - 1);
  await vscode.window.showTextDocument(vscode.Uri.parse(target.uri), {
    selection: new vscode.Range(position, position),
    preview: true,
  });
}
