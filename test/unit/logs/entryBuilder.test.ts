import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogEntry, TracebackEntry } from '../../../src/domain/logEntry.ts';
import { entryText, levelOf } from '../../../src/domain/logEntry.ts';
import { EntryBuilder, EntryList, notInTime } from '../../../src/features/logs/core/entryBuilder.ts';
import { LogBuffer } from '../../../src/features/logs/core/logBuffer.ts';
import { chunk, cutAt, entriesOf } from './support.ts';

const chained = `Traceback (most recent call last):
  File "/root/app.py", line 12, in load
    model = fetch(name)
            ^^^^^^^^^^^
KeyError: 'weights'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/root/app.py", line 20, in <module>
    load()
  File "/root/app.py", line 14, in load
    raise RuntimeError("no model") from error
RuntimeError: no model`;

const rich = `╭─────────── Traceback (most recent call last) ───────────╮
│ /root/app.py:12 in load                                 │
│                                                         │
│   11 def load():                                        │
│ ❱ 12     fetch()                                        │
╰─────────────────────────────────────────────────────────╯
ValueError: no such model`;

const group = `  + Exception Group Traceback (most recent call last):
  |   File "/root/app.py", line 3, in <module>
  |     raise ExceptionGroup("two", errors)
  | ExceptionGroup: two (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | ValueError: one
    +------------------------------------`;

const tracebacks = (text: string) =>
  entriesOf([chunk(text)]).filter((entry): entry is TracebackEntry => entry.kind === 'traceback');

it('the last line of a log is there also without a line end', () => {
  const list = new EntryList();
  const builder = new EntryBuilder(list, notInTime);
  builder.push(chunk('whole\nno end'));
  expect(list.entries.map(entryText)).toEqual(['whole']);
  builder.flush();
  expect(list.entries.map(entryText)).toEqual(['whole', 'no end']);
});

it('a run of which some failed is a warning, also when it is over', () => {
  const progress = { ...entriesOf([chunk('x\n')])[0]!, kind: 'progress', done: 3, total: 3, text: '' };
  const levels = [0, 1].map((failed) => levelOf({ ...progress, failed } as never));
  expect(levels).toEqual(['info', 'warning']);
});

