import type { FollowState } from '../core/follower.ts';
import { LiveLog } from '../core/liveLog.ts';
import type { LogTarget } from '../core/logTarget.ts';
import { queryOf } from '../core/logTarget.ts';
import { OlderLines } from '../core/olderLines.ts';
import { LogSession } from '../core/session.ts';
import { SkippableSleep } from '../core/sleep.ts';
import { statusOf } from './followStatus.ts';
import type { LogApp } from './logApps.ts';
import { EarlierLogs, LogTab } from './logTab.ts';

export interface FollowActions {
  /** Profile that the log is followed in, where another account is in use now. */
  readonly otherProfile: () => string | undefined;
  /** The connection was lost: whether the server is there is to be found out again. */
  readonly suspect: () => void;
}

/** A tab for an app, function or container that is followed, and its log, which is yet to be run. */
export function liveTab(
  id: string,
  target: LogTarget,
  app: LogApp,
  { otherProfile, suspect }: FollowActions,
): { readonly tab: LogTab; readonly log: LiveLog } {
  const { planes } = app;
  const pauses = new SkippableSleep();
  let isConnected = false;
  let state: FollowState = { kind: 'connecting' };
  const updateStatus = () => session.setStatus(statusOf(state, otherProfile()));
  const log = new LiveLog({
    query: queryOf(target),
    connect: (signal) => planes.get(signal),
    open: async function* (query, lastEntryId, seconds, signal) {
      const plane = await planes.get(signal);
      yield* plane.streamLogs(query, lastEntryId, seconds, signal);
    },
    fetch: async (query, range, limit, signal) => {
      const plane = await planes.get(signal);
      return plane.fetchLogs(query, range, limit, signal);
    },
    answers: (signal) => planes.answers(signal),
    onState: (now) => {
      state = now;
      if (state.kind === 'broken') suspect();
      isConnected ||= state.kind !== 'connecting' && state.kind !== 'broken';
      updateStatus();
    },
    sleep: pauses.sleep,
  });
  // Until its first lines have come, it is not known where what is older ends.
  const older = new OlderLines(() => (isConnected ? log.history : undefined));
  const session = new LogSession(
    id,
    titleOf(target),
    statusOf({ kind: 'connecting' }),
    () => log.stop(),
    log.buffer,
    {
      kind: 'followed',
      app: { id: target.appId, name: target.appName },
      tryNow: () => pauses.skip(),
      clear: () => {
        older.reset();
        log.clear();
      },
    },
  );
  const earlier = new EarlierLogs(target, older);
  return { tab: new LogTab({ session, earlier, apps: [app], updateStatus }), log };
}

function titleOf({ appName, functionId, containerId }: LogTarget): string {
  const part = containerId ?? functionId;
  return part ? `${appName} (${part.slice(0, 12)}…)` : appName;
}
