import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogRows } from '../../../src/features/logs/view/logRows.ts';
import type { RowSelection } from '../../../src/features/logs/view/rowSelection.ts';
import {
  extendTo,
  isSelected,
  keepRows,
  keepWithin,
  noSelection,
  selectAll,
  selectOnly,
  selectedCount,
  toggle,
} from '../../../src/features/logs/view/rowSelection.ts';
import { message, shown } from './viewSupport.ts';

describe('the selection of rows', () => {
  it('is made with Shift and Ctrl', () => {
    let selection: RowSelection = selectOnly(5);
    selection = extendTo(selection, 8);
    expect(selection.ranges).toEqual([[5, 9]]);
    selection = extendTo(selection, 3);
    expect(selection).toEqual({ ranges: [[3, 6]], active: 3, anchor: 5 });
    selection = toggle(toggle(selection, 10), 4);
    expect(selection.ranges).toEqual([
      [3, 4],
      [5, 6],
      [10, 11],
    ]);
    expect(selectedCount(selectAll(selection, 0, 200_000))).toBe(200_000);
    expect(selectedCount(selectAll(noSelection, 3, 3))).toBe(0);
  });

  it('is toggled like a set', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (places) => {
        const set = new Set<number>();
        let selection = noSelection;
        for (const place of places) {
          selection = toggle(selection, place);
          if (!set.delete(place)) set.add(place);
        }
        expect(selectedCount(selection)).toBe(set.size);
        for (let place = 0; place <= 20; place++) expect(isSelected(selection, place)).toBe(set.has(place));
      }),
    );
  });

  it('goes with its rows when late ones come between them', () => {
    const rows = new LogRows();
    const all = [0, 1, 2, 3, 4, 5].map((row) => shown(row));
    rows.take(message({ reset: true, end: 6, rows: all }));
    const late = message({ from: 3, end: 8, rows: [3, 7, 4, 6, 5].map((row) => shown(row)) });
    const moved = rows.movedBy(late);
    const kept = rows.take(late)!;
    const selection = toggle(extendTo(selectOnly(2), 4), 5);
    expect(keepRows(selection, 0, kept, moved)).toEqual({
      ranges: [
        [2, 4],
        [5, 6],
        [7, 8],
      ],
      active: 7,
      anchor: 7,
    });
    // A row that is no more is not selected.
    const without = message({ from: 3, end: 4, rows: [shown(8)] });
    expect(keepRows(selectOnly(5), 0, 3, rows.movedBy(without))).toEqual(noSelection);
    expect(rows.movedBy(message({ from: 8, end: 9, rows: [shown(9)] })).size).toBe(0);
  });

  it('keeps only what is still where it was', () => {
    const selection = extendTo(selectOnly(5), 20);
    expect(keepWithin(selection, 8, 12)).toEqual({ ranges: [[8, 12]], active: undefined, anchor: undefined });
    expect(keepWithin(selection, 0, 100)).toEqual(selection);
  });
});
