import type { LoadError, LoadErrorKind, LoadPoint, LoadSnapshot } from '../../../domain/load.ts';
import { Histogram } from './histogram.ts';

/** What became of one request. Times are milliseconds since it was sent. */
export interface LoadAnswer {
  readonly status: number;
  readonly firstByte: number;
  readonly total: number;
  /** Received in bodies. */
  readonly bytes: number;
  /** Redirects of the long poll that were followed. */
  readonly polls: number;
  /** Begin of the body of a failure, to say what it was. */
  readonly text?: string;
  /** What the server says went wrong, where the status is a success. */
  readonly failure?: string;
}

export interface LoadFailure {
  readonly kind: Exclude<LoadErrorKind, 'http' | 'answer'>;
  readonly message: string;
}

const longestMessage = 500;
/** A server that says something else each time must not fill the memory. */
const mostKinds = 50;

/** Adds up a test in bounded memory, and cuts it into seconds. */
export class LoadStats {
  readonly #latency = new Histogram();
  readonly #firstByte = new Histogram();
  readonly #errors = new Map<string, LoadError>();
  readonly #second = new Histogram();
  #points: LoadPoint[] = [];
  #current = 0;
  #secondFailed = 0;
  #sent = 0;
  #ok = 0;
  #failed = 0;
  #unfinished = 0;
  #polls = 0;
  #bytes = 0;
  #answered = false;

  get sentCount(): number {
    return this.#sent;
  }

  /** Whether the server ever said anything. */
  get answered(): boolean {
    return this.#answered;
  }

  get failedCount(): number {
    return this.#failed;
  }

  send(): void {
    this.#sent++;
  }

  /** @param elapsed milliseconds since the start of the test */
  answer(answer: LoadAnswer, elapsed: number): void {
    this.#advance(elapsed);
    this.#answered = true;
    this.#polls += answer.polls;
    this.#bytes += answer.bytes;
    if (answer.status < 200 || answer.status > 299) {
      this.#fail('http', answer.status, answer.text ?? '');
      return;
    }
    if (answer.failure !== undefined) {
      this.#fail('answer', answer.status, answer.failure);
      return;
    }
    this.#ok++;
    this.#latency.add(answer.total);
    this.#firstByte.add(answer.firstByte);
    this.#second.add(answer.total);
  }

  /** @param elapsed milliseconds since the start of the test */
  failure({ kind, message }: LoadFailure, elapsed: number): void {
    this.#advance(elapsed);
    this.#fail(kind, 0, message);
  }

  /** The test ended before its answer. */
  abandon(): void {
    this.#unfinished++;
  }

  /** @param elapsed milliseconds since the start of the test */
  snapshot(elapsed: number, ended = false): LoadSnapshot {
    this.#advance(elapsed);
    // The last second is seldom a whole one; it is shown when it says something.
    if (ended && (this.#second.total > 0 || this.#secondFailed > 0)) this.#closeSecond();
    const points = this.#points;
    this.#points = [];
    const open = this.#sent - this.#ok - this.#failed - this.#unfinished;
    return {
      points,
      totals: {
        sent: this.#sent,
        ok: this.#ok,
        failed: this.#failed,
        unfinished: this.#unfinished,
        open,
        polls: this.#polls,
        bytes: this.#bytes,
        elapsed,
        latency: this.#latency.percentiles(),
        firstByte: this.#firstByte.percentiles(),
        errors: [...this.#errors.values()].sort((a, b) => b.count - a.count),
      },
    };
  }

  #fail(kind: LoadErrorKind, status: number, message: string): void {
    this.#failed++;
    this.#secondFailed++;
    const known = this.#errors.get(`${kind} ${status}`);
    const room = known !== undefined || this.#errors.size < mostKinds;
    this.#count(room ? { kind, status, first: message } : { kind: 'other', status: 0, first: message });
  }

  #count({ kind, status, first }: Omit<LoadError, 'count'>): void {
    const key = `${kind} ${status}`;
    const known = this.#errors.get(key);
    if (known) this.#errors.set(key, { ...known, count: known.count + 1 });
    else this.#errors.set(key, { kind, status, count: 1, first: first.slice(0, longestMessage) });
  }

  #advance(elapsed: number): void {
    while (Math.floor(elapsed / 1000) > this.#current) this.#closeSecond();
  }

  #closeSecond(): void {
    this.#current++;
    this.#points.push({
      second: this.#current,
      ok: this.#second.total,
      failed: this.#secondFailed,
      p50: this.#second.percentile(0.5),
      p95: this.#second.percentile(0.95),
    });
    this.#second.clear();
    this.#secondFailed = 0;
  }
}
