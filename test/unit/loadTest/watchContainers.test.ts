import { expect, it } from 'vitest';
import { ModalError } from '../../../src/domain/errors.ts';
import type { ContainerPoint } from '../../../src/domain/load.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { ContainerWatchOptions } from '../../../src/features/loadTest/core/watchContainers.ts';
import { watchContainers } from '../../../src/features/loadTest/core/watchContainers.ts';

const containers = Array.from({ length: 9 }, (_, at) => ({
  ...{ id: `ta-${at}`, appId: 'ap-1', enqueuedAt: 1 },
  ...(at < 6 ? { startedAt: 2 } : {}),
}));

async function look(changes: Partial<ContainerWatchOptions['plane']>, times = 1) {
  const abort = new AbortController();
  let lists = 0;
  const points: ContainerPoint[] = [];
  const gpus: (string | undefined)[][] = [];
  await watchContainers(
    {
      plane: {
        listContainers: () => {
          if (++lists > times + 2) abort.abort(); // looks are not told
          return Promise.resolve(containers);
        },
        containerGpu: () => Promise.resolve('T4'),
        functionStats: () => Promise.resolve({ backlog: 4, containers: 0, runningInputs: 0 }),
        ...changes,
      },
      ...{ environment: 'main', appId: 'ap-1', functionId: 'fu-1', logger: silentLogger, everyMs: 1 },
      onLook: (point, looked) => {
        points.push(point);
        gpus.push(looked.map(({ gpu }) => gpu));
        if (points.length === times) abort.abort();
      },
    },
    abort.signal,
  );
  return { points, gpus };
}

it('containers of a load test are told with the queue in front of them', async () => {
  const { points } = await look({});
  expect(points).toEqual([{ second: expect.any(Number) as number, running: 6, starting: 3, queued: 4 }]);
});

it('containers of a load test are told also where the server has no statistics', async () => {
  const functionStats = () => Promise.reject(new ModalError('unsupported', 'no'));
  const { points } = await look({ functionStats });
  expect(points).toEqual([{ second: expect.any(Number) as number, running: 6, starting: 3 }]);
});

it('eight GPUs are asked for in one look, and the rest in the next', async () => {
  const { gpus } = await look({}, 2);
  expect(gpus.map((each) => each.filter((gpu) => gpu === 'T4').length)).toEqual([8, 9]);
});
