const star = '*'.charCodeAt(0);

/**
 * Hides keys that a server repeats, so that no view, history, log or file ever has them. A key is replaced by as many
 * stars as it has bytes: sizes and places stay true.
 */
export class KeyMask {
  readonly #keys: readonly Buffer[];
  /** The end of a stream so far, as long as it may be the beginning of a key. */
  #held: Buffer = Buffer.alloc(0);
  #found = false;

  /** @param keys empty ones, and such that are too short to tell, are left alone */
  constructor(keys: readonly string[]) {
    this.#keys = keys.filter((key) => key.length >= 6).map((key) => Buffer.from(key));
  }

  /** Whether any key has been met. */
  get found(): boolean {
    return this.#found;
  }

  /** @returns the same bytes where they hold no key, else a copy */
  bytes(bytes: Uint8Array): Uint8Array {
    let result = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let isCopy = false;
    for (const key of this.#keys) {
      for (let at = result.indexOf(key); at >= 0; at = result.indexOf(key, at + key.length)) {
        if (!isCopy) result = Buffer.from(result);
        isCopy = true;
        result.fill(star, at, at + key.length);
      }
    }
    this.#found ||= isCopy;
    return isCopy ? result : bytes;
  }

  text(text: string): string {
    let result = text;
    for (const key of this.#keys) result = result.replaceAll(key.toString(), '*'.repeat(key.length));
    this.#found ||= result !== text;
    return result;
  }

  headers(headers: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, this.text(value)]));
  }

  /** The next piece of a stream. What may be the beginning of a key is held back until more has come. */
  push(chunk: Uint8Array): Uint8Array {
    if (this.#keys.length === 0) return chunk;
    const known = Buffer.from(this.bytes(Buffer.concat([this.#held, chunk])));
    const held = Math.max(...this.#keys.map((key) => beginningAtEnd(known, key)));
    this.#held = known.subarray(known.length - held);
    return known.subarray(0, known.length - held);
  }
}

/** Length of the longest end of the bytes that is a beginning of the key, and not all of it. */
function beginningAtEnd(bytes: Buffer, key: Buffer): number {
  for (let length = Math.min(key.length - 1, bytes.length); length > 0; length--) {
    if (bytes.subarray(bytes.length - length).equals(key.subarray(0, length))) return length;
  }
  return 0;
}
