import type { CallRegistry } from './callRegistry.ts';
import type { LogTarget } from '../logs/logsController.ts';

/** What a request panel asks the rest of the extension to do. */
export interface RequestActions {
  readonly showLogs: (target: LogTarget) => void;
  readonly deploy: () => void;
  /** Where the calls that are sent are noted. */
  readonly calls: CallRegistry;
}
