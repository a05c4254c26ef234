import { randomUUID } from 'node:crypto';
import type { JournalEntry } from '../../deploy/core/index.ts';
import { thisOwner } from '../../deploy/core/index.ts';
import type { CommandListener, ScriptPlan } from '../core/running/scriptProcess.ts';
import type { WorkspaceNeeds } from './needs.ts';

/** Notes a serve or run, so that other windows leave it alone and a later one can end what this one may leave behind. */
export class RunJournal {
  readonly id = randomUUID();
  readonly #services: Pick<WorkspaceNeeds, 'journal' | 'logger'>;
  #entry: JournalEntry | undefined;

  constructor(services: Pick<WorkspaceNeeds, 'journal' | 'logger'>) {
    this.#services = services;
  }

  /** @throws as the control plane does */
  async begin(plan: ScriptPlan, title: string, account: Promise<string>): Promise<CommandListener> {
    const { kind, script, runnable, environment, app } = plan;
    this.#entry = {
      id: this.id,
      kind,
      runnable,
      account: await account,
      title,
      appName: app?.name ?? '',
      environment,
      target: { kind: 'script', script, ...(app ? { variable: app.variable } : {}) },
      startedAt: Date.now(),
      owner: await thisOwner(),
    };
    return { onStart: (pid) => this.#note({ pid }), onApp: (appId) => this.#note({ appId }) };
  }

  /** The command has ended, and its app with it. Never rejects. */
  async end(): Promise<void> {
    await this.#services.journal.remove(this.id).catch((error: unknown) => this.#warn(error));
  }

  #note(facts: Partial<JournalEntry>): void {
    if (!this.#entry) return;
    this.#entry = { ...this.#entry, ...facts };
    this.#services.journal.write(this.#entry).catch((error: unknown) => this.#warn(error));
  }

  #warn(error: unknown): void {
    this.#services.logger.warn(`Could not record a serve session or run for other windows: ${String(error)}`);
  }
}
