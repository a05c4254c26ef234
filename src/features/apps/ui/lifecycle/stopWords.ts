import type { App, ModalFunction } from '../../../../domain/app.ts';
import type { Rates } from '../../../../domain/cost.ts';
import { pluralOf } from '../../../../shared/format.ts';
import { gpuLines } from '../costWords.ts';

/** What the question before a stop says, one fact a line. */
export function stopLines(app: App, functions: readonly ModalFunction[], rates: Rates): string[] {
  const endpoints = functions.flatMap((fn) => fn.endpoints);
  return [
    app.runningContainers !== 0
      ? `${pluralOf(app.runningContainers, 'running container')} will end, with any request in progress. Nothing is charged after that.`
      : 'No container is running, so it costs nothing now.',
    ...gpuLines(functions, rates),
    ...(endpoints.length > 0
      ? [`Stops answering: ${endpoints.map(({ url }) => url.replace(/^https?:\/\//, '')).join(', ')}`]
      : []),
    lastLine(app),
  ];
}

function lastLine({ state }: App): string {
  switch (state) {
    case 'ephemeral':
      return 'It belongs to a "modal run" or "modal serve" that is still going, which ends with it. Start that command again to bring it back.';
    case 'detached':
      return 'It is a detached run, and its work so far is lost. It cannot go on; run it again.';
    default:
      return 'A stopped app cannot be started again, only deployed anew.';
  }
}
