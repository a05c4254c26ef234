import { setImmediate as settle } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { SingleFlight } from '../../../src/store/singleFlight.ts';

describe('a shared run', () => {
  it('is abandoned only when the last of those who wait for it has left', async () => {
    const abandoned: boolean[] = [];
    const open = Promise.withResolvers<undefined>();
    const flight = new SingleFlight(async (signal) => {
      await open.promise;
      await settle();
      abandoned.push(signal.aborted);
    });
    const [one, two] = [new AbortController(), new AbortController()];
    const runs = [flight.run(), flight.run(one.signal), flight.run(two.signal)];
    one.abort();
    open.resolve(undefined);
    await Promise.all(runs);
    expect(abandoned).toEqual([false, false]);
    const last = flight.run(two.signal);
    two.abort();
    await last;
    expect(abandoned).toEqual([false, false, true]);
  });

  it('tells a failure to all who wait, and runs again after it', async () => {
    const outcomes = [() => Promise.reject(new Error('no')), () => Promise.resolve()];
    const flight = new SingleFlight(() => outcomes.shift()!());
    const [first, second] = [flight.run(), flight.run()];
    const ends = [first, second].map((run) => run.then(() => 'worked', String));
    const hangs = new Promise((resolve) => setTimeout(resolve, 3000, 'hangs').unref());
    expect(await Promise.race([Promise.all(ends), hangs])).toEqual(['Error: no', 'worked']);
  });

  it('does not begin for somebody who has left before', async () => {
    let runs = 0;
    const open = Promise.withResolvers<undefined>();
    const flight = new SingleFlight(() => {
      runs++;
      return open.promise;
    });
    const leaving = new AbortController();
    const first = flight.run();
    const second = flight.run(leaving.signal);
    leaving.abort();
    open.resolve(undefined);
    await Promise.all([first, second]);
    expect(runs).toBe(1);
  });
});
