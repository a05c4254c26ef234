import type { LogQuery } from '../../../src/domain/log.ts';
import type { LogEntry, MarkEntry } from '../../../src/domain/logEntry.ts';
import type { EntrySink } from '../../../src/features/logs/core/entryBuilder.ts';
import { EntryBuilder, EntryList } from '../../../src/features/logs/core/entryBuilder.ts';
import type { FollowerOptions, FollowState } from '../../../src/features/logs/core/follower.ts';
import { LogFollower } from '../../../src/features/logs/core/follower.ts';
import type { ControlPlane } from '../../../src/modal/controlPlane.ts';

/** A log that is followed with the real parts, and all of its entries. */
export class FollowedLog {
  readonly states: FollowState[] = [];
  readonly run: Promise<void>;
  readonly #list = new EntryList();
  readonly #follower: LogFollower;
  #lines = 0;

  constructor(
    plane: ControlPlane,
    query: LogQuery,
    {
      onChange,
      ...options
    }: Partial<FollowerOptions> & { readonly onChange?: (log: FollowedLog) => void } = {},
  ) {
    const sink: EntrySink = {
      add: (entry) => {
        if (entry.kind === 'line') this.#lines++;
        const row = this.#list.add(entry);
        onChange?.(this);
        return row;
      },
      update: (row, entry) => {
        const isHeld = this.#list.update(row, entry);
        onChange?.(this);
        return isHeld;
      },
    };
    this.#follower = new LogFollower({
      query,
      open: (...call) => plane.streamLogs(...call),
      fetch: (...call) => plane.fetchLogs(...call),
      sink: new EntryBuilder(sink),
      onState: (state) => this.states.push(state),
      ...options,
    });
    this.run = this.#follower.run();
  }

  get entries(): readonly LogEntry[] {
    return this.#list.entries;
  }

  get lineCount(): number {
    return this.#lines;
  }

  get lines(): string[] {
    return this.entries.flatMap((entry) => (entry.kind === 'line' ? entry.text : []));
  }

  get marks(): MarkEntry[] {
    return this.entries.filter((entry): entry is MarkEntry => entry.kind === 'mark');
  }

  /** Asks it to end; `run` tells when it has. */
  stopSoon(): void {
    this.#follower.stop();
  }

  async stop(): Promise<void> {
    this.#follower.stop();
    await this.run;
  }
}
