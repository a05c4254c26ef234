import { Emitter } from '../domain/emitter.ts';
import type { LogEntry } from '../domain/logEntry.ts';
import { Ring } from './ring.ts';

/** What the viewer says about a session, in words. */
export interface SessionStatus {
  readonly words: string;
  readonly icon: string;
  readonly bad: boolean;
  /** No more will come. */
  readonly ended?: boolean;
  /** Unix milliseconds of the next try, while broken. */
  readonly nextTryAt?: number;
}

/** Lines held for each session; older ones are dropped. */
const mostEntries = 200_000;

/** One titled source of log entries: an app that is followed, or the output of a deploy. */
export class LogSession {
  readonly id: string;
  readonly title: string;
  readonly entries = new Ring<LogEntry>(mostEntries);
  readonly #changes = new Emitter<'entries' | 'status'>();
  readonly #stop: () => void;
  #status: SessionStatus;

  readonly onDidChange = this.#changes.event;

  constructor(id: string, title: string, status: SessionStatus, stop: () => void = () => undefined) {
    this.id = id;
    this.title = title;
    this.#status = status;
    this.#stop = stop;
  }

  get status(): SessionStatus {
    return this.#status;
  }

  append(entry: LogEntry): void {
    this.entries.push(entry);
    this.#changes.fire('entries');
  }

  setStatus(status: SessionStatus): void {
    this.#status = status;
    this.#changes.fire('status');
  }

  dispose(): void {
    this.#stop();
    this.#changes.dispose();
  }
}
