import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** The editor's secret storage, where the key of a seal is kept. */
export interface SealKeys {
  get(name: string): PromiseLike<string | undefined>;
  store(name: string, value: string): PromiseLike<void>;
}

const keyName = 'requestDraftsKey';
const cipher = 'aes-256-gcm';
const [keySize, nonceSize, tagSize] = [32, 12, 16];

/**
 * Encrypts texts that stand in a file, with a key that only the secret storage has. Such a text is written and deleted
 * together with the file around it, also at once when the window closes, which the storage itself cannot do.
 */
export class Seal {
  readonly #key: Buffer;

  private constructor(key: Buffer) {
    this.#key = key;
  }

  /** With the key that is kept, else with a new one. @throws what the secret storage does */
  static async with(keys: SealKeys): Promise<Seal> {
    const kept = Buffer.from((await keys.get(keyName)) ?? '', 'base64');
    if (kept.length === keySize) return new Seal(kept);
    const key = randomBytes(keySize);
    await keys.store(keyName, key.toString('base64'));
    return new Seal(key);
  }

  close(text: string): string {
    const nonce = randomBytes(nonceSize);
    const sealing = createCipheriv(cipher, this.#key, nonce);
    const sealed = [sealing.update(text, 'utf8'), sealing.final()];
    return Buffer.concat([nonce, sealing.getAuthTag(), ...sealed]).toString('base64');
  }

  /** @returns undefined for what was sealed with another key, or is damaged */
  open(sealed: string): string | undefined {
    try {
      const bytes = Buffer.from(sealed, 'base64');
      const text = bytes.subarray(nonceSize + tagSize);
      const opening = createDecipheriv(cipher, this.#key, bytes.subarray(0, nonceSize), {
        authTagLength: tagSize,
      });
      opening.setAuthTag(bytes.subarray(nonceSize, nonceSize + tagSize));
      return Buffer.concat([opening.update(text), opening.final()]).toString('utf8');
    } catch {
      return undefined;
    }
  }
}
