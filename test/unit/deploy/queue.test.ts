import { describe, expect, it } from 'vitest';
import { KeyedQueue } from '../../../src/features/deploy/core/queue.ts';

describe('deploys of one app', () => {
  it('run one after the other, in their order; those of others do not wait', async () => {
    const queue = new KeyedQueue();
    const seen: string[] = [];
    const gates = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const job = (name: string, gate?: Promise<undefined>) => async () => {
      seen.push(`${name} begins`);
      await gate;
      seen.push(`${name} ends`);
    };
    const first = queue.run('a', job('first', gates[0]!.promise));
    const second = queue.run('a', job('second', gates[1]!.promise));
    await queue.run('b', job('other'));
    expect(seen).toEqual(['first begins', 'other begins', 'other ends']);
    expect(queue.isBusy('a')).toBe(true);
    gates[0]!.resolve(undefined);
    await first;
    gates[1]!.resolve(undefined);
    await second;
    expect(seen.slice(3)).toEqual(['first ends', 'second begins', 'second ends']);
    await Promise.resolve();
    expect(queue.isBusy('a')).toBe(false);
  });

  it('wait also when the one before began to run before they came', async () => {
    const queue = new KeyedQueue();
    const gate = Promise.withResolvers<undefined>();
    const seen: string[] = [];
    const first = queue.run('a', () => Promise.resolve(seen.push('first')));
    const second = queue.run('a', () => {
      seen.push('second begins');
      return gate.promise.then(() => seen.push('second ends'));
    });
    await first;
    await new Promise(setImmediate); // the first has left the queue
    const third = queue.run('a', () => Promise.resolve(seen.push('third')));
    await new Promise(setImmediate);
    gate.resolve(undefined);
    await Promise.all([second, third]);
    expect(seen).toEqual(['first', 'second begins', 'second ends', 'third']);
  });

  it('go on after one that failed', async () => {
    const queue = new KeyedQueue();
    const failing = queue.run('a', () => Promise.reject(new Error('no')));
    const next = queue.run('a', () => Promise.resolve('yes'));
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });

  it('end with their job once they have begun: a cancel then does not leave it behind', async () => {
    const queue = new KeyedQueue();
    const first = queue.run('a', () => Promise.resolve('first'));
    const begun = Promise.withResolvers<undefined>();
    const gate = Promise.withResolvers<string>();
    const abort = new AbortController();
    const second = queue.run(
      'a',
      () => {
        begun.resolve(undefined);
        return gate.promise;
      },
      abort.signal,
    );
    await first;
    await begun.promise;
    abort.abort();
    gate.resolve('published all the same');
    expect(await second).toBe('published all the same');
  });

  it('are not started when they are cancelled while they wait, and end at once', async () => {
    const queue = new KeyedQueue();
    const gate = Promise.withResolvers<undefined>();
    const first = queue.run('a', () => gate.promise);
    const abort = new AbortController();
    let started = false;
    const second = queue.run('a', () => Promise.resolve((started = true)), abort.signal);
    abort.abort();
    await expect(second).rejects.toMatchObject({ kind: 'cancelled' });
    gate.resolve(undefined);
    await first;
    expect(await queue.run('a', () => Promise.resolve('third'))).toBe('third');
    expect(started).toBe(false);
  });
});
