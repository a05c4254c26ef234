import type * as vscode from 'vscode';
import { formerKey } from '../domain/keyNames.ts';

export interface EndpointKeyFacts {
  /** Names whose Modal is used now; no secret. */
  readonly account: () => Promise<string>;
  /** Names of all secrets that keys are kept for, where they shared their room with apps before. */
  readonly secretNames: () => Promise<ReadonlySet<string>>;
}

/**
 * Keys of the user's own endpoints, apart for each Modal account: apps of two accounts may have the same name. Modal
 * tokens never come here: they stay in the CLI's file.
 */
export class EndpointKeys {
  readonly #secrets: Pick<vscode.SecretStorage, 'get' | 'store' | 'delete'>;
  readonly #facts: EndpointKeyFacts;

  constructor(secrets: Pick<vscode.SecretStorage, 'get' | 'store' | 'delete'>, facts: EndpointKeyFacts) {
    this.#secrets = secrets;
    this.#facts = facts;
  }

  async get(name: string): Promise<string | undefined> {
    const account = await this.#facts.account();
    const value = await this.#secrets.get(`${account}/${name}`);
    return value ?? this.#moved(account, name);
  }

  async store(name: string, value: string): Promise<void> {
    const account = await this.#facts.account();
    await this.#secrets.store(`${account}/${name}`, value);
    const former = await this.#formerName(name);
    if (former !== undefined) await this.#secrets.delete(`${account}/${former}`);
  }

  /** A key that was kept under the name that it had before. */
  async #moved(account: string, name: string): Promise<string | undefined> {
    const former = await this.#formerName(name);
    const value = former === undefined ? undefined : await this.#secrets.get(`${account}/${former}`);
    if (former === undefined || value === undefined) return undefined;
    await this.#secrets.store(`${account}/${name}`, value);
    await this.#secrets.delete(`${account}/${former}`);
    return value;
  }

  /** @returns undefined for who was not its owner: what has the name of a secret belongs to the secret, never to an app */
  async #formerName(name: string): Promise<string | undefined> {
    const former = formerKey(name);
    if (!former) return undefined;
    const names = await this.#facts.secretNames();
    return names.has(former.of) === former.isSecret ? former.name : undefined;
  }
}
