/** One line of what was found in use, with its goal. */
export interface SoakRow {
  readonly what: string;
  /** Calls a minute by name, or connections. */
  readonly calls: string;
  /** What the user reads meanwhile; '' where there is nothing to say. */
  readonly says: string;
  readonly goal: string;
  readonly met: boolean;
}

export function printSoak(rows: readonly SoakRow[]): void {
  console.table(rows.map(({ met, ...rest }) => ({ ...rest, met: met ? 'yes' : 'NO' })));
}