describe('a traceback', () => {
  it('is one entry with its chain, frames and exceptions', () => {
    const entries = entriesOf([chunk(`before\n${chained}\nafter\n`)]);
    expect(entries.map(({ kind }) => kind)).toEqual(['line', 'traceback', 'line']);
    const [, entry] = entries as [unknown, TracebackEntry];
    expect(entry.text).toBe(chained);
    expect(entry.parts).toEqual([
      { exception: "KeyError: 'weights'", frames: [{ file: '/root/app.py', line: 12, name: 'load' }] },
      {
        link: 'cause',
        exception: 'RuntimeError: no model',
        frames: [
          { file: '/root/app.py', line: 20, name: '<module>' },
          { file: '/root/app.py', line: 14, name: 'load' },
        ],
      },
    ]);
    expect(levelOf(entry)).toBe('error');
    expect(entry.open).toBeUndefined();
  });

  it.each([
    [
      'of pydantic',
      `pydantic_core._pydantic_core.ValidationError: 3 validation errors for Item
name
  Field required [type=missing, input_value={'prices': ['x', 2]}, input_type=dict]
    For further information visit https://errors.pydantic.dev/2.14/v/missing
prices.0
  Input should be a valid number [type=float_parsing, input_value='x', input_type=str]
    For further information visit https://errors.pydantic.dev/2.14/v/float_parsing
inner.function-after[check(), int]
  Value error, too small [type=value_error, input_value=1, input_type=int]
    For further information visit https://errors.pydantic.dev/2.14/v/value_error`,
    ],
    [
      'of CUDA',
      `torch.AcceleratorError: CUDA error: device-side assert triggered
CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.
For debugging consider passing CUDA_LAUNCH_BLOCKING=1
Compile with \`TORCH_USE_CUDA_DSA\` to enable device-side assertions.`,
    ],
  ])('keeps all lines of a message %s', (_name, message) => {
    const text = `Traceback (most recent call last):\n  File "/root/app.py", line 3, in f\n    g()\n${message}`;
    const entries = entriesOf([chunk(`${text}\nafter\n`)]);
    expect(entries).toMatchObject([
      { kind: 'traceback', text },
      { kind: 'line', text: 'after' },
    ]);
  });

  it('of rich, and of a group, is one entry too', () => {
    expect(tracebacks(`${rich}\nafter\n`)).toMatchObject([
      {
        text: rich,
        parts: [
          {
            exception: 'ValueError: no such model',
            frames: [{ file: '/root/app.py', line: 12, name: 'load' }],
          },
        ],
      },
    ]);
    expect(tracebacks(`${group}\nafter\n`)).toMatchObject([
      { text: group, parts: [{ exception: 'ExceptionGroup: two (2 sub-exceptions)' }] },
    ]);
  });

  it('whose lines all have a prefix is one entry', () => {
    const at = (second: number) => `(EngineCore pid=7) ERROR 07-01 12:00:0${second} [core.py:31] `;
    const text = chained
      .split('\n')
      .map((each, index) => at(index % 10) + each)
      .join('\n');
    expect(tracebacks(`${text}\n${at(9)}engine died\n`)).toMatchObject([
      { text, parts: [{}, { link: 'cause' }] },
    ]);
  });

  it('is not broken by other containers, nor by how its text is cut', () => {
    const lines = chained.split('\n');
    const mixed = lines.flatMap((each, at) => [
      chunk(`${each}\n`),
      chunk(`noise ${at}\n`, { containerId: 'ta-2' }),
    ]);
    expect(entriesOf(mixed).filter(({ kind }) => kind === 'traceback')).toHaveLength(1);
    fc.assert(
      fc.property(fc.array(fc.nat(2000), { maxLength: 20 }), (cuts) => {
        const whole = `x\n${chained}\ny\n${rich}\n::phase {"name": "load", "seconds": 1}\n${group}\nz`;
        expect(entriesOf(cutAt(whole, cuts).map((piece) => chunk(piece)))).toEqual(entriesOf([chunk(whole)]));
      }),
    );
  });

  it('is shown as it comes, and never as loose lines', () => {
    const jobs: (() => void)[] = [];
    const buffer = new LogBuffer();
    const builder = new EntryBuilder(buffer, (_, job) => {
      jobs.push(job);
      return () => undefined;
    });
    for (const piece of cutAt(`${chained}\n`, [3, 60, 61, 100, 180, 222, 223, 300])) {
      builder.push(chunk(piece));
      for (const job of jobs.splice(0)) job();
    }
    builder.flush();
    const [entry, ...others] = buffer.entries();
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ kind: 'traceback', text: chained });
  });

  it('is not made anew for each line of a long message', () => {
    let characters = 0;
    const rows: LogEntry[] = [];
    const count = (entry: LogEntry) => {
      characters += entryText(entry).length;
    };
    const builder = new EntryBuilder(
      {
        add: (entry) => (count(entry), rows.push(entry) - 1),
        update: (row, entry) => (count(entry), (rows[row] = entry), true),
      },
      () => () => undefined,
    );
    const text = `Traceback (most recent call last):\nE: x\n${`  ${'y'.repeat(200)}\n`.repeat(900)}`;
    for (const each of text.split(/(?<=\n)/)) builder.push(chunk(each));
    builder.flush();
    expect(rows).toMatchObject([{ kind: 'traceback', text: text.trimEnd() }]);
    expect(characters).toBeLessThan(3 * text.length);
  });

  it('of endless depth ends, and what follows is shown as lines', () => {
    const frames = '  File "/a.py", line 1, in f\n'.repeat(5000);
    const entries = entriesOf([chunk(`Traceback (most recent call last):\n${frames}`)]);
    expect(entries[0]).toMatchObject({ kind: 'traceback' });
    expect(entries.length).toBeGreaterThan(3900);
  });
});

