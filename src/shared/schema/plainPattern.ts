/**
 * Patterns come from the endpoint, and the engine tries every way in which a text could fit: a pattern that leaves it
 * a choice can take for ever. A plain pattern leaves none: after each character it is clear which part of the pattern
 * comes next, so a text is read once. Others are not checked here; the endpoint does that itself.
 */

const longestPattern = 200;
/** Of a pattern with its counted repeats written out. */
const mostSteps = 2000;
/** A pattern that may begin anywhere is tried at each character, each time over so many. */
const mostFloating = 256;

/** A place in the pattern that takes one character: which of the first 128 it takes, and whether any others. */
type Step = ReadonlySet<number>;
const others = 128;

interface Part {
  readonly first: readonly Step[];
  readonly last: readonly Step[];
  readonly mayBeEmpty: boolean;
  /** Characters that it takes at most. */
  readonly longest: number;
  /** A text that it takes. */
  readonly sample: string;
}

class NotPlain extends Error {}

/** @returns undefined for a pattern that is none, or not plain */
export function plainPattern(pattern: string): RegExp | undefined {
  try {
    const expression = new RegExp(pattern, 'u');
    return pattern.length <= longestPattern && new Reader(pattern).isPlain() ? expression : undefined;
  } catch {
    return undefined;
  }
}

/** A short text that a plain pattern takes; '' for others. */
export function plainSample(pattern: string): string {
  return plainPattern(pattern) ? new Reader(pattern).sample() : '';
}

/** Reads a pattern that the engine accepts, and throws where it leaves a choice. */
class Reader {
  readonly #pattern: string;
  /** What may come after each step. */
  readonly #next = new Map<Step, readonly Step[]>();
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  isPlain(): boolean {
    const isAnchored = this.#pattern.startsWith('^');
    if (isAnchored) this.#at = 1;
    const whole = this.#choice();
    // A bar outside of brackets ends what the anchor holds.
    if (this.#at < this.#pattern.length) return false;
    return isAnchored ? whole.branches === 1 : whole.longest <= mostFloating;
  }

  sample(): string {
    this.#takes('^');
    return this.#choice().sample;
  }

  #choice(): Part & { readonly branches: number } {
    const branches = [this.#sequence()];
    while (this.#takes('|')) branches.push(this.#sequence());
    const first = branches.flatMap((branch) => branch.first);
    mustDiffer(first);
    if (branches.filter((branch) => branch.mayBeEmpty).length > 1) throw new NotPlain();
    return {
      first,
      last: branches.flatMap((branch) => branch.last),
      mayBeEmpty: branches.some((branch) => branch.mayBeEmpty),
      longest: Math.max(...branches.map((branch) => branch.longest)),
      sample: branches[0]?.sample ?? '',
      branches: branches.length,
    };
  }

  #sequence(): Part {
    let whole: Part = { first: [], last: [], mayBeEmpty: true, longest: 0, sample: '' };
    while (this.#at < this.#pattern.length && !'|)'.includes(this.#pattern.charAt(this.#at))) {
      if (this.#takes('$')) {
        // It is plain only where nothing follows.
        if (this.#at < this.#pattern.length) throw new NotPlain();
        break;
      }
      whole = this.#joined(whole, this.#repeated(this.#atom()));
    }
    return whole;
  }

  #joined(left: Part, right: Part): Part {
    for (const step of left.last) this.#follow(step, right.first);
    return {
      first: left.mayBeEmpty ? distinct([...left.first, ...right.first]) : left.first,
      last: right.mayBeEmpty ? [...left.last, ...right.last] : right.last,
      mayBeEmpty: left.mayBeEmpty && right.mayBeEmpty,
      longest: left.longest + right.longest,
      sample: left.sample + right.sample,
    };
  }

  #follow(step: Step, next: readonly Step[]): void {
    this.#next.set(step, distinct([...(this.#next.get(step) ?? []), ...next]));
  }

  #repeated(part: Part): Part {
    const found = /^(?:[*+?]|\{(\d{1,4})(?:(,)(\d{1,4})?)?\})\??/.exec(
      this.#pattern.slice(this.#at, this.#at + 20),
    );
    if (!found) return part;
    this.#at += found[0].length;
    // An empty round, or one inside another, can be counted in many ways.
    if (part.mayBeEmpty) throw new NotPlain();
    const [sign, least = sign.startsWith('+') ? '1' : '0', comma, most] = found;
    const times = sign.startsWith('?')
      ? 1
      : /^[*+]/.test(sign) || (comma && !most)
        ? Infinity
        : Number(most ?? least);
    if (times > 1) for (const step of part.last) this.#follow(step, part.first);
    const steps = Math.max(1, part.longest) * (Number.isFinite(times) ? times : 1);
    if (Number.isFinite(part.longest) && steps > mostSteps) throw new NotPlain();
    return {
      ...part,
      mayBeEmpty: Number(least) === 0,
      longest: times === 0 ? 0 : part.longest * times,
      sample: part.sample.repeat(Number(least)),
    };
  }

  #atom(): Part {
    if (this.#takes('(')) return this.#group();
    const source = this.#one();
    const step = stepOf(source);
    return { first: [step], last: [step], mayBeEmpty: false, longest: 1, sample: sampleOf(step, source) };
  }

  #group(): Part {
    if (this.#takes('?') && !this.#takes(':')) throw new NotPlain();
    const part = this.#choice();
    if (!this.#takes(')')) throw new NotPlain();
    return part;
  }

  /** The source of what takes one character. */
  #one(): string {
    const one =
      /^(?:\[(?:\\[^]|[^\]\\])*\]|\\(?:[dDwWsSfnrtv]|[pP]\{[^}]*\}|x[\da-fA-F]{2}|u[\da-fA-F]{4}|[^\w])|[^\\^$[\]{}()|*+?])/u;
    const source = one.exec(this.#pattern.slice(this.#at))?.[0];
    if (source === undefined) throw new NotPlain();
    this.#at += source.length;
    return source;
  }

  #takes(text: string): boolean {
    const isThere = this.#pattern.startsWith(text, this.#at);
    if (isThere) this.#at += text.length;
    return isThere;
  }
}

/** Asks the engine itself, character by character. */
function stepOf(source: string): Step {
  const one = new RegExp(`^${source}$`, 'u');
  const taken = new Set<number>();
  for (let code = 0; code < others; code++) if (one.test(String.fromCharCode(code))) taken.add(code);
  if (!takesOnlyAscii(source)) taken.add(others);
  return taken;
}

/** A letter or digit where it takes one. */
function sampleOf(step: Step, source: string): string {
  const usual = ['a', '0', 'A'].find((character) => step.has(character.charCodeAt(0)));
  const readable =
    [...step].find((code) => code > 0x20 && code < 0x7f) ?? [...step].find((code) => code < others);
  return usual ?? (readable === undefined ? source : String.fromCharCode(readable));
}

/** Right when it says so; of what is rarely written it does not say so. */
function takesOnlyAscii(source: string): boolean {
  if (source === '.' || source.startsWith('[^')) return false;
  return !/[^\u0000-\u007f]|\\[DWSspPxu]/.test(source);
}

function distinct(steps: readonly Step[]): readonly Step[] {
  mustDiffer(steps);
  return steps;
}

function mustDiffer(steps: readonly Step[]): void {
  const seen = new Set<number>();
  for (const step of steps)
    for (const code of step) {
      if (seen.has(code)) throw new NotPlain();
      seen.add(code);
    }
}
