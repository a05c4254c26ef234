import type * as vscode from 'vscode';

/**
 * Keys of the user's own endpoints, apart for each Modal account: apps of two accounts may have the same name. Modal
 * tokens never come here: they stay in the CLI's file.
 */
export class EndpointKeys {
  readonly #secrets: vscode.SecretStorage;
  readonly #account: () => Promise<string>;

  /** @param account names whose Modal is used now; no secret */
  constructor(secrets: vscode.SecretStorage, account: () => Promise<string>) {
    this.#secrets = secrets;
    this.#account = account;
  }

  async get(name: string): Promise<string | undefined> {
    return this.#secrets.get(`${await this.#account()}/${name}`);
  }

  async store(name: string, value: string): Promise<void> {
    await this.#secrets.store(`${await this.#account()}/${name}`, value);
  }
}
