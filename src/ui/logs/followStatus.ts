import * as vscode from 'vscode';
import type { FollowState } from '../../logs/follower.ts';
import type { SessionStatus } from '../../logs/session.ts';
import { text } from '../../domain/text.ts';

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
  const { t } = vscode.l10n;
  switch (state.kind) {
    case 'connecting':
      return { words: t('Connecting'), icon: 'loading~spin', bad: false };
    case 'live':
      return { words: t('Live'), icon: 'radio-tower', bad: false };
    case 'waiting':
      return { words: t('Live, no container is running'), icon: 'radio-tower', bad: false };
    case 'broken':
      return {
        words: t('Reconnecting'),
        icon: 'debug-disconnect',
        bad: true,
        nextTryAt: state.nextTryAt,
        attempt: state.attempt,
      };
    case 'ended':
      return {
        // One that was stopped is shown no more; why the server refuses is for it to say.
        words: t('Ended. {0}', state.refused ? state.reason : t('The app has ended.')),
        icon: 'circle-slash',
        bad: state.refused,
        ended: true,
      };
  }
}

/** What it says about several together: the worst of theirs. */
export function mergedStatus(statuses: readonly SessionStatus[]): SessionStatus {
  const { t } = vscode.l10n;
  const live = statuses.filter(({ ended, bad }) => !ended && !bad).length;
  const broken = statuses.filter(({ ended, bad }) => !ended && bad).length;
  const words = t('{0} of {1} live', live, statuses.length);
  if (broken > 0)
    return { words: t('{0}, {1} reconnecting', words, broken), icon: 'debug-disconnect', bad: true };
  const ended = statuses.every((status) => status.ended);
  return { words, icon: live > 0 ? 'radio-tower' : 'circle-slash', bad: false, ended };
}
