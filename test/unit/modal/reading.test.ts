/** How answers of Modal are read; what the official clients read in the same answers is compared in `test/parity`. */
import { expect, it } from 'vitest';
import { silentLogger } from '../../../src/shared/logger.ts';
import { leastResources } from '../../../src/domain/sandbox.ts';
import { FieldChecks } from '../../../src/modal/fieldChecks.ts';
import { toContainers } from '../../../src/modal/lists.ts';
import { OutputLines } from '../../../src/modal/outputLines.ts';
import { toServerInfo, toServerStats } from '../../../src/modal/servers.ts';

const checks = new FieldChecks(silentLogger, 'https://api.modal.com');

type Tasks = Parameters<typeof toContainers>[0];

const containerOf = (startedAt: number) => {
  const task = { taskId: 'ta-1', appId: 'ap-1', startedAt, enqueuedAt: 1_700_000_000 };
  return toContainers([task] as unknown as Tasks, checks)[0];
};

it('a container that has not started is told apart from one whose start cannot be read', () => {
  expect(containerOf(0)).not.toHaveProperty('startUnknown');
  expect(containerOf(0)).not.toHaveProperty('startedAt');
  expect(containerOf(-7)).toMatchObject({ startUnknown: true });
  expect(containerOf(1_700_000_000)).toMatchObject({ startedAt: 1_700_000_000_000 });
  expect(containerOf(1_700_000_000)).not.toHaveProperty('startUnknown');
});

const serverOf = (milliCpu: number, memoryMb: number) =>
  toServerInfo(
    {
      httpConfig: { port: 8000, proxyRegions: ['us-east'], unauthenticated: false },
      rankedFunctions: [
        { rank: 1, function: { resources: { milliCpu: 1, memoryMb: 1 } } },
        { rank: 0, function: { resources: { milliCpu, memoryMb } } },
      ],
      isSessioned: true,
    } as unknown as Parameters<typeof toServerInfo>[0],
    checks,
  );

it('a server that asks for nothing gets the least that Modal charges, and else what its first choice asks for', () => {
  expect(serverOf(0, 0)).toMatchObject(leastResources);
  expect(serverOf(2500, 3072)).toMatchObject({ cores: 2.5, memoryGib: 3 });
  expect(serverOf(0, 0)).toMatchObject({ requiresProxyAuth: true, sessioned: true, region: 'us-east' });
});

it('latencies are those of their percentile, in the unit that Modal names', () => {
  const stats = (unit: string) =>
    toServerStats(
      {
        requestCount: 3,
        containerTotalCount: 1,
        requestCountByStatusCode: [{ statusCode: 200, count: 3 }],
        requestPercentileStats: {
          'Request latency (s)': {
            unit,
            percentiles: [
              { percentileBasisPoints: 9500, value: 0.25 },
              { percentileBasisPoints: 5000, value: 0.125 },
            ],
          },
        },
      } as unknown as Parameters<typeof toServerStats>[0],
      checks,
    ).latency;
  expect(stats('seconds')).toEqual({ p50: 125, p95: 250 });
  expect(stats('ms')).toEqual({ p50: 0.125, p95: 0.25 });
  expect(stats('fortnights')).toBeUndefined();
});

it('a long line after others is passed on in pieces before it ends', () => {
  const lines: string[] = [];
  const joiner = new OutputLines((line) => lines.push(line));
  joiner.push(Buffer.from(`first\n${'x'.repeat(600 * 1024)}`));
  expect(lines.map(({ length }) => length)).toEqual([5, 256 * 1024, 256 * 1024]);
});
