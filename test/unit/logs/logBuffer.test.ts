import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../../src/domain/logEntry.ts';
import { entryText, sourceOf } from '../../../src/domain/logEntry.ts';
import { LogBuffer } from '../../../src/features/logs/core/logBuffer.ts';
import { chunk, entriesOf, line, mark } from './support.ts';

const textsOf = (buffer: LogBuffer) => [...buffer.entries()].map(entryText);

describe('the buffer', () => {
  it('gives back every entry as it was', () => {
    const traceback = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\nValueError: x\n';
    const entries: LogEntry[] = [
      line('plain', { level: 'error', source: 'stderr', callId: 'fc-1', functionId: 'fu-1' }),
      line('ünï \u{1f600}', { partial: true }),
      line('long', { goesOn: true, continued: true }),
      ...entriesOf([chunk(traceback), chunk('', { phase: 'idle' })]),
      mark('broke'),
    ];
    const buffer = new LogBuffer();
    const rows = entries.map((entry) => buffer.add(entry));
    expect([...buffer.entries()]).toEqual(entries);
    expect(rows.map((row) => buffer.entry(row))).toEqual(entries);
  });

  it('keeps the newest rows, and says what it dropped', () => {
    const buffer = new LogBuffer({ rows: 100, bytes: 1e9 });
    const rows = Array.from({ length: 9000 }, (_, at) => buffer.add(line(String(at), { time: at })));
    expect(buffer.size).toBe(100);
    expect([buffer.first, buffer.end]).toEqual([8900, 9000]);
    expect(buffer.dropped).toEqual({ rows: 8900, until: 8899 });
    expect(textsOf(buffer)[0]).toBe('8900');
    expect(buffer.update(rows[8899]!, line('gone'))).toBe(false);
    expect(buffer.update(rows[8900]!, line('here'))).toBe(true);
    expect(textsOf(buffer)[0]).toBe('here');
  });

  it('keeps to its bytes, whatever lines come', () => {
    const buffer = new LogBuffer({ rows: 1e6, bytes: 1e6 });
    for (let at = 0; at < 300; at++) buffer.add(line('x'.repeat(64 * 1024)));
    expect(buffer.bytes).toBeLessThanOrEqual(1e6);
    expect(buffer.size).toBe(15);
    for (let at = 0; at < 50; at++) buffer.add(line('\u4e00'.repeat(64 * 1024)));
    expect(buffer.size).toBe(7);
    buffer.clear();
    expect(buffer.bytes).toBe(0);
  });

  it('puts late lines in their place, and never reorders a stream or passes a mark', () => {
    const entry = fc.record({
      container: fc.integer({ min: 0, max: 3 }),
      source: fc.constantFrom('stdout' as const, 'stderr' as const),
      time: fc.integer({ min: 0, max: 20_000 }),
      isMark: fc.boolean().map((value) => value && Math.random() < 0.1),
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 200 }), (items) => {
        const buffer = new LogBuffer();
        items.forEach(({ container, source, time, isMark }, at) =>
          buffer.add(
            isMark
              ? mark(String(at), time)
              : line(String(at), { time, source, containerId: `ta-${container}` }),
          ),
        );
        const order = textsOf(buffer).map(Number);
        expect([...order].sort((a, b) => a - b)).toEqual(items.map((_, at) => at));
        const marks = items.flatMap(({ isMark }, at) => (isMark ? at : []));
        for (const at of marks) expect(order.indexOf(at)).toBe(at);
        const streams = Map.groupBy(
          [...buffer.entries()].filter(({ kind }) => kind === 'line'),
          (each) => `${each.kind === 'line' ? each.containerId : ''} ${sourceOf(each)}`,
        );
        for (const each of streams.values()) {
          const numbers = each.map((one) => Number(entryText(one)));
          expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
        }
      }),
    );
  });

  it('merges streams that come in turns by time', () => {
    const buffer = new LogBuffer();
    // Every container is told of in portions of 50 lines, as a server sends them.
    for (let portion = 0; portion < 20; portion++)
      for (let container = 0; container < 4; container++)
        for (let at = 0; at < 50; at++) {
          const time = (portion * 50 + at) * 4 + container;
          buffer.add(line(String(time), { time, containerId: `ta-${container}` }));
        }
    const times = textsOf(buffer).map(Number);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('keeps late lines within a window', () => {
    const buffer = new LogBuffer();
    for (let at = 0; at < 5000; at++) buffer.add(line(`a${at}`, { time: 1000 + at }));
    buffer.add(line('late', { time: 0, containerId: 'ta-2' }));
    expect(textsOf(buffer).indexOf('late')).toBe(5000 - 512);
    buffer.add(line('too late', { time: -100_000, containerId: 'ta-3' }));
    expect(textsOf(buffer).at(-1)).toBe('too late');
  });

  it('finds every row where it stands, also after late, older and dropped ones', () => {
    const buffer = new LogBuffer({ rows: 700, bytes: 1e9 });
    const rows: number[] = [];
    for (let at = 0; at < 500; at++)
      rows.push(buffer.add(line(String(at), { time: (at * 7919) % 500, containerId: `ta-${at % 9}` })));
    const older = buffer.prepend([line('older 1'), line('older 2')]);
    expect(textsOf(buffer).slice(0, 2)).toEqual(['older 1', 'older 2']);
    for (let at = 500; at < 900; at++) rows.push(buffer.add(line(String(at), { time: at })));
    expect(older.map((row) => buffer.positionOf(row))).toEqual([undefined, undefined]);
    let held = 0;
    for (const row of rows) {
      const position = buffer.positionOf(row);
      if (position === undefined) continue;
      held++;
      expect(buffer.rowAt(position)).toBe(row);
    }
    expect(held).toBe(700);
    expect(buffer.prepend([line('no room')])).toEqual([]);
  });
});

it('rows that a full buffer drops count as none that were put before', () => {
  const buffer = new LogBuffer({ rows: 2, bytes: 1_000_000 });
  const { changes } = buffer.read();
  for (let time = 0; time < 3; time++) buffer.add(line(`${time}`, { time }));
  expect(buffer.size).toBe(2);
  expect(changes.prepended).toBe(0);
});
