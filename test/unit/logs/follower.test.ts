import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModalError } from '../../../src/domain/errors.ts';
import type { LogBatch } from '../../../src/domain/log.ts';
import type { LogEntry } from '../../../src/domain/logEntry.ts';
import type { FollowState, OpenStream } from '../../../src/logs/follower.ts';
import { LogFollower } from '../../../src/logs/follower.ts';

/** A server that holds batches, ends its app after the last, and breaks its streams where it is told to. */
function server(batches: readonly string[], breaks: readonly number[]) {
  const left = [...breaks];
  const asked: string[] = [];
  // eslint-disable-next-line @typescript-eslint/require-await -- a stream is asynchronous by its type
  const open: OpenStream = async function* (_query, lastEntryId) {
    asked.push(lastEntryId);
    const stop = left.shift();
    let sent = 0;
    for (let at = lastEntryId ? Number(lastEntryId) + 1 : 0; at < batches.length; at++) {
      if (sent++ === stop) throw new ModalError('offline', 'cut');
      yield batch(String(at), batches[at] ?? '');
    }
    yield { entryId: '', chunks: [], appDone: true };
  };
  return { open, asked };
}

const batch = (entryId: string, text: string): LogBatch => ({
  entryId,
  appDone: false,
  chunks: [{ entryId, time: 1, source: 'stdout', text, containerId: 'ta-1', functionId: '', callId: '' }],
});

async function follow(open: OpenStream) {
  const entries: LogEntry[] = [];
  const states: FollowState[] = [];
  const pauses: number[] = [];
  const follower = new LogFollower({
    query: { appId: 'ap-1' },
    open,
    onEntry: (entry) => entries.push(entry),
    onState: (state) => states.push(state),
    now: () => 0,
    random: () => 0,
    sleep: (milliseconds) => Promise.resolve(void pauses.push(milliseconds)),
  });
  await follower.run();
  return {
    entries,
    states,
    pauses,
    lines: entries.flatMap((entry) => (entry.kind === 'line' ? entry.text : [])),
  };
}

describe('following', () => {
  it('loses and repeats nothing, wherever streams break', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.stringMatching(/^[a-z\n]{0,8}$/), { maxLength: 30 }),
        fc.array(fc.nat(6), { maxLength: 10 }),
        async (texts, breaks) => {
          const whole = await follow(server(texts, []).open);
          const broken = await follow(server(texts, breaks).open);
          expect(broken.lines).toEqual(whole.lines);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('resumes after the last batch and shows where it broke and went on', async () => {
    const { open, asked } = server(['a\n', 'b\n', 'c\n'], [2]);
    const { entries, states } = await follow(open);
    expect(asked).toEqual(['', '1']);
    expect(entries.map((entry) => (entry.kind === 'mark' ? entry.text : entry.kind))).toEqual([
      'line',
      'line',
      'The stream broke: cut',
      'The log goes on where it broke.',
      'line',
    ]);
    expect(states.map(({ kind }) => kind)).toEqual(['connecting', 'live', 'broken', 'live', 'ended']);
  });

  it('waits longer after each failure, up to half a minute', async () => {
    const { pauses, entries } = await follow(server(['x\n'], [0, 0, 0, 0, 0, 0, 0, 0, 0]).open);
    expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
    expect(entries.filter((entry) => entry.kind === 'mark' && entry.bad)).toHaveLength(1);
  });

  it('gives up when trying again cannot help', async () => {
    // eslint-disable-next-line @typescript-eslint/require-await -- it fails before the first batch
    const { states, pauses } = await follow(async function* () {
      throw new ModalError('notFound', 'App not found');
    });
    expect(states.at(-1)).toEqual({ kind: 'ended', reason: 'App not found', refused: true });
    expect(pauses).toEqual([]);
  });

  it('does not hammer a server that ends every stream at once', async () => {
    let opened = 0;
    // eslint-disable-next-line @typescript-eslint/require-await -- a stream is asynchronous by its type
    const { pauses, states } = await follow(async function* () {
      if (++opened > 3) yield { entryId: '', chunks: [], appDone: true };
    });
    expect(pauses).toEqual([500, 1000, 2000]);
    expect(states.filter(({ kind }) => kind === 'broken')).toEqual([]);
  });

  it('goes on when the server cancels a stream', async () => {
    const { open } = server(['a\n', 'b\n'], []);
    let first = true;
    const { lines } = await follow(async function* (...call) {
      if (first) {
        first = false;
        throw new ModalError('cancelled', 'by the server');
      }
      yield* open(...call);
    });
    expect(lines).toEqual(['a', 'b']);
  });

  it('passes on the line that a container had begun when it ended', async () => {
    const [chunk] = batch('1', 'half a li').chunks;
    // eslint-disable-next-line @typescript-eslint/require-await -- a stream is asynchronous by its type
    const { entries } = await follow(async function* () {
      yield {
        entryId: '1',
        appDone: false,
        chunks: [chunk!, { ...chunk!, text: '', phase: 'finished' as const }],
      };
      yield { ...batch('2', 'later\n'), chunks: [{ ...chunk!, containerId: 'ta-2', text: 'later\n' }] };
      yield { entryId: '', chunks: [], appDone: true };
    });
    expect(entries.map((entry) => (entry.kind === 'line' ? entry.text : entry.kind))).toEqual([
      'half a li',
      'phase',
      'later',
    ]);
  });

  it('tells each phase of a container once', async () => {
    const phases = ['queued', 'queued', 'creating', 'idle'] as const;
    // eslint-disable-next-line @typescript-eslint/require-await -- a stream is asynchronous by its type
    const { entries } = await follow(async function* () {
      for (const phase of phases) {
        const [chunk] = batch('1', '').chunks;
        yield { entryId: '1', appDone: false, chunks: [{ ...chunk!, phase }] };
      }
      yield { entryId: '', chunks: [], appDone: true };
    });
    expect(entries.map((entry) => entry.kind === 'phase' && entry.phase)).toEqual([
      'queued',
      'creating',
      'idle',
    ]);
  });
});
