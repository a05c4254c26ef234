/** What is said of money: each price by what it is made of, and no price where a part of it is not known. */
import { describe, expect, it } from 'vitest';
import type { Container, ModalFunction } from '../../../src/domain/app.ts';
import type { Rates } from '../../../src/domain/cost.ts';
import { datedRates, gpuUsdPerHour } from '../../../src/domain/cost.ts';
import { loadUnits, seenUsd, worstCaseUsd } from '../../../src/features/loadTest/core/loadCost.ts';
import type { RunningCost } from '../../../src/domain/runningCost.ts';
import {
  costOfApp,
  costOfSandboxes,
  costWords,
  nothingRuns,
  runningCount,
  spokenPrice,
  sumOfCosts,
} from '../../../src/domain/runningCost.ts';
import { sandboxUsdPerHour } from '../../../src/domain/sandbox.ts';
import { serverUsdPerHour } from '../../../src/domain/server.ts';
import { emptySnapshot } from '../../../src/store/snapshot.ts';
import { changeLines } from '../../../src/features/apps/ui/lifecycle/autoscalerWords.ts';
import { gpuLines, nameOf } from '../../../src/features/apps/ui/costWords.ts';
import { wakeCost } from '../../../src/features/requests/ui/wakeCost.ts';
import { runningBadge } from '../../../src/features/apps/ui/appBadge.ts';
import { appOf, endpointOf } from '../support/apps.ts';
import { sandboxOf } from '../support/running.ts';
import { formatUsd, priceSource } from '../../../src/domain/priceText.ts';

const fnOf = (gpus: ModalFunction['gpus'], tag = 'web', id = 'fu-1'): ModalFunction => ({
  ...{ id, tag, kind: 'function', endpoints: [] },
  gpus,
});
const containerOf = (gpu: string | undefined, startedAt?: number): Container => ({
  ...{ id: 'ta-1', appId: 'ap-1', enqueuedAt: 1 },
  ...(gpu === undefined ? {} : { gpu }),
  ...(startedAt === undefined ? {} : { startedAt }),
});
const without = (...keys: string[]): Rates => ({
  ...datedRates,
  usdPerHour: Object.fromEntries(
    Object.entries(datedRates.usdPerHour).filter(([key]) => !keys.includes(key)),
  ),
});

describe('an hour of a GPU', () => {
  it.each([
    ['T4', 0.59],
    ['A10G', 1.1],
    ['A100', 2.1],
    ['A100-80GB:2', 5],
    ['H100!:8', 31.6],
    ['H100:9', undefined],
  ])('of %s costs %d dollars', (gpu, usd) => {
    const price = gpuUsdPerHour(gpu, datedRates);
    expect(price && Number(price.toFixed(4))).toBe(usd);
  });

  it('has no price where its rate is not in the table', () => {
    expect(gpuUsdPerHour('T4', without('gpu_hour_cost_t4'))).toBeUndefined();
  });
});

