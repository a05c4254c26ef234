import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ModalError } from '../../../src/domain/errors.ts';
import type { LogBatch } from '../../../src/domain/log.ts';
import { entryText } from '../../../src/domain/logEntry.ts';
import { LogFollower } from '../../../src/features/logs/core/follower.ts';
import type { Resume } from './followKit.ts';
import { chunksOf, follow, server } from './followKit.ts';
import { batchOf, chunk, cutAt, done } from './support.ts';

describe('following', () => {
  const texts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\r', '\ud83d', '\ude00') }), {
    maxLength: 40,
  });
  const breaks = fc.array(fc.nat(8), { maxLength: 10 });
  const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 7 });

  it.each<Resume>(['resumes', 'repeats', 'refuses', 'forgetful', 'staleIds', 'someIds'])(
    'gives every chunk once and in order, wherever streams break: a server that %s',
    async (resume) => {
      await fc.assert(
        fc.asyncProperty(texts, breaks, sizes, async (written, cuts, batchSizes) => {
          const chunks = chunksOf(written);
          const whole = await follow(server(chunks));
          const broken = await follow(server(chunks, { resume, breaks: cuts, sizes: batchSizes }));
          expect(broken.chunks).toEqual(chunks);
          expect(broken.lines).toEqual(whole.lines);
        }),
        { numRuns: 150 },
      );
    },
  );

  it('does so for any text, cut anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.array(fc.nat(300), { maxLength: 20 }),
        breaks,
        async (text, places, cuts) => {
          const pieces = cutAt(text, places).filter(Boolean);
          const chunks = chunksOf(pieces).map((each) => ({ ...each, containerId: 'ta-1' }));
          const broken = await follow(server(chunks, { breaks: cuts }));
          expect(broken.chunks.map((each) => each.text).join('')).toBe(text);
        },
      ),
    );
  });

  it('fills the gap of a server that goes on with what is new', async () => {
    const chunks = chunksOf(Array.from({ length: 40 }, (_, at) => `${at}\n`));
    const { open, fetch } = server(chunks, { resume: 'fromNow', breaks: [2, 3, 1], grows: 6 });
    const { lines, marks } = await follow({ open, fetch });
    expect(lines).toEqual(chunks.map((each) => each.text.trim()));
    expect(marks.filter(({ event }) => event === 'resumed').map(({ missing }) => missing)).toEqual([0, 0, 0]);
  });

  it('says so when a gap cannot be filled', async () => {
    const chunks = chunksOf(Array.from({ length: 40 }, (_, at) => `${at}\n`));
    const { open } = server(chunks, { resume: 'fromNow', breaks: [2, 3], grows: 6 });
    const fetch = () => Promise.reject(new ModalError('unsupported', 'no past here'));
    const { marks } = await follow({ open, fetch });
    const resumed = marks.filter(({ event }) => event === 'resumed');
    expect(resumed).toMatchObject([{ bad: true }, { bad: true }]);
    expect(resumed[0]).not.toHaveProperty('missing');
  });

  it('leaves out repeats of a log that is longer than its memory', async () => {
    const chunks = chunksOf(Array.from({ length: 500 }, (_, at) => `${at}\n`));
    const { open, fetch } = server(chunks, { resume: 'repeats', breaks: [300, 400, 450], sizes: [1] });
    const followed = await follow({ open, fetch, remembered: 100 });
    expect(followed.chunks).toEqual(chunks);
  });

  it('keeps lines that are the same but for their time, or not even that', async () => {
    const same = [4, 5, 5, 6, 6, 6].map((time) => chunk('same\n', { time, stamp: `${time}` }));
    const { chunks } = await follow(server(same, { resume: 'resumes', breaks: [2, 1, 1, 1] }));
    expect(chunks).toEqual(same);
  });

  it('follows a server whose clock jumps', async () => {
    const times = [100, 101, 5000, 5001, 60, 61, 62, 5002];
    const chunks = times.map((time, at) => chunk(`${at}\n`, { time, stamp: `${time}${at}` }));
    for (const resume of ['resumes', 'repeats', 'refuses'] as const)
      for (let cut = 0; cut <= chunks.length; cut++) {
        const followed = await follow(server(chunks, { resume, breaks: [cut, 2, cut] }));
        expect(followed.chunks.map(({ text }) => text)).toEqual(chunks.map(({ text }) => text));
      }
  });

  it('resumes after the last batch and shows where it broke and went on', async () => {
    let now = 0;
    const { open, asked } = server(chunksOf(['a\n', 'b\n', 'c\n']), { breaks: [2] });
    const { entries, states } = await follow({
      open,
      now: () => now,
      sleep: (milliseconds) => Promise.resolve(void (now += milliseconds)),
    });
    expect(asked).toEqual(['', '2']);
    expect(entries.map(entryText)).toEqual([
      'a',
      'b',
      'Connection lost: cut',
      'Reconnected after 500 ms. No lines were lost.',
      'c',
    ]);
    expect(entries[3]).toMatchObject({ event: 'resumed', lastedMs: 500, missing: 0, bad: false });
    expect(states.map(({ kind }) => kind)).toEqual(['connecting', 'live', 'broken', 'live', 'ended']);
  });

  it.each([
    ['set back by an hour', -3_600_000, 500, '500 ms'],
    ['that went on while the computer slept', 3_600_000, 3_600_500, '1 h'],
  ])('tells how long a break lasted beside a clock %s', async (_, jump, lastedMs, words) => {
    const start = Date.UTC(2026, 0, 1);
    let steady = 7;
    let jumped = 0;
    const { open } = server(chunksOf(['a\n', 'b\n']), { breaks: [1] });
    const { marks } = await follow({
      open,
      now: () => start + steady + jumped,
      steady: () => steady,
      sleep: (milliseconds) => {
        steady += milliseconds;
        jumped = jump;
        return Promise.resolve();
      },
    });
    expect(marks[1]).toMatchObject({ event: 'resumed', lastedMs });
    expect(marks[1]?.text).toContain(`after ${words}`);
  });

  it('says nothing of a silence before a break that came before the first answer', async () => {
    let isFirst = true;
    const { open } = server(chunksOf(['a\n']));
    const { marks } = await follow({
      open,
      now: () => Date.UTC(2026, 0, 1),
      connect: () => {
        if (!isFirst) return Promise.resolve();
        isFirst = false;
        return Promise.reject(new ModalError('offline', 'cut'));
      },
    });
    expect(marks.map(({ text }) => text)).toEqual([
      'Connection lost: cut',
      'Reconnected after 0 s. No lines were lost.',
    ]);
  });

  it('waits while no container runs, and is live while one does', async () => {
    const { states } = await follow(
      server([
        chunk('', { phase: 'queued', time: 1 }),
        chunk('up\n', { time: 2 }),
        chunk('', { phase: 'finished', time: 3 }),
        chunk('late line\n', { time: 4 }),
        chunk('up\n', { time: 5, containerId: 'ta-2' }),
      ]),
    );
    expect(states.map(({ kind }) => kind)).toEqual(['connecting', 'live', 'waiting', 'live', 'ended']);
  });
});

