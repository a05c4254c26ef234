import { expect, it } from 'vitest';
import { AppCommand } from '../../../src/features/deploy/core/appCommand.ts';
import type { JournalEntry } from '../../../src/features/deploy/core/journal.ts';
import { JournalNote } from '../../../src/features/deploy/core/journalNote.ts';
import { thisOwner } from '../../../src/features/deploy/core/owner.ts';

/** A command that tells what a CLI would make it tell. */
class ToldCommand extends AppCommand {
  start = (pid: number, versionBefore: number) => this.started({ pid, versionBefore });
  app = (appId: string) => this.madeApp(appId);
}

const facts = {
  ...{ account: 'server|me', title: 'Demo', appName: 'demo', environment: 'main' },
  target: { kind: 'bundled', id: 'demo' },
} as const;

function noted() {
  const written: JournalEntry[] = [];
  const removed: string[] = [];
  const warned: string[] = [];
  const journal = {
    write: (entry: JournalEntry) => Promise.resolve(void written.push(entry)),
    remove: (id: string) => Promise.resolve(void removed.push(id)),
  };
  const command = new ToldCommand();
  const nothing = () => undefined;
  const warn = (text: string) => void warned.push(text);
  const logger = { trace: nothing, debug: nothing, info: nothing, error: nothing, warn };
  return { command, written, removed, warned, journal, logger };
}

it('a command is in the journal from the start of its CLI, with its app once that is made', async () => {
  const { command, written, removed, journal, logger } = noted();
  const note = new JournalNote(command, { journal, logger });
  await note.begin(facts);
  expect(written).toEqual([]);
  command.start(42, 3);
  command.app('ap-1');
  await note.end();
  const entry = {
    ...{ id: command.id, ...facts, owner: await thisOwner() },
    ...{ startedAt: expect.any(Number) as number, pid: 42, versionBefore: 3 },
  };
  expect(written).toEqual([entry, { ...entry, appId: 'ap-1' }]);
  expect(written[0]?.startedAt).toBe(written[1]?.startedAt);
  expect(removed).toEqual([command.id]);
});

it('a journal that cannot be written stops no command, and the log says so', async () => {
  const { command, warned, logger } = noted();
  const fails = () => Promise.reject(new Error('disk full'));
  const note = new JournalNote(command, { journal: { write: fails, remove: fails }, logger });
  await note.begin(facts);
  command.start(42, 3);
  await note.end();
  expect(warned).toEqual([
    expect.stringContaining('disk full') as string,
    expect.stringContaining('disk full') as string,
  ]);
});