describe('what the bundled apps report', () => {
  it('is one entry for each run, which is updated, and one for each step', () => {
    const progress = (done: number) =>
      `::progress {"app": "ocr", "run": "r1", "done": ${done}, "total": 3, "ok": ${done}, "failed": 0, "item": "p${done}", "seconds": 1.5, "eta_s": ${3 - done}}\n`;
    const entries = entriesOf([
      chunk(progress(1), { time: 10 }),
      chunk('::phase {"name": "load weights", "seconds": 12.34, "ok": true}\n'),
      chunk(progress(2), { time: 20 }),
      chunk(progress(3), { time: 30 }),
      chunk('::gpu {"index": 0, "name": "A10", "when": "after load", "used_gib": 9.5, "total_gib": 22.1}\n'),
    ]);
    expect(entries).toMatchObject([
      { kind: 'progress', name: 'ocr r1', done: 3, total: 3, item: 'p3', time: 10, updatedAt: 30 },
      { kind: 'step', name: 'load weights', seconds: 12.34, ok: true },
      { kind: 'gpu', usedGib: 9.5, totalGib: 22.1 },
    ]);
    expect(entries.map(entryText)).toEqual([
      'ocr r1 3 of 3, p3',
      'load weights took 12 s',
      'GPU 0 A10 after load: 9.5 of 22.1 GiB used',
    ]);
  });

  it.each(['::progress {"done": "1"}', '::phase {', '::other {"a": 1}', '::phase {"name": 1}', '::'])(
    'is an ordinary line when it is not as expected: %s',
    (text) => {
      expect(entriesOf([chunk(`${text}\n`)])).toMatchObject([{ kind: 'line', text }]);
    },
  );
});

describe('states of a container', () => {
  it('are one entry each, with how long they took', () => {
    const phases = ['queued', 'queued', 'creating', 'loading', 'idle'] as const;
    const entries = entriesOf(phases.map((phase, at) => chunk('', { phase, time: 1000 * at })));
    expect(entries.map(entryText)).toEqual([
      'Container ta-1 is queued (2 s)',
      'Container ta-1 is being created (1 s)',
      'Container ta-1 loads its image (1 s)',
      'Container ta-1 is ready',
    ]);
  });

  it('end the line that it had begun', () => {
    const entries = entriesOf([
      chunk('half a li'),
      chunk('', { phase: 'finished' }),
      chunk('later\n', { containerId: 'ta-2' }),
    ]);
    expect(entries.map(entryText)).toEqual(['half a li', 'Container ta-1 has ended', 'later']);
  });

  it('show what waits, from the server itself', () => {
    const progress = (done: number) => chunk('', { progress: { done, total: 9, description: 'Queued' } });
    expect(entriesOf([progress(1), progress(4)]).map(entryText)).toEqual(['Queued 4 of 9']);
  });
});

describe('a line without an end', () => {
  it('is shown after a moment and completed as the same entry', () => {
    let job = (): void => undefined;
    const buffer = new LogBuffer();
    const builder = new EntryBuilder(buffer, (_, later) => {
      job = later;
      return () => undefined;
    });
    builder.push(chunk('Downloading '));
    expect(buffer.size).toBe(0);
    job();
    expect([...buffer.entries()]).toMatchObject([{ text: 'Downloading ', partial: true }]);
    builder.push(chunk('10%\r20%'));
    job();
    builder.push(chunk('\rdone\n'));
    expect([...buffer.entries()]).toEqual([expect.objectContaining({ text: 'done' })]);
    expect([...buffer.entries()][0]).not.toHaveProperty('partial');
  });
});
