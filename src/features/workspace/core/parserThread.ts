import { Worker } from 'node:worker_threads';
import type { Disposable } from '../../../shared/emitter.ts';

/** Files that people write take a hundredth of it, also where the judge of syntax has to be loaded. */
const limitMs = 10_000;
/** The thread ends when nothing was read for so long. */
const idleMs = 30_000;

interface Job<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** Reads Python in a thread of its own, one file after the other. One that takes too long is given up. */
export class ParserThread<Question, Answer> implements Disposable {
  readonly #workerFile: string | URL;
  readonly #tooLong: Answer;
  readonly #limitMs: number;
  readonly #jobs: Job<Question, Answer>[] = [];
  #worker: Worker | undefined;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param workerFile a worker that posts one answer for each message, or its bundle
   * @param tooLong the answer for a file that is given up
   */
  constructor(workerFile: string | URL, tooLong: Answer, limit = limitMs) {
    this.#workerFile = workerFile;
    this.#tooLong = tooLong;
    this.#limitMs = limit;
  }

  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#jobs.push({ question, resolve, reject });
      if (this.#jobs.length === 1) this.#next();
    });
  }

  dispose(): void {
    this.#end();
    const error = new Error('Scripts are no longer being read.');
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
  #start(job: Job<Question, Answer>): void {
    const worker = new Worker(this.#workerFile, { env: {}, execArgv: [] });
    this.#worker = worker;
    worker.once('online', () => this.#give(worker, job));
    worker.on('message', (answer: Answer) => this.#finish(({ resolve }) => resolve(answer)));
    worker.on('error', (error: Error) => {
      this.#end();
      this.#finish(({ reject }) => reject(error));
    });
    worker.unref();
  }

  #give(worker: Worker, { question }: Job<Question, Answer>): void {
    worker.postMessage(question);
    this.#timer = setTimeout(() => {
      this.#end();
      this.#finish(({ resolve }) => resolve(this.#tooLong));
    }, this.#limitMs);
  }

  #finish(settle: (job: Job<Question, Answer>) => void): void {
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
