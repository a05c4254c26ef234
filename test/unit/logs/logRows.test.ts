import { describe, expect, it } from 'vitest';
import { LogRows } from '../../../src/features/logs/view/logRows.ts';
import { message, shown } from './viewSupport.ts';

describe('the rows of the view', () => {
  it('are known at the end, and asked for once where they are not', () => {
    const rows = new LogRows();
    rows.take(message({ reset: true, end: 1000, rows: [shown(998), shown(999)] }));
    expect([rows.first, rows.end, rows.get(999)?.row, rows.get(997)]).toEqual([0, 1000, 999, undefined]);
    expect(rows.ask(-20, 100)).toEqual([0, 100]);
    expect(rows.ask(0, 100)).toBeUndefined();
    rows.takeRange({ type: 'rows', session: 's', first: 0, from: 0, rows: [shown(0), shown(1)] });
    expect(rows.ask(0, 100)).toEqual([2, 100]);
  });

  it('keep their places when older ones are put before or dropped, and lose them with another filter', () => {
    const rows = new LogRows();
    rows.take(message({ reset: true, first: 10, end: 20, rows: [shown(19)] }));
    expect(rows.take(message({ reset: true, first: -5, end: 20, from: -5, rows: [shown(19)] }))).toBe(20);
    // Until it comes anew, a row is shown as it was; it is asked for all the same.
    expect(rows.take(message({ reset: true, first: -5, end: 20, from: -5 }))).toBe(20);
    expect(rows.get(19)?.row).toBe(19);
    expect(rows.ask(19, 20)).toEqual([19, 20]);
    expect(rows.take(message({ first: 15, end: 21, from: 20, rows: [shown(20)] }))).toBe(20);
    expect([rows.first, rows.get(19)?.row, rows.get(20)?.row]).toEqual([15, 19, 20]);
    expect(rows.take(message({ reset: true, first: 21, end: 25, from: 21, rows: [] }))).toBeUndefined();
    expect(rows.get(20)).toBeUndefined();
  });
});
