/** What the rest of the extension uses of account; all else is its own. */
export { accountCommands } from './ui/accountCommands.ts';
export { CliFinder } from './ui/cliFinder.ts';
export { findCli } from './ui/findCli.ts';
export type { AccountNeeds } from './ui/needs.ts';
export { StatusItem } from './ui/statusItem.ts';
export { effectiveEnvironment } from './ui/statusLook.ts';
export { watchProfileFile } from './ui/watchProfileFile.ts';
