import type { LogSession } from './session.ts';

/** More sessions than this are not worth keeping. */
const mostSessions = 8;

/**
 * What goes when there are too many: the oldest that has ended, else the oldest app that is followed, which can be
 * followed again. Never the newest, nor the output of a command that is running.
 * @param sessions oldest first
 */
export function sessionToDrop<S extends Pick<LogSession, 'status'>>(
  sessions: readonly S[],
  isFollowed: (session: S) => boolean,
): S | undefined {
  if (sessions.length <= mostSessions) return undefined;
  const older = sessions.slice(0, -1);
  return older.find(({ status }) => status.ended) ?? older.find(isFollowed);
}
