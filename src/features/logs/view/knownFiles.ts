/** Which files that a log names are in the workspace, as far as the host was asked. */
export class KnownFiles {
  readonly #known = new Map<string, boolean>();
  readonly #wanted = new Set<string>();

  /** @returns false as long as nobody knows; then it will be asked for */
  readonly has = (file: string): boolean => {
    const known = this.#known.get(file);
    if (known !== undefined) return known;
    this.#known.set(file, false);
    this.#wanted.add(file);
    return false;
  };

  learn(files: Readonly<Record<string, boolean>>): void {
    for (const [file, isThere] of Object.entries(files)) this.#known.set(file, isThere);
  }

  /** What to ask for now, so many at most; the others come with the next. */
  takeWanted(most: number): string[] {
    const wanted = [...this.#wanted].slice(0, most);
    for (const file of wanted) this.#wanted.delete(file);
    return wanted;
  }

  clear(): void {
    this.#known.clear();
    this.#wanted.clear();
  }
}
