import { Emitter } from '../domain/emitter.ts';
import { LogBuffer } from './logBuffer.ts';

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

/** One titled source of log entries: an app that is followed, or the output of a deploy. */
export class LogSession {
  readonly id: string;
  readonly title: string;
  readonly buffer: LogBuffer;
  readonly #statusChanged = new Emitter<SessionStatus>();
  readonly #stop: () => void;
  #status: SessionStatus;

  readonly onDidChangeStatus = this.#statusChanged.event;

  constructor(
    id: string,
    title: string,
    status: SessionStatus,
    stop: () => void = () => undefined,
    buffer = new LogBuffer(),
  ) {
    this.id = id;
    this.title = title;
    this.#status = status;
    this.#stop = stop;
    this.buffer = buffer;
  }

  get status(): SessionStatus {
    return this.#status;
  }

  setStatus(status: SessionStatus): void {
    this.#status = status;
    this.#statusChanged.fire(status);
  }

  dispose(): void {
    this.#stop();
    this.#statusChanged.dispose();
  }
}
