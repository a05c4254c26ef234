/** What the rest of the extension uses of logs; all else is its own. */
export { logsCommands } from './ui/logsCommands.ts';
export type { LogTarget } from './core/logTarget.ts';
export type { OutputSink } from './ui/types.ts';
export { LogsController } from './ui/logsController.ts';
export type { LogsNeeds } from './ui/needs.ts';
