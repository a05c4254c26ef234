import type { FollowState } from '../core/follower.ts';
import type { SessionStatus } from '../core/session.ts';
import { text } from '../../../shared/text.ts';

/**
 * What the panel says about a log that is followed.
 * @param elsewhere the profile that it is followed in, where another one is in use now
 */
export function statusOf(state: FollowState, elsewhere?: string): SessionStatus {
  const status = ownStatus(state);
  if (elsewhere === undefined || status.ended) return status;
  return { ...status, words: text`${status.words} · profile ${elsewhere || 'default'}` };
}

function ownStatus(state: FollowState): SessionStatus {
  switch (state.kind) {
    case 'connecting':
      return { words: 'Connecting', icon: 'loading~spin', bad: false };
    case 'live':
      return { words: 'Live', icon: 'radio-tower', bad: false };
    case 'waiting':
      return { words: 'Live, no container is running', icon: 'radio-tower', bad: false };
    case 'broken':
      return {
        words: 'Reconnecting',
        icon: 'debug-disconnect',
        bad: true,
        nextTryAt: state.nextTryAt,
        attempt: state.attempt,
      };
    case 'ended':
      return {
        // One that was stopped is shown no more; why the server refuses is for it to say.
        words: `Ended. ${state.refused ? state.reason : 'The app has ended.'}`,
        icon: 'circle-slash',
        bad: state.refused,
        ended: true,
      };
  }
}

/** What it says about several together: the worst of theirs. */
export function mergedStatus(statuses: readonly SessionStatus[]): SessionStatus {
  const live = statuses.filter(({ ended, bad }) => !ended && !bad).length;
  const broken = statuses.filter(({ ended, bad }) => !ended && bad).length;
  const words = `${live} of ${statuses.length} live`;
  if (broken > 0) return { words: `${words}, ${broken} reconnecting`, icon: 'debug-disconnect', bad: true };
  const ended = statuses.every((status) => status.ended);
  return { words, icon: live > 0 ? 'radio-tower' : 'circle-slash', bad: false, ended };
}