describe('what runs', () => {
  it('costs its GPUs and sandboxes, and counts what has no known price', () => {
    const containers = [containerOf('A10'), containerOf('T4:2'), containerOf(''), containerOf('Z9')];
    const { count, usd, unknown } = costOfApp(appOf({}), containers, [sandboxOf()], datedRates);
    expect([count, usd.toFixed(2), unknown]).toEqual([5, (1.1 + 2 * 0.59 + 1.17).toFixed(2), 2]);
  });

  it('is as many as the app counts itself, where its list is shorter', () => {
    const app = appOf({ runningContainers: 3 });
    expect(costOfApp(app, [containerOf('A10')], [], datedRates)).toEqual({ count: 3, usd: 1.1, unknown: 2 });
    expect(costOfApp(appOf({ runningContainers: undefined }), [], [], datedRates)).toEqual(nothingRuns);
  });

  it('adds up', () => {
    const one: RunningCost = { count: 2, usd: 1.5, unknown: 1 };
    expect(sumOfCosts([one, { count: 1, usd: 0.25, unknown: 0 }])).toEqual({
      count: 3,
      usd: 1.75,
      unknown: 1,
    });
    expect(sumOfCosts([])).toEqual(nothingRuns);
    const { count, unknown } = costOfSandboxes([sandboxOf(), sandboxOf({ gpu: undefined })], datedRates);
    expect([count, unknown]).toEqual([2, 1]);
  });

  it.each<readonly [RunningCost, string]>([
    [nothingRuns, ''],
    [{ count: 1, usd: 0, unknown: 1 }, 'price unknown'],
    [{ count: 1, usd: 2.2, unknown: 0 }, '$2.20/h'],
    [{ count: 2, usd: 2.2, unknown: 1 }, 'more than $2.20/h'],
  ])('%j reads "%s"', (cost, words) => {
    expect(costWords(cost)).toBe(words);
  });

  it('has a price that can be read aloud', () => {
    expect(spokenPrice('more than $2.20/h')).toBe('more than $2.20 per hour');
  });

  it('is counted by whoever counts more, and not at all where the app does not tell', () => {
    const listed = [containerOf('A10', 5), containerOf('A10')];
    expect(runningCount(appOf({ runningContainers: 1 }), listed, [sandboxOf()])).toBe(2);
    expect(runningCount(appOf({ runningContainers: 1 }), listed, [sandboxOf({ state: 'starting' })])).toBe(1);
    expect(runningCount(appOf({ runningContainers: 9 }), listed, [])).toBe(9);
    expect(runningCount(appOf({ runningContainers: undefined }), listed, [])).toBeUndefined();
  });

  it('is said to cost more than its sum while the GPU of a container is not known', () => {
    const snapshot = { ...emptySnapshot, apps: [appOf({ runningContainers: 2 })] };
    const badge = (second: string | undefined) =>
      runningBadge({ ...snapshot, containers: [containerOf('A10'), containerOf(second)] }, datedRates)
        ?.tooltip;
    expect(badge('')).toBe('2 containers running, 1 with GPU: about $1.10/h');
    expect(badge(undefined)).toBe('2 containers running, 1 with GPU: more than $1.10/h');
  });
});

describe('an hour of a sandbox or a server', () => {
  it.each([
    [{ gpu: '', cores: 2, memoryGib: 4 }, 2 * 0.1419 + 4 * 0.024],
    [{ gpu: 'T4', cores: 1, memoryGib: 1 }, 0.59 + 0.1419 + 0.024],
    [{ gpu: undefined, cores: 1, memoryGib: 1 }, undefined],
    [{ gpu: 'Z9', cores: 1, memoryGib: 1 }, undefined],
    [{ gpu: '', cores: undefined, memoryGib: 1 }, undefined],
    [{ gpu: '', cores: 1, memoryGib: undefined }, undefined],
  ])('of a sandbox with %j is %s', (asked, usd) => {
    expect(sandboxUsdPerHour(asked, datedRates)?.toFixed(6)).toBe(usd?.toFixed(6));
  });

  it.each(['cpu_hour_cost_sandbox', 'mem_gib_hour_cost_sandbox'])(
    'of a sandbox is unknown without %s',
    (key) => {
      expect(sandboxUsdPerHour({ gpu: '', cores: 1, memoryGib: 1 }, without(key))).toBeUndefined();
    },
  );

  it('of a server has cores and memory once they are known, and is unknown without its GPU', () => {
    const info = { region: '', sessioned: false, cores: 2, memoryGib: 4 };
    const rest = 2 * 0.0473 + 4 * 0.008;
    const of = (gpus: ModalFunction['gpus'], given: typeof info | undefined = info, rates = datedRates) =>
      serverUsdPerHour({ gpus }, given, rates)?.toFixed(6);
    expect(of(['L4'])).toBe((0.8 + rest).toFixed(6));
    expect(serverUsdPerHour({ gpus: ['L4'] }, undefined, datedRates)).toBe(0.8);
    expect(of([])).toBe(rest.toFixed(6));
    expect(serverUsdPerHour({ gpus: [] }, undefined, datedRates)).toBeUndefined();
    expect(of(undefined)).toBeUndefined();
    expect(of(['Z9'])).toBeUndefined();
    for (const key of ['cpu_hour_cost', 'mem_gib_hour_cost'])
      expect(of([], info, without(key))).toBeUndefined();
  });
});

