import type * as vscode from 'vscode';

/** Keys of the user's own endpoints. Modal tokens never come here: they stay in the CLI's file. */
export class EndpointKeys {
  readonly #secrets: vscode.SecretStorage;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
  }

  async get(name: string): Promise<string | undefined> {
    return this.#secrets.get(name);
  }

  async store(name: string, value: string): Promise<void> {
    await this.#secrets.store(name, value);
  }
}
