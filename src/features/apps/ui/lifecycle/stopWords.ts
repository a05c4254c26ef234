import type { App, ModalFunction } from '../../../../domain/app.ts';
import type { Rates } from '../../../../domain/cost.ts';
import { pluralOf } from '../../../../shared/format.ts';
import { gpuLines } from '../costWords.ts';

/** What the question before a stop says, one fact a line. */
export function stopLines(app: App, functions: readonly ModalFunction[], rates: Rates): string[] {
  const endpoints = functions.flatMap((fn) => fn.endpoints);
  return [
    app.runningContainers !== 0
      ? `${pluralOf(app.runningContainers, 'running container')} will stop, along with any requests in progress. Billing ends.`
      : 'No containers are running, so nothing is billed now.',
    ...gpuLines(functions, rates),
    ...(endpoints.length > 0
      ? [`No longer reachable: ${endpoints.map(({ url }) => url.replace(/^https?:\/\//, '')).join(', ')}`]
      : []),
    lastLine(app),
  ];
}

function lastLine({ state }: App): string {
  switch (state) {
    case 'ephemeral':
      return 'It belongs to a running "modal run" or "modal serve" command, which ends too. Run that command again to bring it back.';
    case 'detached':
      return "This detached run can't be resumed. Its progress will be lost.";
    default:
      return "A stopped app can't be restarted; deploy it again instead.";
  }
}
