import * as vscode from 'vscode';
import { commands } from '../../contributions.ts';
import type { CommandTable } from '../commands/command.ts';
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
  const { t } = vscode.l10n;
  return {
    [commands.showRequestHistory]: {
      doing: t('Show request history'),
      run: async () => (await memory.load()).showHistory(),
    },
    [commands.clearRequestHistory]: {
      doing: t('Clear request history'),
      run: async () => (await memory.load()).clearHistory(),
    },
    [commands.saveRequest]: {
      doing: t('Save request'),
      run: async () => (await memory.load()).askPanel('save'),
    },
    [commands.openSavedRequest]: {
      doing: t('Open saved request'),
      run: async () => (await memory.load()).openSaved(),
    },
    [commands.copyRequestAs]: {
      doing: t('Copy request'),
      run: async () => (await memory.load()).askPanel('copyAs'),
    },
    [commands.compareAnswers]: {
      doing: t('Compare answers'),
      run: async () => (await memory.load()).compareWithPrevious(),
    },
    [commands.sendFromFile]: {
      doing: t('Send request'),
      run: async (argument) => (await memory.load()).sendFromFile(argument),
    },
    [commands.selectHttpEnvironment]: {
      doing: t('Select variables'),
      run: async () => (await memory.load()).selectEnvironment(),
    },
  };
}
