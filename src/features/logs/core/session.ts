import { Emitter } from '../../../shared/emitter.ts';
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
  /** How many tries there were since it broke. */
  readonly attempt?: number;
}

/** What a session is besides its entries. */
export interface SessionTraits {
  readonly kind?: 'followed' | 'range' | 'output' | 'merged';
  /** The app whose log it is. */
  readonly app?: { readonly id: string; readonly name: string };
  /** Ends the pause before the next try. */
  readonly tryNow?: () => void;
  /** Forgets what is held, so that it can be loaded again; absent = it cannot. */
  readonly clear?: () => void;
  /** The logs that a merged one has, and which of them a row came from, counted from 0. */
  readonly streams?: readonly LogSession[];
  readonly streamOf?: (row: number) => number | undefined;
  /** A log is followed again: it takes the place of the merged one of the same id, if there is one. */
  readonly replaceStream?: (fresh: LogSession) => void;
}

/** One titled source of log entries: an app that is followed, the output of a deploy, or several of them together. */
export class LogSession {
  readonly id: string;
  readonly title: string;
  readonly buffer: LogBuffer;
  readonly traits: SessionTraits;
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
    traits: SessionTraits = {},
  ) {
    this.id = id;
    this.title = title;
    this.#status = status;
    this.#stop = stop;
    this.buffer = buffer;
    this.traits = traits;
  }

  get status(): SessionStatus {
    return this.#status;
  }

  setStatus(status: SessionStatus): void {
    this.#status = status;
    this.#statusChanged.fire(status);
  }

  clear(): void {
    if (this.traits.clear) this.traits.clear();
    else this.buffer.clear();
  }

  /** Tells those who have merged it that no more will come. */
  dispose(): void {
    this.#stop();
    if (!this.#status.ended) this.setStatus({ ...this.#status, bad: false, ended: true });
    this.#statusChanged.dispose();
  }
}
