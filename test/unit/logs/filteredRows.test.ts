import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryText } from '../../../src/domain/logEntry.ts';
import type { LogFilter } from '../../../src/domain/logFilter.ts';
import { compileFilter, noFilter } from '../../../src/domain/logFilter.ts';
import { FilteredRows } from '../../../src/features/logs/core/filteredRows.ts';
import { LogBuffer } from '../../../src/features/logs/core/logBuffer.ts';
import { line } from './support.ts';

describe('filtered rows', () => {
  const filter: LogFilter = { ...noFilter, text: 'x' };
  const textsOf = (buffer: LogBuffer, rows: FilteredRows) =>
    Array.from({ length: rows.end - rows.first }, (_, at) =>
      entryText(buffer.entry(rows.rowAt(rows.first + at))!),
    );
  const expected = (buffer: LogBuffer) =>
    [...buffer.entries()].filter(compileFilter(filter).matches).map(entryText);

  it('are kept up to date, whatever happens to the buffer', () => {
    const text = fc.stringMatching(/^[xy]{0,3}$/);
    const step = fc.oneof(
      { weight: 8, arbitrary: fc.record({ add: text, time: fc.nat(300), container: fc.nat(3) }) },
      { weight: 4, arbitrary: fc.record({ update: fc.nat(60), text }) },
      { weight: 1, arbitrary: fc.record({ prepend: fc.array(text, { maxLength: 4 }) }) },
      { weight: 1, arbitrary: fc.constant('clear' as const) },
      { weight: 4, arbitrary: fc.constant('look' as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const buffer = new LogBuffer({ rows: 40, bytes: 1e9 });
        const rows = new FilteredRows(buffer, filter);
        const seen = new Map<number, string>();
        let seenEnd = 0;
        const added: number[] = [];
        for (const each of steps) {
          if (each === 'clear') buffer.clear();
          else if (each === 'look') look();
          else if ('add' in each)
            added.push(buffer.add(line(each.add, { time: each.time, containerId: `ta-${each.container}` })));
          else if ('update' in each) buffer.update(added[each.update] ?? -999, line(each.text));
          else buffer.prepend(each.prepend.map((one) => line(one)));
        }
        look();

        /** Takes over what changed, as a view does, and compares that with what is there. */
        function look(): void {
          rows.refreshAll();
          expect(textsOf(buffer, rows)).toEqual(expected(buffer));
          const { from, updated, reset } = rows.takeChanges();
          if (reset) seen.clear();
          for (let place = reset ? rows.first : from; place < Math.max(seenEnd, rows.end); place++)
            seen.set(place, 'gone');
          const textAt = (place: number) => entryText(buffer.entry(rows.rowAt(place))!);
          for (const place of updated) seen.set(place, textAt(place));
          for (let place = reset ? rows.first : from; place < rows.end; place++)
            seen.set(place, textAt(place));
          seenEnd = rows.end;
          const kept = Array.from({ length: rows.end - rows.first }, (_, at) => seen.get(rows.first + at));
          expect(kept).toEqual(expected(buffer));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('have each row once when older ones were put before them and dropped again', () => {
    for (const late of [1, 2, 3, 5]) {
      const buffer = new LogBuffer({ rows: 10, bytes: 1e9 });
      for (let at = 0; at < 8; at++) buffer.add(line(`x ${at}`, { time: at }));
      const rows = new FilteredRows(buffer, filter);
      rows.refreshAll();
      buffer.prepend([line('x older 1'), line('x older 2')]);
      for (let at = 0; at < late; at++) buffer.add(line(`x late ${at}`, { time: 10 + at }));
      rows.refreshAll();
      expect(textsOf(buffer, rows)).toEqual(expected(buffer));
    }
  });

  it('look only at what is new', () => {
    const buffer = new LogBuffer();
    const rows = new FilteredRows(buffer, filter);
    for (let at = 0; at < 20_000; at++) buffer.add(line(`x ${at}`, { time: at }));
    rows.refreshAll();
    rows.takeChanges();
    buffer.add(line('x new', { time: 20_000 }));
    rows.refreshAll();
    expect(rows.takeChanges()).toEqual({ from: 20_000, updated: [], reset: false });
  });

  it('give up an expression that would take for ever, and then hide nothing', () => {
    const buffer = new LogBuffer();
    for (let at = 0; at < 100; at++) buffer.add(line(`${'a'.repeat(40)}!`, { time: at }));
    const rows = new FilteredRows(buffer, { ...noFilter, text: '^(a+)+$', regex: true });
    rows.refreshAll();
    expect(rows.problem).toContain('takes too long');
    expect(rows.end - rows.first).toBe(100);
    const later = new LogBuffer();
    for (const text of ['aa', 'hidden']) later.add(line(text));
    const ofLater = new FilteredRows(later, { ...noFilter, text: '^(a+)+$', regex: true });
    ofLater.refreshAll();
    expect(textsOf(later, ofLater)).toEqual(['aa']);
    later.prepend([line(`${'a'.repeat(40)}!`)]);
    ofLater.refreshAll();
    expect(ofLater.problem).toContain('takes too long');
    expect(ofLater.end - ofLater.first).toBe(3);
    rows.setFilter({ ...noFilter, text: '^a+!$', regex: true });
    rows.refreshAll();
    expect(rows.problem).toBe('');
    expect(rows.ranges([rows.rowAt(rows.first)])).toEqual([[[0, 41]]]);
  });
});

it('rows that a view has not seen yet are not told as updated', () => {
  const buffer = new LogBuffer();
  const rows = new FilteredRows(buffer);
  buffer.add(line('seen', { time: 1 }));
  rows.refreshAll();
  rows.takeChanges();
  buffer.update(0, line('seen again', { time: 1 }));
  buffer.add(line('new', { time: 2 }));
  rows.refreshAll();
  buffer.update(1, line('new again', { time: 2 }));
  rows.refreshAll();
  expect(rows.takeChanges()).toEqual({ from: 1, updated: [0], reset: false });
  rows.dispose();
});
