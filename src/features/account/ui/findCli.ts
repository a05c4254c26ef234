import { text } from '../../../shared/text.ts';
import type { ModalCli } from '../../../modal/cli.ts';
import { withSignal } from '../../../editor/withSignal.ts';
import type { AccountNeeds } from './needs.ts';

/** As the finder does it, for somebody who waits: a search that takes a while can be cancelled. */
export function findCli({ cli }: Pick<AccountNeeds, 'cli'>): Promise<ModalCli> {
  return withSignal(text`Looking for the Modal CLI…`, (signal) => cli.find(signal));
}
