import { commands } from '../../../contributions.ts';
import { isLive } from '../../../domain/app.ts';
import { ModalError } from '../../../domain/errors.ts';
import type { LogFilter } from '../../../domain/logFilter.ts';
import { plain, text } from '../../../shared/text.ts';
import type { CommandTable } from '../../../commands/command.ts';
import type { Services } from '../../../commands/services.ts';
import { appStateLook } from '../../apps/ui/appStateLook.ts';
import type { LogTarget } from '../core/logTarget.ts';
import { showPicks } from '../../../editor/shown/inputs.ts';

type LogCommand =
  | 'mergeLogs'
  | 'copyLogLines'
  | 'copyLogLinesAsJson'
  | 'showOnlyLogFunction'
  | 'showOnlyLogContainer'
  | 'showOnlyLogCall'
  | 'showLogRequest';

/** Commands of the Logs panel. Those of its context menu get what the panel says about the row. */
export function logsCommands(services: Services): Pick<CommandTable, (typeof commands)[LogCommand]> {
  const { logs } = services;
  const showOnly = (field: 'functionId' | 'containerId' | 'callId') => (argument: unknown) => {
    const id = contextValue(argument, field);
    if (id) logs.showOnly({ [field]: id } satisfies Partial<LogFilter>);
  };
  return {
    [commands.mergeLogs]: { doing: 'Merge logs', run: () => mergeLogs(services) },
    [commands.copyLogLines]: { doing: 'Copy log lines', run: () => logs.copySelected('text') },
    [commands.copyLogLinesAsJson]: { doing: 'Copy log lines', run: () => logs.copySelected('json') },
    [commands.showOnlyLogFunction]: { doing: 'Filter the log', run: showOnly('functionId') },
    [commands.showOnlyLogContainer]: { doing: 'Filter the log', run: showOnly('containerId') },
    [commands.showOnlyLogCall]: { doing: 'Filter the log', run: showOnly('callId') },
    [commands.showLogRequest]: {
      doing: 'Show request',
      run: (argument) => logs.showRequest(contextValue(argument, 'callId')),
    },
  };
}

/** Each costs a stream that stays open, and what nobody can read in time is better looked for in one log. */
const mostFollowed = 30;

/** Lets the user choose apps, follows those that are not followed yet, and shows them as one log. */
async function mergeLogs({ store, logs }: Services): Promise<void> {
  if (store.state.snapshot.readAt === 0) await store.refresh();
  const apps = store.state.snapshot.apps.filter((app) => isLive(app.state));
  if (apps.length < 2)
    throw new ModalError(
      'notFound',
      'Merging logs requires at least two live apps. Deploy another app first.',
    );
  const followed = await logs.followedApps();
  const chosen = await showPicks(
    apps.map((app) => ({
      label: plain(app.name),
      description: text`${app.environment} · ${appStateLook(app.state).word}`,
      picked: followed.includes(app.id),
      target: { appId: app.id, appName: app.name, environment: app.environment } satisfies LogTarget,
    })),
    {
      title: text`Merge Logs`,
      placeHolder: text`Choose the apps whose logs are shown together`,
      matchOnDescription: true,
    },
  );
  const targets = chosen?.map(({ target }) => target) ?? [];
  const [only] = targets;
  if (!only) return;
  const all = new Set([...followed, ...targets.map(({ appId }) => appId)]);
  if (all.size > mostFollowed) throw new ModalError('limit', tooManyWords(targets.length, followed.length));
  if (targets.length > 1) logs.followMerged(targets);
  else logs.follow(only);
  await logs.show();
}

function tooManyWords(chosen: number, followed: number): string {
  const open = followed > 0 ? ` and ${followed} followed already` : '';
  return `At most ${mostFollowed} logs can be followed at once; ${chosen} were chosen${open}. Choose fewer, or close some first.`;
}

function contextValue(argument: unknown, field: string): string {
  const value = (argument as Readonly<Record<string, unknown>> | undefined)?.[field];
  return typeof value === 'string' ? value : '';
}
