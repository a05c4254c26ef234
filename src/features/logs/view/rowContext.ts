import type { LogLook, ShownRow } from '../messages.ts';

/** What a row looks like depends on, besides the row itself. */
export interface RowContext {
  readonly look: LogLook;
  /** Names of functions by id. */
  readonly functions: Readonly<Record<string, string>>;
  /** Titles of the merged logs; empty when only one is shown. */
  readonly streams: readonly string[];
  /** Calls whose request can be shown. */
  readonly calls: ReadonlySet<string>;
  /** Rows that are unfolded, and those whose library frames are too. */
  readonly unfolded: ReadonlySet<number>;
  readonly withLibraries: ReadonlySet<number>;
  /** Whether the workspace has a file that a log names. Asks the host about one that is not known yet. */
  readonly hasFile: (file: string) => boolean;
  readonly isActive: boolean;
  /** The row before it. */
  readonly before: ShownRow | undefined;
}
