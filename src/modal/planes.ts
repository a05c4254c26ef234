import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Disposable } from '../domain/emitter.ts';
import { Emitter } from '../domain/emitter.ts';
import type { Logger } from '../domain/logger.ts';
import type { Connection } from './connection.ts';
import { connectionKey } from './connection.ts';
import type { ControlPlane } from './controlPlane.ts';
import { probeServer } from './probe.ts';
import { configPath, loadConnection } from './profile.ts';

type Sdk = Pick<typeof import('./sdk.ts'), 'createControlPlane'>;

export interface PlanesOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly logger: Logger;
  /** The profile that the user chose in the settings; '' = the CLI's own choice. */
  readonly profile?: () => string;
  readonly loadSdk?: () => Promise<Sdk>;
}

/** A server that answered is not probed again for this long. */
const probeEveryMs = 30_000;

/** The connection as it is now, and one control plane for each that was used. */
export class ControlPlanes implements Disposable {
  readonly #options: PlanesOptions;
  readonly #loadSdk: () => Promise<Sdk>;
  readonly #planes = new Map<string, ControlPlane>();
  readonly #changes = new Emitter<Connection>();
  #read: { readonly stamp: string; readonly connection: Connection } | undefined;
  #probed: { readonly serverUrl: string; readonly at: number } | undefined;

  /** Fires when profile, server or token differ from before. */
  readonly onDidChange = this.#changes.event;

  constructor(options: PlanesOptions) {
    this.#options = options;
    this.#loadSdk = options.loadSdk ?? (() => import('./sdk.ts'));
  }

  /** The effective connection; the file is read again only when it changed. */
  async connection(): Promise<Connection> {
    const profile = this.#options.profile?.() ?? '';
    const stamp = `${profile}|${await fileStamp(configPath(this.#options.env))}`;
    if (this.#read?.stamp === stamp) return this.#read.connection;
    const connection = await loadConnection({ env: this.#options.env, profile });
    const before = this.#read?.connection;
    this.#read = { stamp, connection };
    if (before && connectionKey(before) !== connectionKey(connection)) {
      this.#probed = undefined;
      this.#changes.fire(connection);
    }
    return connection;
  }

  async cacheKey(): Promise<string> {
    const { serverUrl, profile, tokenId } = await this.connection();
    // The same profile with another token may be another workspace.
    const token = createHash('sha256').update(tokenId).digest('hex').slice(0, 12);
    return `snapshot:${serverUrl}:${profile}:${token}`;
  }

  /** @throws kind `offline` within seconds when the server is not there, or as `connection` does */
  async get(signal?: AbortSignal): Promise<ControlPlane> {
    const connection = await this.connection();
    await this.#probe(connection.serverUrl, signal);
    const key = `${connectionKey(connection)}|${connection.tokenSecret}`;
    const known = this.#planes.get(key);
    if (known) return known;
    const { createControlPlane } = await this.#loadSdk();
    const plane = this.#planes.get(key) ?? createControlPlane(connection, this.#options.logger);
    this.#planes.set(key, plane);
    return plane;
  }

  /** Makes the next call look for the server again, e.g. because a call failed. */
  suspect(): void {
    this.#probed = undefined;
  }

  dispose(): void {
    for (const plane of this.#planes.values()) plane.close();
    this.#planes.clear();
    this.#changes.dispose();
  }

  async #probe(serverUrl: string, signal?: AbortSignal): Promise<void> {
    const fresh = this.#probed?.serverUrl === serverUrl && Date.now() - this.#probed.at < probeEveryMs;
    if (fresh) return;
    await probeServer(serverUrl, signal);
    this.#probed = { serverUrl, at: Date.now() };
  }
}

async function fileStamp(file: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(file);
    return `${file}:${mtimeMs}:${size}:${ino}`;
  } catch {
    return `${file}:none`;
  }
}
