import type { Logger } from '../../../shared/logger.ts';
import type { AppCommand } from './appCommand.ts';
import type { DeployJournal, JournalEntry } from './journal.ts';
import { thisOwner } from './owner.ts';

/** What is known of a command before it starts. */
export type JournalFacts = Pick<
  JournalEntry,
  'kind' | 'runnable' | 'account' | 'title' | 'appName' | 'environment' | 'target'
>;

interface NoteServices {
  readonly journal: Pick<DeployJournal, 'write' | 'remove'>;
  readonly logger: Logger;
}

/** Notes a command while it runs, so that other windows leave it alone and a later one can end what it may leave behind. */
export class JournalNote {
  readonly #command: AppCommand;
  readonly #services: NoteServices;

  constructor(command: AppCommand, services: NoteServices) {
    this.#command = command;
    this.#services = services;
  }

  /** From the moment at which the CLI runs. */
  async begin(facts: JournalFacts): Promise<void> {
    const owner = await thisOwner();
    let entry: JournalEntry | undefined;
    const note = (more: Partial<JournalEntry>) => {
      entry = { ...(entry ?? { id: this.#command.id, ...facts, owner, startedAt: Date.now() }), ...more };
      this.#services.journal.write(entry).catch((error: unknown) => this.#warn(error));
    };
    this.#command.onStart((start) => note(start));
    this.#command.onApp((appId) => note({ appId }));
  }

  /** The command has ended. Never rejects. */
  async end(): Promise<void> {
    await this.#services.journal.remove(this.#command.id).catch((error: unknown) => this.#warn(error));
  }

  #warn(error: unknown): void {
    this.#services.logger.warn(
      `A deploy, serve or run could not be noted for other windows: ${String(error)}`,
    );
  }
}