describe('a stream that cannot go on', () => {
  it('is tried again ever later, up to half a minute', async () => {
    const { pauses, marks } = await follow(
      server(chunksOf(['x\n']), { breaks: [0, 0, 0, 0, 0, 0, 0, 0, 0] }),
    );
    expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
    expect(marks.map(({ event }) => event)).toEqual(['broke', 'resumed']);
  });

  it('is tried again soon after a minute of health', async () => {
    let now = 0;
    const streams = [0, 0, 0, 59_000, 61_000, 0];
    const { pauses } = await follow({
      now: () => now,
      // eslint-disable-next-line @typescript-eslint/require-await -- a stream is asynchronous by its type
      open: async function* () {
        const lived = streams.shift();
        if (lived === undefined) {
          yield done;
          return;
        }
        if (lived > 0) yield batchOf('1', chunk('x\n'));
        now += lived;
        throw new ModalError('offline', 'cut');
      },
    });
    expect(pauses).toEqual([500, 1000, 2000, 4000, 500, 1000]);
  });

  it.each(['notFound', 'unauthenticated', 'forbidden', 'invalid'] as const)(
    'is given up when trying again cannot help: %s',
    async (kind) => {
      const { states, pauses } = await follow({
        // eslint-disable-next-line @typescript-eslint/require-await -- it fails before the first batch
        open: async function* () {
          throw new ModalError(kind, 'App not found');
        },
      });
      expect(states.at(-1)).toEqual({ kind: 'ended', reason: 'App not found', refused: true });
      expect(pauses).toEqual([]);
    },
  );

  it('goes on after a refusal of what was asked, where it had worked before', async () => {
    let opened = 0;
    const { states, lines } = await follow({
      open: async function* () {
        opened++;
        await Promise.resolve();
        if (opened === 1) {
          yield batchOf('', chunk('before\n', { time: 1 }));
          throw new ModalError('offline', 'cut');
        }
        if (opened === 2) throw new ModalError('invalid', 'for a moment');
        yield batchOf('', chunk('after\n', { time: 2 }));
        yield done;
      },
    });
    expect(states.at(-1)).toEqual({ kind: 'ended', reason: 'The app has ended.', refused: false });
    expect(lines).toEqual(['before', 'after']);
  });

  it('shows a line once too often rather than never, where the past cannot be asked', async () => {
    let opened = 0;
    const { states, lines } = await follow({
      open: async function* () {
        opened++;
        await Promise.resolve();
        yield batchOf(String(opened), chunk('same\n', { time: 5 }));
        if (opened === 1) throw new ModalError('offline', 'cut');
        yield done;
      },
      fetch: () => Promise.reject(new ModalError('unsupported', 'no past')),
    });
    expect(states.at(-1)).toMatchObject({ kind: 'ended', refused: false });
    expect(lines).toEqual(['same', 'same']);
  });

  it('does not hammer a server that ends every stream at once', async () => {
    let opened = 0;
    const { pauses, states } = await follow({
      // eslint-disable-next-line @typescript-eslint/require-await -- a stream is asynchronous by its type
      open: async function* () {
        if (++opened > 3) yield done;
      },
    });
    expect(pauses).toEqual([500, 1000, 2000]);
    expect(states.filter(({ kind }) => kind === 'broken')).toEqual([]);
  });

  it('goes on when the server cancels it', async () => {
    const { open } = server(chunksOf(['a\n', 'b\n']));
    let first = true;
    const { lines } = await follow({
      open: async function* (...call) {
        if (first) {
          first = false;
          throw new ModalError('cancelled', 'by the server');
        }
        yield* open(...call);
      },
    });
    expect(lines).toEqual(['a', 'b']);
  });
});

