import type { Rates } from '../../../../domain/cost.ts';
import type { PythonFile } from '../pythonFile.ts';
import type { Fix, Rule } from '../rule.ts';
import type { Call, Site } from '../sites.ts';

/** A file as the checks see it. */
export interface CheckedFile {
  readonly file: PythonFile;
  readonly sites: readonly Site[];
  readonly calls: readonly Call[];
  /** Prices; without them no amount is said. */
  readonly rates?: Rates | undefined;
}

export interface Hit {
  readonly rule: Rule;
  readonly from: number;
  readonly to: number;
  /** Begins the message in place of the rule's own words. */
  readonly detail?: string;
  readonly fix?: Fix;
}

/** Looks at a file for what a table of names cannot tell. */
export interface Check {
  readonly rules: readonly Rule[];
  readonly run: (checked: CheckedFile) => Iterable<Hit>;
}
