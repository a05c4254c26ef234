import { isSecretName } from '../../../../shared/redact.ts';

/** What variables say of one another. Nothing here calls itself: a chain may be as long as its author likes. */
export class VariableGraph {
  readonly #innerOf: (name: string) => readonly string[];
  readonly #isSource: (name: string) => boolean;
  readonly #inner = new Map<string, readonly string[]>();
  readonly #depths = new Map<string, number>();

  /**
   * @param innerOf the names that the value of a variable has in it
   * @param isSource whether a value stays on this machine
   */
  constructor(innerOf: (name: string) => readonly string[], isSource: (name: string) => boolean) {
    this.#innerOf = innerOf;
    this.#isSource = isSource;
  }

  /** How many variables are filled in one within the other; of a circle, as far as it is new. */
  depth(name: string): number {
    const opened = new Set<string>();
    const stack = [name];
    for (let at = stack.at(-1); at !== undefined; at = stack.at(-1)) {
      const inner = this.#innerNames(at);
      if (!this.#depths.has(at) && !opened.has(at)) {
        opened.add(at);
        stack.push(...inner.filter((each) => !this.#depths.has(each) && !opened.has(each)));
        continue;
      }
      stack.pop();
      if (this.#depths.has(at)) continue;
      const deepest = inner.reduce((most, each) => Math.max(most, this.#depths.get(each) ?? 0), 0);
      this.#depths.set(at, deepest + 1);
    }
    return this.#depths.get(name) ?? 0;
  }

  /** Whether a value is of a source, also by way of another variable. */
  isSecret(name: string): boolean {
    return this.#secretsBelow([name]).has(name);
  }

  /** Of all variables that these are filled with, those of a source that say that they are credentials. */
  credentials(names: readonly string[]): string[] {
    return [...this.#secretsBelow(names)].filter((name) => {
      const last = name.split(/\s+/).at(-1) ?? '';
      // Which name `%name` stands for is known only when it is filled in.
      return isSecretName(last) || last.startsWith('%');
    });
  }

  #secretsBelow(names: readonly string[]): ReadonlySet<string> {
    const seen = new Set(names);
    const users = new Map<string, string[]>();
    for (const name of seen) {
      for (const each of this.#innerNames(name)) {
        seen.add(each);
        const known = users.get(each);
        if (known) known.push(name);
        else users.set(each, [name]);
      }
    }
    const secret = new Set([...seen].filter((name) => this.#isSource(name)));
    for (const name of secret) for (const user of users.get(name) ?? []) secret.add(user);
    return secret;
  }

  #innerNames(name: string): readonly string[] {
    const known = this.#inner.get(name) ?? [...new Set(this.#innerOf(name))];
    this.#inner.set(name, known);
    return known;
  }
}
