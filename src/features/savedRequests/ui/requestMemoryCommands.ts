import { commands } from '../../../contributions.ts';
import type { CommandsOf } from '../../../editor/command.ts';
import type { RequestMemory } from './requestMemory.ts';

/** What is saved of requests, and what can be done with it. */
export function requestMemoryCommands(
  memory: RequestMemory,
): CommandsOf<
  | 'showRequestHistory'
  | 'clearRequestHistory'
  | 'saveRequest'
  | 'openSavedRequest'
  | 'copyRequestAs'
  | 'compareAnswers'
  | 'sendFromFile'
  | 'selectHttpEnvironment'
> {
  return {
    [commands.showRequestHistory]: async () => (await memory.load()).showHistory(),
    [commands.clearRequestHistory]: async () => (await memory.load()).clearHistory(),
    [commands.saveRequest]: async () => (await memory.load()).askPanel('save'),
    [commands.openSavedRequest]: async () => (await memory.load()).openSaved(),
    [commands.copyRequestAs]: async () => (await memory.load()).askPanel('copyAs'),
    [commands.compareAnswers]: async () => (await memory.load()).compareWithPrevious(),
    [commands.sendFromFile]: async (place) => (await memory.load()).sendFromFile(place),
    [commands.selectHttpEnvironment]: async () => (await memory.load()).selectEnvironment(),
  };
}
