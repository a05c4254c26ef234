import * as vscode from 'vscode';
import { commands } from '../../../contributions.ts';
import { appReference } from '../../../domain/script.ts';
import type { Text } from '../../../shared/text.ts';
import { plain, text } from '../../../shared/text.ts';
import { openAddress } from '../../../editor/openAddress.ts';
import type { CommandTable } from '../../../commands/command.ts';
import type { DeployRun } from '../../deploy/core/deployRun.ts';
import { pick } from '../../../commands/pick.ts';
import type { Services } from '../../../commands/services.ts';
import type { ScriptFlow } from './scriptFlow.ts';
import { toScriptReference } from './scriptReference.ts';
import { runWords } from './runWords.ts';
import type { ScriptRun } from './scriptRuns.ts';
import { isLiveRun } from './scriptRuns.ts';
import { showStatus } from '../../../editor/shown/messages.ts';

type ScriptCommands = Pick<
  CommandTable,
  | typeof commands.serveScript
  | typeof commands.runFunction
  | typeof commands.stopRun
  | typeof commands.showRunLog
  | typeof commands.openServedUrl
  | typeof commands.copyServedUrl
  | typeof commands.openScript
  | typeof commands.refreshScripts
  | typeof commands.fixOutdatedCode
>;

/** Commands on the user's own scripts. */
export function scriptCommands(services: Services): ScriptCommands {
  let flow: ScriptFlow | undefined;
  const load = async () => {
    const actions = await import('./scriptActions.ts');
    flow ??= new actions.ScriptFlow(services);
    return { ...actions, flow };
  };
  return {
    [commands.fixOutdatedCode]: {
      doing: 'Fix outdated Modal code',
      run: () => services.doctor.fixWorkspace(),
    },
    [commands.serveScript]: {
      doing: 'Serve script',
      run: async (argument) => {
        const { resolveScript, flow } = await load();
        const choice = await resolveScript(services, argument, text`Serve Script`);
        if (choice) await flow.serve(choice);
      },
    },
    [commands.runFunction]: {
      doing: 'Run function',
      run: async (argument) => {
        const { resolveRunnable, flow } = await load();
        const choice = await resolveRunnable(services, argument, text`Run Function`);
        if (choice) await flow.run(choice, choice.runnable);
      },
    },
    [commands.stopRun]: {
      doing: 'Stop serve or run',
      run: async (argument) => {
        const run = await chooseRun(services, argument, text`Stop Serve or Run`, isLiveRun);
        if (run) services.scriptRuns.stop(run.id);
      },
    },
    [commands.showRunLog]: {
      doing: 'Show output',
      run: async (argument) =>
        (await chooseRun(services, argument, text`Show Output`, () => true))?.showLog(),
    },
    [commands.openServedUrl]: {
      doing: 'Open served URL',
      run: async (argument) => {
        const url = await servedUrl(services, argument, text`Open Served URL`);
        if (url) await openAddress(url);
      },
    },
    [commands.copyServedUrl]: {
      doing: 'Copy served URL',
      run: async (argument) => {
        const url = await servedUrl(services, argument, text`Copy Served URL`);
        if (!url) return;
        await vscode.env.clipboard.writeText(url);
        showStatus('check', text`Copied ${url}`, 4000);
      },
    },
    [commands.openScript]: { doing: 'Show in editor', run: (argument) => openScript(services, argument) },
    [commands.refreshScripts]: { doing: 'Refresh scripts', run: () => services.scriptsView.refresh() },
  };
}

/** The deploy under way of a row's app. */
export function deployOfScript({ scriptsView, deploys }: Services, argument: unknown): DeployRun | undefined {
  const { file, app } = (typeof argument === 'string' ? scriptsView.target(argument) : undefined) ?? {};
  const path = file && vscode.Uri.parse(file.uri).fsPath;
  return path === undefined ? undefined : (deploys.get(appReference(path, app, true)) ?? deploys.get(path));
}

/** The run of a row or button; where none was named, the user's choice among those that fit. */
async function chooseRun(
  { scriptRuns, scriptsView }: Services,
  argument: unknown,
  title: Text,
  fits: (run: ScriptRun) => boolean,
): Promise<ScriptRun | undefined> {
  const row = typeof argument === 'string' ? scriptsView.target(argument)?.run : undefined;
  const { uri, ...names } = toScriptReference(argument, scriptsView) ?? {};
  const named = {
    ...(row ? { id: row.id } : {}),
    ...(uri === undefined ? {} : { script: vscode.Uri.parse(uri).fsPath }),
    ...names,
  };
  const all = scriptRuns.meant(fits, argument === undefined || argument === null ? undefined : named);
  if (all.length === 1) return all[0];
  return pick(
    title,
    text`Choose a serve or run`,
    all.map((run) => ({
      label: plain(run.title),
      description: run.kind === 'serve' ? text`serve` : text`run`,
      detail: plain(runWords(run)),
      value: run,
    })),
  );
}

async function servedUrl(services: Services, argument: unknown, title: Text): Promise<string | undefined> {
  const run = await chooseRun(
    services,
    argument,
    title,
    (each) => isLiveRun(each) && each.endpoints.length > 0,
  );
  const [first, ...more] = run?.endpoints ?? [];
  if (!first || more.length === 0) return first?.url;
  return pick(
    title,
    text`Choose a web endpoint`,
    [first, ...more].map(({ name, url }) => ({ label: plain(name), description: plain(url), value: url })),
  );
}

async function openScript({ scriptsView }: Services, argument: unknown): Promise<void> {
  const target = typeof argument === 'string' ? scriptsView.target(argument) : undefined;
  if (!target) return;
  const { file, origin, place } = target;
  const position = new vscode.Position(place.line - 1, place.column - 1);
  await vscode.window.showTextDocument(vscode.Uri.parse((origin ?? file).uri), {
    selection: new vscode.Range(position, position),
    preview: true,
  });
}
