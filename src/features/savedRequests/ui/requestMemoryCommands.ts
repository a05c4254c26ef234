import { commands } from '../../../contributions.ts';
import type { CommandTable } from '../../../commands/command.ts';
import type { RequestMemory } from './requestMemory.ts';

type MemoryCommand =
  | 'showRequestHistory'
  | 'clearRequestHistory'
  | 'saveRequest'
  | 'openSavedRequest'
  | 'copyRequestAs'
  | 'compareAnswers'
  | 'sendFromFile'
  | 'selectHttpEnvironment';

/** What is kept of requests, and what can be done with it. */
export function requestMemoryCommands(
  memory: RequestMemory,
): Pick<CommandTable, (typeof commands)[MemoryCommand]> {
  return {
    [commands.showRequestHistory]: {
      doing: 'Show request history',
      run: async () => (await memory.load()).showHistory(),
    },
    [commands.clearRequestHistory]: {
      doing: 'Clear request history',
      run: async () => (await memory.load()).clearHistory(),
    },
    [commands.saveRequest]: {
      doing: 'Save request',
      run: async () => (await memory.load()).askPanel('save'),
    },
    [commands.openSavedRequest]: {
      doing: 'Open saved request',
      run: async () => (await memory.load()).openSaved(),
    },
    [commands.copyRequestAs]: {
      doing: 'Copy request',
      run: async () => (await memory.load()).askPanel('copyAs'),
    },
    [commands.compareAnswers]: {
      doing: 'Compare answers',
      run: async () => (await memory.load()).compareWithPrevious(),
    },
    [commands.sendFromFile]: {
      doing: 'Send request',
      run: async (argument) => (await memory.load()).sendFromFile(argument),
    },
    [commands.selectHttpEnvironment]: {
      doing: 'Select variables',
      run: async () => (await memory.load()).selectEnvironment(),
    },
  };
}
