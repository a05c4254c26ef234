import { describe, expect, it, vi } from 'vitest';
import type { Container } from '../../../src/domain/app.ts';
import { ModalError } from '../../../src/domain/errors.ts';
import type { ErrorKind } from '../../../src/domain/errors.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { ControlPlane } from '../../../src/modal/controlPlane.ts';
import { ContainerGpus } from '../../../src/store/containerGpus.ts';
import { EnvironmentTurns, wholeTurns } from '../../../src/store/environmentTurns.ts';
import { FailureMemory } from '../../../src/store/failureMemory.ts';

const minute = 60_000;
const signal = new AbortController().signal;

describe('a failure', () => {
  it('puts the next try off longer each time, up to a quarter of an hour', () => {
    let now = 0;
    const memory = new FailureMemory(() => now);
    const pauses: number[] = [];
    for (let time = 0; time < 8; time++) {
      memory.note('ap-1', 'unexpected');
      const failedAt = now;
      while (!memory.isDue('ap-1')) now += 1000;
      pauses.push((now - failedAt) / 1000);
    }
    expect(pauses).toEqual([30, 60, 120, 240, 480, 900, 900, 900]);
  });

  it.each([1, -1])(
    'waits by a clock that nobody sets, also when that of the machine jumps by %i day',
    (days) => {
      const memory = new FailureMemory();
      const turns = new EnvironmentTurns();
      const environments = [{ name: 'dev', isDefault: false, runningContainers: 0, runningGpus: 0 }];
      memory.note('ap-1', 'unexpected');
      turns.noteListed(wholeTurns(environments));
      const real = performance.now.bind(performance);
      const wall = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + days * 24 * 60 * minute);
      const due = () => [memory.isDue('ap-1'), turns.choose(environments, '').length > 0];
      const before = due();
      const steady = vi.spyOn(performance, 'now').mockImplementation(() => real() + minute);
      const after = due();
      wall.mockRestore();
      steady.mockRestore();
      expect([before, after]).toEqual([
        [false, false],
        [true, true],
      ]);
    },
  );

  it('is forgotten when the thing is another, when it was read, and when it has gone', () => {
    const memory = new FailureMemory(() => 0);
    memory.note('ap-1', 'unexpected', 'v1');
    expect([memory.isDue('ap-1', 'v1'), memory.isDue('ap-1', 'v2')]).toEqual([false, true]);
    memory.forget('ap-1');
    expect(memory.isDue('ap-1', 'v1')).toBe(true);
    memory.note('ap-1', 'unsupported', 'v1');
    memory.keepOnly(new Set(['ap-2']));
    expect(memory.isDue('ap-1', 'v1')).toBe(true);
  });

  it('of a call that the server does not have is for good', () => {
    let now = 0;
    const memory = new FailureMemory(() => now);
    memory.note('ap-1', 'unsupported');
    now = 365 * 24 * 60 * minute;
    expect(memory.isDue('ap-1')).toBe(false);
  });
});

describe('GPUs of containers that cannot be read', () => {
  const containers: Container[] = Array.from({ length: 60 }, (_, at) => ({ id: `ta-${at}`, appId: 'ap-1' }));

  /** Calls in an hour of refreshes, ten seconds apart. */
  async function callsInAnHour(kind: ErrorKind): Promise<Map<string, number>> {
    let now = 0;
    const calls = new Map<string, number>();
    const plane = {
      containerGpu: (id: string) => {
        calls.set(id, (calls.get(id) ?? 0) + 1);
        return Promise.reject(new ModalError(kind, 'no'));
      },
    } as unknown as ControlPlane;
    const gpus = new ContainerGpus(silentLogger, () => now);
    for (; now < 60 * minute; now += 10_000) await gpus.read(plane, gpus.addTo(containers), signal);
    return calls;
  }

  it('are asked for a few times an hour, and the others get their turn', async () => {
    const calls = await callsInAnHour('unexpected');
    expect(calls.size).toBe(60);
    expect(Math.max(...calls.values())).toBeLessThanOrEqual(9);
  });

  it('are not asked for again where the server does not tell', async () => {
    const calls = await callsInAnHour('unsupported');
    expect([...calls.values()].reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(8);
  });
});
