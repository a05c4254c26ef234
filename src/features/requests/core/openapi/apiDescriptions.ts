import type { Logger } from '../../../../shared/logger.ts';
import type { KeyedFiles } from '../keyedFiles.ts';
import type { ApiDocument } from './apiDocument.ts';
import { readApiDocument } from './apiDocument.ts';
import { fetchDescription } from './fetchDescription.ts';

/** Whose description is meant. A deploy gives it a new version. */
export interface DescribedEndpoint {
  readonly url: string;
  readonly version: string;
}

/** API descriptions of endpoints, each read once for a version of the app and kept for the next window. */
export class ApiDescriptions {
  readonly #files: KeyedFiles | undefined;
  readonly #logger: Logger;
  readonly #known = new Map<string, ApiDocument | 'absent'>();

  /** @param files absent: nothing is kept beyond this window */
  constructor(files: KeyedFiles | undefined, logger: Logger) {
    this.#files = files;
    this.#logger = logger;
  }

  /** What is known without asking the endpoint. @returns 'absent' when it is known to have none */
  async known(endpoint: DescribedEndpoint): Promise<ApiDocument | 'absent' | undefined> {
    const key = keyOf(endpoint);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const text = await this.#files?.read(key);
    if (text === undefined) return undefined;
    try {
      return this.#keep(key, readApiDocument(text, endpoint.url));
    } catch {
      return undefined; // damaged on disk: read again
    }
  }

  /**
   * Asks the endpoint.
   * @param headers with the key, where one is needed; kept nowhere
   * @throws as `fetchDescription` and `readApiDocument` do
   */
  async read(
    endpoint: DescribedEndpoint,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<ApiDocument | 'absent'> {
    const key = keyOf(endpoint);
    const text = await fetchDescription(endpoint.url, headers, signal);
    if (text === undefined) return this.#keep(key, 'absent');
    const document = this.#keep(key, readApiDocument(text, endpoint.url));
    await this.#files
      ?.write(key, text)
      .catch((error: unknown) => this.#logger.warn(`Could not save an API description: ${String(error)}`));
    return document;
  }

  #keep<T extends ApiDocument | 'absent'>(key: string, document: T): T {
    this.#known.set(key, document);
    return document;
  }
}

function keyOf({ url, version }: DescribedEndpoint): string {
  return `${url} ${version}`;
}
