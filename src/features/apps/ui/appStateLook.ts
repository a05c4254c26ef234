import type { AppState } from '../../../domain/app.ts';
import { assertNever } from '../../../domain/errors.ts';

export interface StateLook {
  readonly word: string;
  readonly icon: string;
  readonly color?: string;
  /** What the word means, where it is Modal's own. */
  readonly note?: string;
}

/** How each app state reads and looks; the word carries the meaning, colour only helps. */
export function appStateLook(state: AppState): StateLook {
  switch (state) {
    case 'deployed':
      return { word: 'deployed', icon: 'cloud', color: 'charts.green' };
    case 'ephemeral':
      return {
        word: 'ephemeral run',
        icon: 'debug-start',
        color: 'charts.blue',
        note: 'Ends together with its modal run or modal serve command.',
      };
    case 'detached':
      return {
        word: 'detached run',
        icon: 'debug-start',
        color: 'charts.blue',
        note: 'Goes on when its modal run command has ended.',
      };
    case 'initializing':
      return { word: 'starting', icon: 'loading~spin' };
    case 'stopping':
      return { word: 'stopping', icon: 'loading~spin' };
    case 'stopped':
      return { word: 'stopped', icon: 'circle-slash', color: 'disabledForeground' };
    case 'disabled':
      return {
        word: 'disabled',
        icon: 'error',
        color: 'charts.red',
        note: 'Modal has disabled this app; its page in the dashboard says why.',
      };
    case 'unknown':
      return {
        word: 'unknown state',
        icon: 'question',
        note: 'Modal tells a state that this version does not know. An update may help.',
      };
    default:
      return assertNever(state);
  }
}
