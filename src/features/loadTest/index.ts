/** What the rest of the extension uses of loadTest; all else is its own. */
export { loadTestCommands } from './ui/loadTestCommands.ts';
export type { LoadTestNeeds } from './ui/needs.ts';
