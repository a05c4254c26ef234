import { MergedLog } from './mergedLog.ts';
import type { SessionStatus } from './session.ts';
import { LogSession } from './session.ts';

/**
 * Several sessions as one more.
 * @param streams logs that are followed
 * @param statusOf its status, from theirs
 */
export function mergedSession(
  streams: readonly LogSession[],
  statusOf: (statuses: readonly SessionStatus[]) => SessionStatus,
): LogSession {
  const current = [...streams];
  const log = new MergedLog(current.map(({ buffer }) => buffer));
  const status = () => statusOf(current.map((stream) => stream.status));
  const update = () => session.setStatus(status());
  const subscriptions = current.map((stream) => stream.onDidChangeStatus(update));
  const session = new LogSession(
    mergedId(streams),
    streams.map(({ title }) => title).join(' + '),
    status(),
    () => {
      log.dispose();
      for (const subscription of subscriptions) subscription.dispose();
    },
    log.buffer,
    {
      kind: 'merged',
      streams: current,
      streamOf: (row) => log.sourceOf(row),
      replaceStream: (fresh) => {
        const at = current.findIndex(({ id }) => id === fresh.id);
        if (at < 0) return;
        subscriptions[at]?.dispose();
        subscriptions[at] = fresh.onDidChangeStatus(update);
        current[at] = fresh;
        log.replace(at, fresh.buffer);
        update();
      },
    },
  );
  return session;
}

export function mergedId(streams: readonly LogSession[]): string {
  return `merged/${streams.map(({ id }) => id).join()}`;
}
