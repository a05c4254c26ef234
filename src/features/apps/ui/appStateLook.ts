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
        note: 'Ends when its modal run or modal serve command exits.',
      };
    case 'detached':
      return {
        word: 'detached run',
        icon: 'debug-start',
        color: 'charts.blue',
        note: 'Keeps running after modal run exits.',
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
        note: 'Modal has disabled this app. See its dashboard page for the reason.',
      };
    case 'unknown':
      return {
        word: 'unknown state',
        icon: 'question',
        note: 'Unknown state. Updating the extension may help.',
      };
    default:
      return assertNever(state);
  }
}
