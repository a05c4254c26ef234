import { plainText } from '../../../shared/ansi.ts';
import type { LogEntry } from '../../../domain/logEntry.ts';
import { entryText } from '../../../domain/logEntry.ts';
import type { LogFilter } from '../../../domain/logFilter.ts';
import { compileFilter, headOf } from '../../../domain/logFilter.ts';
import { TextTester } from './textTester.ts';
import { breathe } from './time.ts';

/** Chooses entries by a filter, in portions that cannot freeze the host. */
export class MatchingEntries {
  readonly #filter;
  readonly #tester;

  constructor(filter: LogFilter) {
    this.#filter = compileFilter(filter);
    this.#tester = new TextTester(this.#filter);
  }

  /** Why the expression is not applied; '' when it is. */
  get problem(): string {
    return this.#tester.problem;
  }

  async of(entries: readonly LogEntry[]): Promise<LogEntry[]> {
    const { asksHead, matchesHead } = this.#filter;
    const candidates = asksHead ? entries.filter((entry) => matchesHead(headOf(entry))) : entries;
    const results: boolean[] = [];
    while (results.length < candidates.length) {
      const from = results.length;
      const textAt = (index: number) => {
        const entry = candidates[from + index];
        return entry && plainText(entryText(entry));
      };
      results.push(...this.#tester.test(textAt));
      if (results.length < candidates.length) await breathe();
    }
    return candidates.filter(({ kind }, at) => kind === 'mark' || results[at]);
  }
}
