import { commands } from '../../../contributions.ts';
import { isLive } from '../../../domain/app.ts';
import { ModalError } from '../../../domain/errors.ts';
import type { LogFilter } from '../../../domain/logFilter.ts';
import type { Text } from '../../../shared/text.ts';
import { plain, text } from '../../../shared/text.ts';
import type { Target } from '../../../domain/target.ts';
import type { CommandsOf } from '../../../editor/command.ts';
import { resolveLogTarget } from './resolveLogTarget.ts';
import type { LogsNeeds } from './needs.ts';
import { appStateLook } from '../../apps/index.ts';
import type { LogTarget } from '../core/logTarget.ts';
import { showPicks } from '../../../editor/shown/inputs.ts';

type LogLineTarget = Extract<Target, { kind: 'logLine' }>;

/** Commands of the Logs panel, its context menu and the log of a row. */
export function logsCommands(
  needs: LogsNeeds,
): CommandsOf<
  | 'followLogs'
  | 'clearLogs'
  | 'openLogsAsDocument'
  | 'mergeLogs'
  | 'copyLogLines'
  | 'copyLogLinesAsJson'
  | 'showOnlyLogFunction'
  | 'showOnlyLogContainer'
  | 'showOnlyLogCall'
  | 'showLogRequest'
  | 'showLogRange'
  | 'downloadLogs'
> {
  const { logs } = needs;
  const showOnly = (field: 'functionId' | 'containerId' | 'callId') => (line?: LogLineTarget) => {
    const id = line?.[field];
    if (id) logs.showOnly({ [field]: id } satisfies Partial<LogFilter>);
  };
  return {
    [commands.followLogs]: async (target, title) => {
      const log = await resolveLogTarget(needs, target, title);
      if (!log) return;
      logs.follow(log);
      await logs.show();
    },
    [commands.clearLogs]: () => logs.clear(),
    [commands.openLogsAsDocument]: () => logs.openAsDocument(),
    [commands.mergeLogs]: (_, title) => mergeLogs(needs, title),
    [commands.copyLogLines]: () => logs.copySelected('text'),
    [commands.copyLogLinesAsJson]: () => logs.copySelected('json'),
    [commands.showOnlyLogFunction]: showOnly('functionId'),
    [commands.showOnlyLogContainer]: showOnly('containerId'),
    [commands.showOnlyLogCall]: showOnly('callId'),
    [commands.showLogRequest]: (line) => logs.showRequest(line?.callId ?? ''),
    [commands.showLogRange]: () => logs.openRangePicker(),
    [commands.downloadLogs]: async (target, title) => {
      const { downloadLogsFlow } = await import('../lazy.ts');
      await downloadLogsFlow(needs, target, title);
    },
  };
}

/** Each costs a stream that stays open, and what nobody can read in time is better looked for in one log. */
const mostFollowed = 30;

/** Lets the user choose apps, follows those that are not followed yet, and shows them as one log. */
async function mergeLogs({ store, logs }: LogsNeeds, heading: Text): Promise<void> {
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
      title: heading,
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