describe('time', () => {
  afterEach(() => void vi.useRealTimers());

  it('makes a silent stream count as standing, and stopping ends every wait', async () => {
    vi.useFakeTimers();
    const states: string[] = [];
    let streams = 0;
    const follower = new LogFollower({
      query: { appId: 'ap-1' },

      open: async function* (_query, _last, _seconds, signal): AsyncGenerator<LogBatch> {
        if (++streams === 1)
          await new Promise((_, reject) => setTimeout(() => reject(new ModalError('offline', 'cut')), 5000));
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
      sink: { push: () => undefined, mark: () => undefined, flush: () => undefined },
      onState: ({ kind }) => states.push(kind),
      random: () => 0,
    });
    const run = follower.run();
    await vi.advanceTimersByTimeAsync(2999);
    expect(states).toEqual(['connecting']);
    await vi.advanceTimersByTimeAsync(1);
    expect(states).toEqual(['connecting', 'waiting']);
    await vi.advanceTimersByTimeAsync(2499);
    expect(states).toEqual(['connecting', 'waiting', 'broken']);
    expect(streams).toBe(1);
    await vi.advanceTimersByTimeAsync(1 + 3000);
    expect(states).toEqual(['connecting', 'waiting', 'broken', 'waiting']);
    follower.stop();
    await run;
    expect(states.at(-1)).toBe('ended');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not make a connection count as standing that is still being made', async () => {
    vi.useFakeTimers();
    const states: string[] = [];
    const marks: string[] = [];
    let tries = 0;
    const follower = new LogFollower({
      query: { appId: 'ap-1' },
      // Packets vanish: the server is there at first, then not, and at last again.
      connect: () =>
        new Promise((resolve, reject) => {
          const isThere = ++tries !== 2;
          const answer = () =>
            isThere ? resolve(undefined) : reject(new ModalError('offline', 'no answer'));
          setTimeout(answer, isThere ? 10 : 60_000);
        }),
      open: async function* (_query, _last, _seconds, signal): AsyncGenerator<LogBatch> {
        if (tries === 1) throw new ModalError('offline', 'cut');
        yield* [];
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
      sink: { push: () => undefined, mark: ({ event }) => marks.push(event), flush: () => undefined },
      onState: ({ kind }) => states.push(kind),
      random: () => 0,
    });
    const run = follower.run();
    await vi.advanceTimersByTimeAsync(50_000);
    expect(tries).toBe(2);
    expect(states).toEqual(['connecting', 'broken']);
    expect(marks).toEqual(['broke']);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(states).toEqual(['connecting', 'broken', 'broken', 'waiting']);
    expect(marks).toEqual(['broke', 'resumed']);
    follower.stop();
    await run;
    expect(vi.getTimerCount()).toBe(0);
  });

  /** A server that takes every stream and says nothing on it; `isMute` decides whether it answers anything else. */
  function followQuiet(isMute: () => boolean, startCut = false) {
    vi.useFakeTimers();
    const told: string[] = [];
    let streams = 0;
    let asked = 0;
    const follower = new LogFollower({
      query: { appId: 'ap-1' },
      open: async function* (_query, _last, _seconds, signal): AsyncGenerator<LogBatch> {
        if (startCut && ++streams === 1) {
          yield batchOf('1', chunk('one'));
          await new Promise((_, reject) =>
            setTimeout(() => reject(new ModalError('offline', 'cut')), 40_000),
          );
        }
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
      answers: () => {
        asked++;
        return new Promise((resolve, reject) => {
          if (isMute()) setTimeout(() => reject(new ModalError('timeout', 'no answer')), 10_000);
          else resolve(undefined);
        });
      },
      sink: {
        push: () => undefined,
        mark: ({ text }) => told.push(text),
        flush: () => undefined,
      },
      onState: ({ kind }) => told.push(kind),
      random: () => 0,
    });
    const run = follower.run();
    const end = async () => {
      follower.stop();
      await run;
      expect(vi.getTimerCount()).toBe(0);
    };
    return { told, end, asked: () => asked };
  }

  it('never calls a server live that takes the stream and answers nothing', async () => {
    const { told, end } = followQuiet(() => true);
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    expect(told).not.toContain('live');
    expect(told).not.toContain('waiting');
    expect(told.join()).not.toContain('No lines were lost');
    expect(told.filter((each) => each.startsWith('Connection lost'))).toHaveLength(1);
    await end();
  });

  it('calls a quiet one live when the server answers something else, and asks once', async () => {
    const { told, end, asked } = followQuiet(() => false);
    await vi.advanceTimersByTimeAsync(3000);
    expect(told).toEqual(['connecting', 'waiting']);
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    expect(asked()).toBe(1);
    await end();
  });

  it('tells a break once, for as long as the server was mute, and what was silent before it', async () => {
    let isMute = true;
    const { told, end } = followQuiet(() => isMute, true);
    await vi.advanceTimersByTimeAsync(100_000);
    isMute = false;
    await vi.advanceTimersByTimeAsync(60_000);
    const marks = told.filter((each) => each.includes(' '));
    expect(marks[0]).toBe('Connection lost: cut');
    expect(marks[1]).toMatch(
      /^Reconnected after 1 min \d+ s \(nothing had arrived for 40 s before that\)\. No lines were lost\.$/,
    );
    expect(marks).toHaveLength(2);
    await end();
  });
});
