/**
 * What the user does between a change of the filter and the host's answer to it is about the rows that the answer
 * brings: it waits for them.
 */
export class AfterFilter {
  #asked = 0;
  #answered = 0;
  #waiting: (() => void)[] = [];

  /** Another filter is asked for. @returns its number, which the answer carries too */
  ask(): number {
    return ++this.#asked;
  }

  run(act: () => void): void {
    if (this.#answered >= this.#asked) act();
    else this.#waiting.push(act);
  }

  /** @param number of the filter that all rows are filtered with now */
  answer(number: number): void {
    this.#answered = Math.max(this.#answered, number);
    if (this.#answered < this.#asked) return;
    for (const act of this.#waiting.splice(0)) act();
  }

  /** Another log is shown. */
  forget(): void {
    this.#answered = this.#asked;
    this.#waiting = [];
  }
}
