import { beforeEach, describe, expect, it } from 'vitest';
import type { ReadOutcome, ReadReason } from '../../../src/store/refreshSchedule.ts';
import { RefreshSchedule } from '../../../src/store/refreshSchedule.ts';

const minute = 60_000;

/** A day of timers that passes at once. */
class Clock {
  time = 1_000_000;
  pending: { readonly at: number; readonly callback: () => void } | undefined;

  now(): number {
    return this.time;
  }

  set(callback: () => void, milliseconds: number): unknown {
    return (this.pending = { at: this.time + milliseconds, callback });
  }

  clear(handle: unknown): void {
    if (handle === this.pending) this.pending = undefined;
  }

  async pass(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    for (let next = this.pending; next && next.at <= end; next = this.pending) {
      this.pending = undefined;
      this.time = next.at;
      next.callback();
      await settle();
    }
    this.time = end;
  }
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

let clock: Clock;
let reads: { readonly at: number; readonly reason: ReadReason }[];
let outcome: ReadOutcome;
let schedule: RefreshSchedule;

beforeEach(() => {
  clock = new Clock();
  reads = [];
  outcome = 'news';
  schedule = new RefreshSchedule(
    (reason) => {
      reads.push({ at: clock.time, reason });
      return Promise.resolve(outcome);
    },
    () => 10_000,
    clock,
  );
});

async function show(): Promise<void> {
  schedule.setVisible(true);
  await settle();
}

/** Reads while the time passes. */
async function readsIn(milliseconds: number): Promise<number> {
  const before = reads.length;
  await clock.pass(milliseconds);
  return reads.length - before;
}

describe('what is looked at', () => {
  it('is read at once and then at the interval', async () => {
    await show();
    expect(reads.map(({ reason }) => reason)).toEqual(['asked']);
    expect(await readsIn(minute)).toBe(6);
    expect(reads.at(-1)?.reason).toBe('due');
  });

  it('is not read while hidden', async () => {
    await show();
    schedule.setVisible(false);
    expect(await readsIn(60 * minute)).toBe(0);
  });

  it('is not read in the background, however long, and at once when the window comes back', async () => {
    await show();
    schedule.setInFront(false);
    expect(await readsIn(24 * 60 * minute)).toBe(0);
    schedule.setInFront(true);
    expect(await readsIn(0)).toBe(1);
  });

  it('is not read twice because the window was left for a moment', async () => {
    await show();
    await clock.pass(4000);
    for (let at = 0; at < 20; at++) {
      schedule.setInFront(false);
      schedule.setInFront(true);
    }
    expect(await readsIn(5000)).toBe(0);
    expect(await readsIn(1000)).toBe(1);
  });

  it('is not read when it is shown in a window in the background', async () => {
    schedule.setInFront(false);
    await show();
    expect(await readsIn(minute)).toBe(0);
  });

  it('is read less often when nothing changes and nobody moves, and as before once somebody does', async () => {
    await show();
    outcome = 'same';
    await clock.pass(5 * minute);
    expect(await readsIn(60 * minute)).toBe(60);
    schedule.moved();
    expect(await readsIn(minute)).toBeGreaterThanOrEqual(6);
    outcome = 'news';
    await clock.pass(30 * minute);
    expect(await readsIn(minute)).toBe(6);
  });
});

describe('what cannot be read', () => {
  it('is asked for half as often each time, up to five minutes', async () => {
    outcome = 'failed';
    await show();
    await clock.pass(60 * minute);
    const gaps = reads.slice(1).map(({ at }, index) => (at - reads[index]!.at) / 1000);
    expect(gaps.slice(0, 6)).toEqual([20, 40, 80, 160, 300, 300]);
  });

  it('is looked for all the time when nothing answers, and found soon after it is back', async () => {
    outcome = 'unreachable';
    await show();
    await clock.pass(10 * minute);
    const gaps = reads.slice(1).map(({ at }, index) => (at - reads[index]!.at) / 1000);
    expect(gaps.slice(0, 6)).toEqual([1, 2, 4, 8, 10, 10]);
    expect(Math.max(...gaps)).toBe(10);
  });

  it('is read at once when the user does something while nothing answers', async () => {
    outcome = 'unreachable';
    await show();
    await clock.pass(10 * minute);
    await clock.pass(3000);
    schedule.moved();
    expect(await readsIn(0)).toBe(1);
  });
});

describe('a schedule that is disposed', () => {
  it('plans nothing any more, also when a read ends after that', async () => {
    schedule.setVisible(true);
    schedule.dispose();
    await settle();
    expect(clock.pending).toBeUndefined();
    await show();
    schedule.moved();
    expect(await readsIn(60 * minute)).toBe(0);
  });

  it('ends the pause that it is in', async () => {
    await show();
    expect(clock.pending).toBeDefined();
    schedule.dispose();
    expect(clock.pending).toBeUndefined();
  });
});
