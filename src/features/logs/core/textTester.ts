import * as vm from 'node:vm';
import type { CompiledFilter, MatchRange } from '../../../domain/logFilter.ts';
import { matchRanges } from '../../../domain/logFilter.ts';

/** An expression that takes longer than this over one portion of text is given up. Usual ones take 1 to 3 ms. */
const limitMs = 100;
/** Texts and characters that are tested at once. */
const portionTexts = 4096;
const portionCharacters = 1 << 20;

/** Tests texts with a filter's expression, in portions that cannot freeze the host. */
export class TextTester {
  readonly #filter: CompiledFilter;
  #gaveUp = false;

  constructor(filter: CompiledFilter) {
    this.#filter = filter;
  }

  /** Why the expression is not applied; '' when it is. Then every text counts as matching. */
  get problem(): string {
    if (!this.#gaveUp) return this.#filter.problem;
    return 'This expression takes too long. A repeat inside a repeat, such as (a+)+, is the usual reason.';
  }

  /** The expression took too long, and is no longer asked. */
  get gaveUp(): boolean {
    return this.#gaveUp;
  }

  /**
   * Tests texts until there are enough for one portion.
   * @param textAt undefined = no more
   * @returns one result for each text that was asked for
   */
  test(textAt: (index: number) => string | undefined): boolean[] {
    const texts: string[] = [];
    for (let size = 0; texts.length < portionTexts && size < portionCharacters;) {
      const text = textAt(texts.length);
      if (text === undefined) break;
      texts.push(text);
      size += text.length;
    }
    const { expression } = this.#filter;
    if (!expression || this.#gaveUp) return texts.map(() => true);
    const results = new Uint8Array(texts.length);
    this.#run(() => {
      for (let at = 0; at < texts.length; at++) results[at] = expression.test(texts[at] ?? '') ? 1 : 0;
    });
    return Array.from(results, (result) => this.#gaveUp || result === 1);
  }

  /** What to highlight in each of the texts. */
  ranges(texts: readonly string[]): MatchRange[][] {
    const { expression } = this.#filter;
    const found: MatchRange[][] = [];
    if (expression && !this.#gaveUp)
      this.#run(() => {
        for (const text of texts) found.push(matchRanges(expression, text));
      });
    return texts.map((_, at) => found[at] ?? []);
  }

  #run(job: () => void): void {
    // Only what the user wrote as an expression can take for ever; the guard costs a fifth of a millisecond.
    if (!this.#filter.isRegex) job();
    else if (!runGuarded(job, limitMs)) this.#gaveUp = true;
  }
}

/**
 * Runs a job that may never end, such as a regular expression of the user on some text: the engine can stop even one
 * that is inside a match, which no slicing of the work could. What the job has written until then stays, so it must
 * leave nothing half done: it writes results one by one and nothing else.
 *
 * @returns false when it was stopped
 */
function runGuarded(job: () => void, limitMs: number): boolean {
  guard ??= newGuard();
  guard.context['job'] = job;
  try {
    guard.script.runInContext(guard.context, { timeout: limitMs });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    throw error;
  } finally {
    guard.context['job'] = undefined;
  }
}

let guard: { readonly context: vm.Context; readonly script: vm.Script } | undefined;

function newGuard(): NonNullable<typeof guard> {
  return { context: vm.createContext({}), script: new vm.Script('job()') };
}
