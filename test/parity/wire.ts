/**
 * What lies between our control plane and the npm SDK in this suite: it notes each call with its answer, and can answer
 * from its notes, so that hundreds of wrong answers are tried within seconds. The official clients never pass here.
 */

export interface Noted {
  readonly call: string;
  readonly request: unknown;
  /** Of a stream, all that it sent. */
  readonly answer: unknown;
  readonly isStream: boolean;
  /** With which it failed instead. */
  readonly failure?: Error;
}

/** Told for each value that is read from an answer: which, and the way to the value. */
export type Watcher = (noted: Noted, way: readonly string[]) => void;

type Rpc = Readonly<Record<string, (request: unknown, options: unknown) => unknown>>;

class Wire {
  /** Where calls are noted; absent: nowhere. */
  notes: Noted[] | undefined;
  /** What calls are answered with instead of by the server. */
  replayed: readonly Noted[] | undefined;
  watcher: Watcher | undefined;
  /** Fails a call before it is answered, e.g. as an older server would. */
  refuse: ((call: string) => Error | undefined) | undefined;

  around(rpc: Rpc): Rpc {
    return new Proxy(rpc, {
      get: (target, name: string) => {
        const call = Reflect.get(target, name) as Rpc[string] | undefined;
        if (typeof call !== 'function') return call;
        return (request: unknown, options: unknown) =>
          this.#ask(name, request, () => call.call(target, request, options));
      },
    });
  }

  #ask(call: string, request: unknown, live: () => unknown): unknown {
    const refusal = this.refuse?.(call);
    if (refusal) return failing(refusal, call);
    if (this.replayed) return this.#replay(call, request);
    const answer = live();
    if (isStream(answer)) return this.#noteStream(call, request, answer);
    return this.#note(call, request, answer as Promise<unknown>);
  }

  async #note(call: string, request: unknown, answer: Promise<unknown>): Promise<unknown> {
    try {
      const value = await answer;
      this.notes?.push({ call, request, answer: value, isStream: false });
      return value;
    } catch (error) {
      this.notes?.push({ call, request, answer: {}, isStream: false, failure: error as Error });
      throw error;
    }
  }

  #replay(call: string, request: unknown): unknown {
    const key = keyOf(call, request);
    const noted = this.replayed?.find((each) => keyOf(each.call, each.request) === key);
    if (!noted) return failing(new Error(`${key} was not noted.`), call);
    if (noted.failure) return failing(noted.failure, call);
    const seen = (value: unknown, way: readonly string[]) => watched(value, noted, way, this.watcher);
    if (!noted.isStream) return Promise.resolve(seen(noted.answer, []));
    return (async function* () {
      for (const [at, each] of (noted.answer as readonly unknown[]).entries())
        yield await Promise.resolve(seen(each, [String(at)]));
    })();
  }

  async *#noteStream(call: string, request: unknown, stream: AsyncIterable<unknown>): AsyncIterable<unknown> {
    const sent: unknown[] = [];
    this.notes?.push({ call, request, answer: sent, isStream: true });
    for await (const each of stream) {
      sent.push(each);
      yield each;
    }
  }
}

export const wire = new Wire();

/** Without the moment up to which a first page is asked for, which is the present one. */
export function keyOf(call: string, request: unknown): string {
  return `${call} ${JSON.stringify(request, (name, value: unknown) => (name === 'createdBefore' ? '' : value))}`;
}

/** As a call fails: at once, or when the first of its stream is asked for. */
function failing(error: Error, call: string): unknown {
  if (call !== 'appGetLogs') return Promise.reject(error);
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) };
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function watched(
  value: unknown,
  noted: Noted,
  way: readonly string[],
  watcher: Watcher | undefined,
): unknown {
  if (!watcher || typeof value !== 'object' || value === null || value instanceof Date) return value;
  return new Proxy(value, {
    get: (target, key) => {
      const inner: unknown = Reflect.get(target, key);
      if (typeof key === 'symbol' || typeof inner === 'function' || key === 'length') return inner;
      watcher(noted, [...way, key]);
      return watched(inner, noted, [...way, key], watcher);
    },
  });
}
