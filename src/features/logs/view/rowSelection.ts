/** Places from the first up to the last, which is not included. */
export type PlaceRange = readonly [from: number, to: number];

/** The rows that are selected, and the one that the keyboard is at. Immutable: each step gives a new one. */
export interface RowSelection {
  /** In order, and apart from each other. */
  readonly ranges: readonly PlaceRange[];
  readonly active: number | undefined;
  /** Where a range that is being extended began. */
  readonly anchor: number | undefined;
}

export const noSelection: RowSelection = { ranges: [], active: undefined, anchor: undefined };

/** Selects only that row. */
export function selectOnly(place: number): RowSelection {
  return { ranges: [[place, place + 1]], active: place, anchor: place };
}

/** Extends the selection to that row, as with Shift. */
export function extendTo(selection: RowSelection, place: number): RowSelection {
  const anchor = selection.anchor ?? selection.active ?? place;
  return { ranges: [[Math.min(anchor, place), Math.max(anchor, place) + 1]], active: place, anchor };
}

/** Adds or removes that row, as with Ctrl. */
export function toggle(selection: RowSelection, place: number): RowSelection {
  const ranges = isSelected(selection, place)
    ? selection.ranges.flatMap((range) => without(range, place))
    : joined([...selection.ranges, [place, place + 1]]);
  return { ranges, active: place, anchor: place };
}

export function selectAll(selection: RowSelection, first: number, end: number): RowSelection {
  return { ...selection, ranges: end > first ? [[first, end]] : [], anchor: first };
}

export function isSelected({ ranges }: RowSelection, place: number): boolean {
  return ranges.some(([from, to]) => place >= from && place < to);
}

export function selectedCount({ ranges }: RowSelection): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from, 0);
}

/** The selection without the rows outside of that range. */
export function keepWithin(selection: RowSelection, first: number, end: number): RowSelection {
  const inside = (place: number | undefined) =>
    place !== undefined && place >= first && place < end ? place : undefined;
  const ranges = selection.ranges
    .map(([from, to]): PlaceRange => [Math.max(from, first), Math.min(to, end)])
    .filter(([from, to]) => to > from);
  return { ranges, active: inside(selection.active), anchor: inside(selection.anchor) };
}

/**
 * The selection after rows from one place on have moved.
 * @param moved new places by former ones, of the rows that are still there
 */
export function keepRows(
  selection: RowSelection,
  first: number,
  from: number,
  moved: ReadonlyMap<number, number>,
): RowSelection {
  const kept = keepWithin(selection, first, from);
  const found = (place: number | undefined) => (place === undefined ? undefined : moved.get(place));
  const again = [...moved].filter(([former]) => isSelected(selection, former));
  return {
    ranges: joined([...kept.ranges, ...again.map(([, place]): PlaceRange => [place, place + 1])]),
    active: kept.active ?? found(selection.active),
    anchor: kept.anchor ?? found(selection.anchor),
  };
}

function without([from, to]: PlaceRange, place: number): PlaceRange[] {
  if (place < from || place >= to) return [[from, to]];
  const parts: PlaceRange[] = [
    [from, place],
    [place + 1, to],
  ];
  return parts.filter(([start, end]) => end > start);
}

function joined(ranges: readonly PlaceRange[]): PlaceRange[] {
  const result: PlaceRange[] = [];
  for (const range of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last && range[0] <= last[1]) result[result.length - 1] = [last[0], Math.max(last[1], range[1])];
    else result.push(range);
  }
  return result;
}
