/** What the rest of the extension uses of health; all else is its own. */
export { healthCommands } from './ui/healthCommands.ts';
export type { HealthNeeds } from './ui/needs.ts';