describe('what a request would start', () => {
  const cost = (gpus: ModalFunction['gpus'], runningContainers = 0, rates = datedRates) => {
    const details = new Map([
      ['ap-1', { appId: 'ap-1', functions: [fnOf(['H100'], 'other', 'fu-9'), fnOf(gpus)] }],
    ]);
    const snapshot = { ...emptySnapshot, apps: [appOf({ runningContainers })], details };
    return wakeCost({ app: appOf({ runningContainers: 0 }), endpoint: endpointOf() }, snapshot, rates);
  };

  it('is the first choice of the GPU with its price, or without one that is not known', () => {
    expect(cost(['A10', 'H100'])).toBe('A10, $1.10/h');
    expect(cost(['Z9'])).toBe('Z9');
  });

  it('is nothing to ask about without a GPU, or when a container runs by now', () => {
    expect(cost([])).toBe('');
    expect(cost(['A10'], 1)).toBe('');
  });

  it('may be a GPU where Modal does not tell', () => {
    expect(cost(undefined)).toBe("may use a GPU, which Modal doesn't report");
  });

  it('may be a GPU where the functions of the app were not read, unless a container runs', () => {
    const unread = (runningContainers: number) => {
      const snapshot = { ...emptySnapshot, apps: [appOf({ runningContainers })] };
      return wakeCost({ app: appOf(), endpoint: endpointOf() }, snapshot, datedRates);
    };
    expect(unread(0)).toBe('may use a GPU: the functions of this app are unknown');
    expect(unread(1)).toBe('');
  });
});

describe('a question about GPUs', () => {
  it('has a line for each of them, with memory by its number, and names functions that it knows nothing of', () => {
    const functions = [
      ...[fnOf(['T4:2'], 'Small.*'), fnOf(['A10', 'L4'], 'either'), fnOf(['Z9'], 'new')],
      ...[fnOf([], 'cpu'), fnOf(undefined, 'secretive'), fnOf(undefined, 'Hidden.*')],
    ];
    const source = '(price of 2026-10-04, before credits)';
    expect(gpuLines(functions, datedRates)).toEqual([
      `GPU: T4:2 (32 GB), $1.18/h for each running container of Small ${source}`,
      `GPU: A10 or L4, $1.10/h for each running container of either ${source}`,
      `GPU: Z9, price unknown for each running container of new ${source}`,
      "GPU: Modal doesn't report it for secretive, Hidden, so the price is unknown.",
    ]);
    expect(nameOf(fnOf([], 'a.*'))).toBe('a');
  });

  it('tells live prices from those of a table', () => {
    expect(priceSource({ ...datedRates, source: 'live' })).toBe('live price, before credits');
    expect(priceSource(datedRates)).toBe('price of 2026-10-04, before credits');
  });
});

