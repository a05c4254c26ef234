/** One line of the bench: ours beside what a user would use instead, from the same run. */
export interface BenchRow {
  readonly what: string;
  readonly unit: string;
  readonly ours: number;
  /** Undefined where nothing else does this. */
  readonly rival?: { readonly name: string; readonly value: number };
  readonly promise: string;
  readonly met: boolean;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function printTable(rows: readonly BenchRow[]): void {
  console.table(
    rows.map(({ what, unit, ours, rival, promise, met }) => ({
      what,
      ours: `${round(ours)} ${unit}`,
      rival: rival ? `${rival.name}: ${round(rival.value)} ${unit}` : '–',
      ratio: rival ? `${round(rival.value / ours)}x` : '–',
      promise,
      met: met ? 'yes' : 'NO',
    })),
  );
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
