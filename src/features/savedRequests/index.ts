/** What the rest of the extension uses of savedRequests; all else is its own. */
export { HttpLanguage } from './ui/httpLanguage.ts';
export { RequestMemory } from './ui/requestMemory.ts';
export { requestMemoryCommands } from './ui/requestMemoryCommands.ts';