describe('containers that are kept', () => {
  const none = { minContainers: 0, maxContainers: 0, bufferContainers: 0, scaledownWindow: 60 };
  const lines = (gpus: ModalFunction['gpus'], minContainers: number, rates = datedRates) =>
    changeLines(fnOf(gpus), none, { ...none, minContainers }, rates).join('\n');

  it('cost their GPU all day, or what is not known', () => {
    expect(lines(['A10'], 2)).toContain('2 × A10 at $1.10/h = $2.20/h, $52.80 a day (price of 2026-10-04');
    expect(lines(['Z9'], 1)).toContain('1 × Z9, price unknown. Billed continuously.');
    expect(lines(undefined, 1)).toContain("Modal doesn't report the GPU, so the price is unknown.");
    expect(lines(['A10'], 0)).toContain('idle time costs nothing');
  });

  it('without a GPU cost cores and memory, and never nothing where their price is not known', () => {
    expect(lines([], 1)).toContain('$0.0473/h per core and $0.008/h per GiB');
    expect(lines([], 1, without('cpu_hour_cost', 'mem_gib_hour_cost'))).toContain(
      'an unknown price per core and an unknown price per GiB',
    );
  });
});

describe('a load test', () => {
  const autoscaler = { minContainers: 0, maxContainers: 4, bufferContainers: 0, scaledownWindow: 60 };
  const unit = (functions: ModalFunction[], changes = {}, concurrency = 10) =>
    loadUnits(functions, 'fu-1', new Map([['fu-1', { ...autoscaler, ...changes }]]), concurrency, datedRates);

  it('counts a function whose GPU is not told, and not those without one that do not answer', () => {
    const others = [fnOf([], 'cpu', 'fu-2'), fnOf(undefined, 'untold', 'fu-3')];
    expect(unit([fnOf(['T4']), ...others]).map(({ fn }) => fn.id)).toEqual(['fu-1', 'fu-3']);
  });

  it('says "its limit" only where the limit of the function is what counts', () => {
    expect(unit([fnOf(['T4'])])).toMatchObject([{ containers: 4, limited: true, scaledownSeconds: 60 }]);
    expect(unit([fnOf(['T4'])], {}, 3)).toMatchObject([{ containers: 3, limited: false }]);
    expect(unit([fnOf(['T4'])], { maxContainers: 0 })).toMatchObject([{ containers: 10, limited: false }]);
  });

  it('lets other functions take all that they may, however few requests are open', () => {
    const worker = fnOf(['T4'], 'worker', 'fu-2');
    const units = loadUnits(
      [worker],
      'fu-1',
      new Map([['fu-2', { ...autoscaler, maxContainers: 50 }]]),
      2,
      datedRates,
    );
    expect(units).toMatchObject([{ containers: 50, limited: true }]);
    expect(loadUnits([worker], 'fu-1', new Map(), 2, datedRates)).toMatchObject([
      { containers: 2, limited: false, scaledownSeconds: 60 },
    ]);
  });

  it('has no worst case when one of its prices is unknown, wherever it stands', () => {
    const [known] = unit([fnOf(['T4'])]);
    const [unknown] = unit([fnOf(['T4', 'Z9'])]);
    expect(worstCaseUsd([known!], 3540)?.toFixed(4)).toBe((4 * 0.59).toFixed(4));
    expect(worstCaseUsd([known!, unknown!], 60)).toBeUndefined();
    expect(worstCaseUsd([unknown!, known!], 60)).toBeUndefined();
  });

  it('has cost what was seen of each GPU, and an unknown sum with one that has no price', () => {
    const rates = without('mem_gib_hour_cost');
    expect(
      seenUsd(
        new Map([
          ['T4', 3600],
          ['', 3600],
        ]),
        datedRates,
      )?.toFixed(4),
    ).toBe('0.6453');
    expect(
      seenUsd(
        new Map([
          ['Z9', 1],
          ['T4', 1],
        ]),
        datedRates,
      ),
    ).toBeUndefined();
    expect(seenUsd(new Map([['', 1]]), rates)).toBeUndefined();
    expect(seenUsd(new Map([['', 1]]), without('cpu_hour_cost'))).toBeUndefined();
  });

  it('shows a sum at the edge of each form as the larger one does', () => {
    expect([0.0001, 0.09996, 0.1].map(formatUsd)).toEqual(['$0.0001', '$0.10', '$0.10']);
  });
});
