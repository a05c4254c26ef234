import type { LogSession } from './session.ts';

/** More sessions than this are not worth keeping. */
const mostSessions = 8;

/**
 * What goes when there are too many: the oldest that has ended, else the oldest app that is followed, which can be
 * followed again. Never the one that is to be shown, one that a merged log is made of, nor the output of a command that
 * is running.
 * @param sessions oldest first
 * @param shown the one that was asked for just now
 */
export function sessionToDrop<S extends Pick<LogSession, 'status' | 'traits'>>(
  sessions: readonly S[],
  shown: S,
  isFollowed: (session: S) => boolean,
): S | undefined {
  if (sessions.length <= mostSessions) return undefined;
  const merged = new Set<unknown>(sessions.flatMap(({ traits }) => traits.streams ?? []));
  const others = sessions.filter((session) => session !== shown && !merged.has(session));
  return others.find(({ status }) => status.ended) ?? others.find(isFollowed);
}
