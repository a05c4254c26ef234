/** What the rest of the extension uses of logs; all else is its own. */
export { logsCommands } from './ui/logsCommands.ts';
export type { LogTarget, OutputSink } from './ui/logsController.ts';
export { LogsController } from './ui/logsController.ts';
export type { LogsNeeds } from './ui/needs.ts';
