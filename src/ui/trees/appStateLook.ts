import type { AppState } from '../../domain/app.ts';
import { assertNever } from '../../domain/errors.ts';

export interface StateLook {
  readonly word: string;
  readonly icon: string;
  readonly color?: string;
}

/** How each app state reads and looks; the word carries the meaning, colour only helps. */
export function appStateLook(state: AppState): StateLook {
  switch (state) {
    case 'deployed':
      return { word: 'deployed', icon: 'cloud', color: 'charts.green' };
    case 'ephemeral':
      return { word: 'running', icon: 'debug-start', color: 'charts.blue' };
    case 'detached':
      return { word: 'running detached', icon: 'debug-start', color: 'charts.blue' };
    case 'initializing':
      return { word: 'starting', icon: 'loading~spin' };
    case 'stopping':
      return { word: 'stopping', icon: 'loading~spin' };
    case 'stopped':
      return { word: 'stopped', icon: 'circle-slash', color: 'disabledForeground' };
    case 'disabled':
      return { word: 'disabled', icon: 'circle-slash', color: 'charts.red' };
    case 'unknown':
      return { word: 'unknown state', icon: 'question' };
    default:
      return assertNever(state);
  }
}
