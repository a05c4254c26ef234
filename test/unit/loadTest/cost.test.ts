import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Container, ModalFunction } from '../../../src/domain/app.ts';
import { datedRates } from '../../../src/domain/cost.ts';
import {
  ContainerMeter,
  cpuUsdPerHour,
  loadUnits,
  seenUsd,
  worstCaseUsd,
} from '../../../src/features/loadTest/core/loadCost.ts';
import { defaultPlan, withAmount } from '../../../src/features/loadTest/core/limits.ts';
import { confirmationLines, seenCost } from '../../../src/features/loadTest/ui/loadWords.ts';
import { formatUsd } from '../../../src/domain/priceText.ts';

vi.mock('vscode', () => import('../support/editor.ts'));

const fn = (id: string, gpus: string[] = []): ModalFunction => ({
  id,
  tag: id,
  kind: 'function',
  gpus,
  endpoints: [],
});
const autoscaler = (maxContainers: number, more = {}) => ({
  minContainers: 0,
  maxContainers,
  bufferContainers: 0,
  scaledownWindow: 60,
  ...more,
});
const container = (id: string, gpu?: string): Container => ({
  id,
  appId: 'ap-1',
  enqueuedAt: 0,
  ...(gpu === undefined ? {} : { gpu }),
});

describe('the worst case', () => {
  it('takes the function that answers and all that have a GPU, each with its limit', () => {
    const functions = [fn('web'), fn('worker', ['A10', 'H100']), fn('cron')];
    const units = loadUnits(functions, 'web', new Map([['worker', autoscaler(3)]]), 20, datedRates);
    expect(units.map((unit) => [unit.fn.id, unit.containers, unit.limited])).toEqual([
      ['web', 20, false],
      ['worker', 3, true],
    ]);
    // The dearest of the choices: 3 H100 and 20 cores with a GiB each, for 300 s and 60 s of idling.
    const hours = 360 / 3600;
    expect(worstCaseUsd(units, 300)).toBeCloseTo((3 * 3.95 + 20 * (0.0473 + 0.008)) * hours, 6);
  });

  it('needs no more containers than open requests and buffers, but never less than the minimum', () => {
    const of = (values: object) =>
      loadUnits([fn('web', ['T4'])], 'web', new Map([['web', autoscaler(100, values)]]), 5, datedRates)[0]!;
    expect(of({}).containers).toBe(5);
    expect(of({ bufferContainers: 2 }).containers).toBe(7);
    expect(of({ minContainers: 9 })).toMatchObject({ containers: 9, limited: false });
  });

  it('is unknown where a price is, and says so', () => {
    const units = loadUnits([fn('web', ['Z9'])], 'web', new Map(), 5, datedRates);
    expect(worstCaseUsd(units, 60)).toBeUndefined();
    const lines = confirmationLines('GET /', defaultPlan, units, datedRates).join('\n');
    expect(lines).toContain('Cost limit: none');
    expect(lines).toContain(
      'Worst case: unknown, because a GPU price is unknown. The test stops after 5 min at the latest.',
    );
  });

  it('is said with request, GPU, containers and both limits', () => {
    const units = loadUnits([fn('web', ['A10'])], 'web', new Map([['web', autoscaler(2)]]), 10, datedRates);
    const plan = withAmount({ ...defaultPlan, costLimitUsd: 0.5 }, { kind: 'seconds', seconds: 120 });
    expect(confirmationLines('POST /go', plan, units, datedRates)).toEqual([
      'Request: POST /go, 2 min, 10 at a time',
      'GPU: A10 (24 GB), $1.10/h for each running container of web (price of 2026-10-04, before credits)',
      'Containers: up to 2 of web (its limit)',
      'Worst case: $0.11, if all of them run for the time limit of 2 min and then idle for 1 min',
      'Cost limit: the test stops when its containers have cost about $0.50.',
    ]);
  });

  it('says what is taken for a container without a GPU', () => {
    const units = loadUnits([fn('web')], 'web', new Map(), 10, datedRates);
    const lines = confirmationLines('GET /', defaultPlan, units, datedRates).join('\n');
    expect(lines).toMatch(/containers without a GPU count as one core and one GiB at \$0\.0553\/h/);
  });
});

describe('the cost that was seen', () => {
  it('is the seconds between two looks times the price of each container', () => {
    const meter = new ContainerMeter('A10');
    meter.look(1, [container('a', 'H100'), container('b')]);
    meter.look(3, [container('a', 'H100')]);
    meter.advance(13);
    meter.advance(13);
    expect([...meter.seconds]).toEqual([
      ['H100', 12],
      ['A10', 2],
    ]);
    expect(meter.most).toBe(2);
    expect(seenUsd(meter.seconds, datedRates)).toBeCloseTo((12 * 3.95 + 2 * 1.1) / 3600, 9);
    expect(seenCost(meter.seconds, meter.most, datedRates)).toMatchObject({
      containerSeconds: 14,
      basis: expect.stringMatching(
        /^Cost: about \$0\.0138\. .* at most 2 at once, 12 s on H100, 2 s on A10 in total/,
      ) as string,
    });
  });

  it('adds up to containers times time, however often it looks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1 }),
        fc.integer({ min: 0, max: 9 }),
        (pauses, count) => {
          const meter = new ContainerMeter('');
          const containers = Array.from({ length: count }, (_, at) => container(String(at), ''));
          let now = 0;
          for (const pause of pauses) meter.look((now += pause), containers);
          const seconds = now - pauses[0]!;
          expect(meter.seconds.get('') ?? 0).toBe(seconds * count);
          expect(seenUsd(meter.seconds, datedRates)).toBeCloseTo(
            (seconds * count * cpuUsdPerHour(datedRates)!) / 3600,
            9,
          );
        },
      ),
    );
  });

  it('claims nothing where no container was seen or a price is unknown', () => {
    expect(seenCost(new Map(), 0, datedRates)).toEqual({
      containerSeconds: 0,
      basis: 'Cost: no containers were observed.',
    });
    const unknown = seenCost(new Map([['Z9', 5]]), 1, datedRates);
    expect(unknown.usd).toBeUndefined();
    expect(unknown.basis).toContain('unknown, because a GPU price is unknown');
  });

  it('says what it takes for containers without a GPU only where there were some', () => {
    expect(seenCost(new Map([['', 5]]), 1, datedRates).basis).toContain(
      '5 s without a GPU in total (price of 2026-10-04, before credits; containers without a GPU count as one core and one GiB at',
    );
    expect(seenCost(new Map([['T4', 5]]), 1, datedRates).basis).not.toContain('without a GPU');
  });

  it('shows small sums as what they are', () => {
    expect([0, 0.00001, 0.0042, 0.5, 12].map(formatUsd)).toEqual([
      '$0.00',
      'less than $0.0001',
      '$0.0042',
      '$0.50',
      '$12.00',
    ]);
  });
});

it.each(['cpu_hour_cost', 'mem_gib_hour_cost'])(
  'of a container without a GPU is unknown without %s, never less',
  (name) => {
    const others = Object.entries(datedRates.usdPerHour).filter(([each]) => each !== name);
    const rates = { ...datedRates, usdPerHour: Object.fromEntries(others) };
    expect(cpuUsdPerHour(rates)).toBeUndefined();
    expect(seenUsd(new Map([['', 3600]]), rates)).toBeUndefined();
  },
);
