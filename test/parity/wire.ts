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
}

/** Told for each value that is read from an answer: the call, and the way to the value. */
export type Watcher = (call: string, way: readonly string[]) => void;

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
    if (refusal) return Promise.reject(refusal);
    if (this.replayed) return this.#replay(call, request);
    const answer = live();
    if (isStream(answer)) return this.#noteStream(call, request, answer);
    return (answer as Promise<unknown>).then((value) => {
      this.notes?.push({ call, request, answer: value, isStream: false });
      return value;
    });
  }

  #replay(call: string, request: unknown): unknown {
    const key = keyOf(call, request);
    const noted = this.replayed?.find((each) => keyOf(each.call, each.request) === key);
    if (!noted) return Promise.reject(new Error(`${key} was not noted.`));
    const seen = (value: unknown) => watched(value, call, [], this.watcher);
    if (!noted.isStream) return Promise.resolve(seen(noted.answer));
    return (async function* () {
      for (const each of noted.answer as readonly unknown[]) yield await Promise.resolve(seen(each));
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

function keyOf(call: string, request: unknown): string {
  return `${call} ${JSON.stringify(request)}`;
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function watched(
  value: unknown,
  call: string,
  way: readonly string[],
  watcher: Watcher | undefined,
): unknown {
  if (!watcher || typeof value !== 'object' || value === null || value instanceof Date) return value;
  return new Proxy(value, {
    get: (target, key) => {
      const inner: unknown = Reflect.get(target, key);
      if (typeof key === 'symbol' || typeof inner === 'function' || key === 'length') return inner;
      watcher(call, [...way, key]);
      return watched(inner, call, [...way, key], watcher);
    },
  });
}
