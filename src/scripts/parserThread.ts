import { Worker } from 'node:worker_threads';
import type { Disposable } from '../domain/emitter.ts';
import type { ModuleReading } from './reading.ts';
import { emptyReading } from './reading.ts';

/** Files that people write take a hundredth of it, also where the judge of syntax has to be loaded. */
const limitMs = 10_000;
/** The thread ends when nothing was read for so long. */
const idleMs = 30_000;

const tooLong: ModuleReading = {
  ...emptyReading,
  problems: [
    {
      line: 1,
      column: 1,
      message: 'This file takes too long to read, so its apps are not shown. Move them to a smaller file.',
    },
  ],
};

interface Job {
  readonly text: string;
  readonly resolve: (script: ModuleReading) => void;
  readonly reject: (error: Error) => void;
}

/** Parses scripts in a thread of its own, one after the other. One that takes too long is given up. */
export class ParserThread implements Disposable {
  readonly #workerFile: string | URL;
  readonly #limitMs: number;
  readonly #jobs: Job[] = [];
  #worker: Worker | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param workerFile `parserWorker.ts` or its bundle */
  constructor(workerFile: string | URL, limit = limitMs) {
    this.#workerFile = workerFile;
    this.#limitMs = limit;
  }

  parse(text: string): Promise<ModuleReading> {
    return new Promise((resolve, reject) => {
      this.#jobs.push({ text, resolve, reject });
      if (this.#jobs.length === 1) this.#next();
    });
  }

  dispose(): void {
    this.#end();
    const error = new Error('The scripts are no longer read.');
    for (const { reject } of this.#jobs.splice(0)) reject(error);
  }

  #next(): void {
    clearTimeout(this.#timer);
    const [job] = this.#jobs;
    if (!job) {
      this.#timer = setTimeout(() => this.#end(), idleMs);
      this.#timer.unref();
      return;
    }
    const worker = this.#worker;
    if (worker) this.#give(worker, job);
    else this.#start(job);
  }

  /** The time of the start is not the file's. */
  #start(job: Job): void {
    const worker = new Worker(this.#workerFile, { env: {}, execArgv: [] });
    this.#worker = worker;
    worker.once('online', () => this.#give(worker, job));
    worker.on('message', (script: ModuleReading) => this.#finish(({ resolve }) => resolve(script)));
    worker.on('error', (error: Error) => {
      this.#end();
      this.#finish(({ reject }) => reject(error));
    });
    worker.unref();
  }

  #give(worker: Worker, { text }: Job): void {
    worker.postMessage(text);
    this.#timer = setTimeout(() => {
      this.#end();
      this.#finish(({ resolve }) => resolve(tooLong));
    }, this.#limitMs);
  }

  #finish(settle: (job: Job) => void): void {
    const job = this.#jobs.shift();
    if (job) settle(job);
    this.#next();
  }

  #end(): void {
    clearTimeout(this.#timer);
    const worker = this.#worker;
    this.#worker = undefined;
    worker?.removeAllListeners();
    // What it still says must reach nobody, also not as an error without a listener.
    worker?.on('error', () => undefined);
    void worker?.terminate();
  }
}
