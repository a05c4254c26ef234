/** A key as it stands in bytes, and as many stars. */
interface HiddenKey {
  readonly key: Buffer;
  readonly stars: Buffer;
}

/**
 * Hides keys that a server repeats, so that no view, history, log or file ever has them. A key is replaced by as many
 * stars as it has characters: sizes and places stay true.
 */
export class KeyMask {
  readonly #texts: readonly string[];
  /** In each encoding that does not write them as UTF-8 does. */
  readonly #keys: readonly HiddenKey[];
  /** The end of a stream so far, as long as it may be the beginning of a key. */
  #held: Buffer = Buffer.alloc(0);
  #found = false;

  /** @param keys empty ones, and such that are too short to tell, are left alone */
  constructor(keys: readonly string[]) {
    this.#texts = keys.filter((key) => key.length >= 6);
    this.#keys = this.#texts.flatMap((key) => hiddenForms(key));
  }

  /** Whether any key has been met. */
  get found(): boolean {
    return this.#found;
  }

  /** @returns the same bytes where they hold no key, else a copy */
  bytes(bytes: Uint8Array): Uint8Array {
    let result = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let isCopy = false;
    for (const { key, stars } of this.#keys) {
      for (let at = result.indexOf(key); at >= 0; at = result.indexOf(key, at + key.length)) {
        if (!isCopy) result = Buffer.from(result);
        isCopy = true;
        stars.copy(result, at);
      }
    }
    this.#found ||= isCopy;
    return isCopy ? result : bytes;
  }

  text(text: string): string {
    let result = text;
    for (const key of this.#texts) result = result.replaceAll(key, '*'.repeat(Buffer.byteLength(key)));
    this.#found ||= result !== text;
    return result;
  }

  headers(headers: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [this.#name(name), this.text(value)]),
    );
  }

  /** The client has them in small letters. */
  #name(name: string): string {
    const key = this.#texts.find((each) => name.toLowerCase().includes(each.toLowerCase()));
    if (key === undefined) return name;
    this.#found = true;
    return '*'.repeat(name.length);
  }

  /** The next piece of a stream. What may be the beginning of a key is held back until more has come. */
  push(chunk: Uint8Array): Uint8Array {
    if (this.#keys.length === 0) return chunk;
    const known = Buffer.from(this.bytes(Buffer.concat([this.#held, chunk])));
    const held = Math.max(...this.#keys.map(({ key }) => beginningAtEnd(known, key)));
    this.#held = known.subarray(known.length - held);
    return known.subarray(0, known.length - held);
  }
}

function hiddenForms(key: string): HiddenKey[] {
  const plain = { key: Buffer.from(key), stars: Buffer.alloc(Buffer.byteLength(key), '*') };
  const little = { key: Buffer.from(key, 'utf16le'), stars: Buffer.from('*'.repeat(key.length), 'utf16le') };
  const big = { key: swapped(little.key), stars: swapped(little.stars) };
  return [plain, little, big];
}

const swapped = (bytes: Buffer) => Buffer.from(bytes).swap16();

/** Length of the longest end of the bytes that is a beginning of the key, and not all of it. */
function beginningAtEnd(bytes: Buffer, key: Buffer): number {
  for (let length = Math.min(key.length - 1, bytes.length); length > 0; length--) {
    if (bytes.subarray(bytes.length - length).equals(key.subarray(0, length))) return length;
  }
  return 0;
}
