import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** The editor's secret storage, where the keys of seals are kept. */
export interface SealKeys {
  get(name: string): PromiseLike<string | undefined>;
  store(name: string, value: string): PromiseLike<void>;
}

/** The key that new seals are made with. Each stands under its own name too, see `nameOf`. */
const keyName = 'requestDraftsKey';
const cipher = 'aes-256-gcm';
const [keySize, nonceSize, tagSize] = [32, 12, 16];
/** Begins what is sealed with the id of its key; older versions wrote none. */
const begin = /^([0-9a-f]{16})\./;

/**
 * Encrypts texts that stand in a file, with a key that only the secret storage has. Such a text is written and deleted
 * together with the file around it, also at once when the window closes, which the storage itself cannot do.
 *
 * Windows that open at once, here or on two machines, may each make a key, and nothing in the storage keeps one from
 * taking the other's place. So each key stays under a name of its own, and a sealed text says which is its.
 */
export class Seal {
  readonly #storage: SealKeys;
  readonly #keys = new Map<string, Buffer>();
  readonly #own: string;

  private constructor(storage: SealKeys, key: Buffer) {
    this.#storage = storage;
    this.#own = idOf(key);
    this.#keys.set(this.#own, key);
  }

  /** With the key that is kept, else with a new one. @throws what the secret storage does */
  static async with(storage: SealKeys): Promise<Seal> {
    const kept = keyOf(await storage.get(keyName));
    const key = kept ?? randomBytes(keySize);
    const text = key.toString('base64');
    // First under its own name: what is sealed with it can then be opened, whatever becomes of the other.
    if (!keyOf(await storage.get(nameOf(idOf(key))))) await storage.store(nameOf(idOf(key)), text);
    if (!kept) await storage.store(keyName, text);
    return new Seal(storage, key);
  }

  close(text: string): string {
    const nonce = randomBytes(nonceSize);
    const sealing = createCipheriv(cipher, this.#key(this.#own), nonce);
    const sealed = [sealing.update(text, 'utf8'), sealing.final()];
    return `${this.#own}.${Buffer.concat([nonce, sealing.getAuthTag(), ...sealed]).toString('base64')}`;
  }

  /** Fetches the key that a text was sealed with, before `open`. @throws what the secret storage does */
  async learn(sealed: string): Promise<void> {
    const id = begin.exec(sealed)?.[1];
    if (id === undefined || this.#keys.has(id)) return;
    const key = keyOf(await this.#storage.get(nameOf(id)));
    if (key) this.#keys.set(id, key);
  }

  /** @returns undefined for what was sealed with a key that is not known, or is damaged */
  open(sealed: string): string | undefined {
    try {
      const bytes = Buffer.from(sealed.replace(begin, ''), 'base64');
      const text = bytes.subarray(nonceSize + tagSize);
      const key = this.#key(begin.exec(sealed)?.[1] ?? this.#own);
      const opening = createDecipheriv(cipher, key, bytes.subarray(0, nonceSize), { authTagLength: tagSize });
      opening.setAuthTag(bytes.subarray(nonceSize, nonceSize + tagSize));
      return Buffer.concat([opening.update(text), opening.final()]).toString('utf8');
    } catch {
      return undefined;
    }
  }

  #key(id: string): Buffer {
    const key = this.#keys.get(id);
    if (!key) throw new Error('This key is not known.');
    return key;
  }
}

function keyOf(text: string | undefined): Buffer | undefined {
  const key = Buffer.from(text ?? '', 'base64');
  return key.length === keySize ? key : undefined;
}

/** Says nothing of the key. */
function idOf(key: Buffer): string {
  return createHash('sha256').update('id of a key').update(key).digest('hex').slice(0, 16);
}

function nameOf(id: string): string {
  return `${keyName}.${id}`;
}
