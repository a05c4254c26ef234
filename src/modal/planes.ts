import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Disposable } from '../domain/emitter.ts';
import { Emitter } from '../domain/emitter.ts';
import type { Logger } from '../domain/logger.ts';
import type { Connection } from './connection.ts';
import { connectionKey } from './connection.ts';
import type { ControlPlane, Identity } from './controlPlane.ts';
import { probeServer } from './probe.ts';
import type { ProfileEntry } from './profile.ts';
import { configPath, listProfiles, loadConnection } from './profile.ts';
import { watchProfile } from './profileWatch.ts';

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
  readonly #answers = new Emitter<string>();
  #read: { readonly stamp: string; readonly connection: Connection } | undefined;
  /** The connection last used for each account. */
  readonly #used = new Map<string, Connection>();
  #probed: { readonly serverUrl: string; readonly at: number } | undefined;

  /** Fires when a server has answered a call, whatever it was, with the account that it was for. */
  readonly onDidAnswer = this.#answers.event;

  /** Fires when profile, server or token differ from before. */
  readonly onDidChange = this.#changes.event;

  constructor(options: PlanesOptions) {
    this.#options = options;
    this.#loadSdk = options.loadSdk ?? (() => import('./sdk.ts'));
  }

  /** The effective connection; the file is read again only when it changed. */
  async connection(): Promise<Connection> {
    const profile = this.#options.profile?.() ?? '';
    const stamp = `${profile}|${await fileStamp(this.configPath)}`;
    if (this.#read?.stamp === stamp) return this.#read.connection;
    const connection = await loadConnection({ env: this.#options.env, profile });
    const before = this.#read?.connection;
    this.#read = { stamp, connection };
    this.#used.set(accountOf(connection), connection);
    if (before && connectionKey(before) !== connectionKey(connection)) {
      this.#probed = undefined;
      this.#changes.fire(connection);
    }
    return connection;
  }

  /** Names server and profile, and so a Modal workspace; stays the same when a token is made anew. */
  async account(): Promise<string> {
    return accountOf(await this.connection());
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
    return this.#planeOf(connection);
  }

  /** As `get`, for an account that was in use before: it stays what it was when another profile is chosen. */
  async getFor(account: string, signal?: AbortSignal): Promise<ControlPlane> {
    const connection = await this.connection();
    const used = this.#used.get(account) ?? connection;
    const wanted = accountOf(connection) === account ? connection : used;
    await this.#probe(wanted.serverUrl, signal);
    return this.#planeOf(wanted);
  }

  /** Profile of an account that was in use. */
  profileOf(account: string): string {
    return this.#used.get(account)?.profile ?? '';
  }

  /** Asks whose a profile of the file is, whichever is in use. @throws as `get` does */
  async identify(profile: string, signal?: AbortSignal): Promise<Identity> {
    const connection = await loadConnection({ env: this.#options.env, profile });
    await probeServer(connection.serverUrl, signal);
    return (await this.#planeOf(connection)).whoAmI(signal);
  }

  /** Profiles of the file. @throws kind `profileBroken` */
  profiles(): Promise<ProfileEntry[]> {
    return listProfiles(this.#options.env);
  }

  /** Calls back whenever the profile file appears, changes or goes, until disposed. */
  watchFile(listener: () => void): Disposable {
    return watchProfile(this.configPath, listener);
  }

  get configPath(): string {
    return configPath(this.#options.env);
  }

  /** Makes the next call look for the server again, e.g. because a call failed. */
  suspect(): void {
    this.#probed = undefined;
  }

  dispose(): void {
    for (const plane of this.#planes.values()) plane.close();
    this.#planes.clear();
    this.#changes.dispose();
    this.#answers.dispose();
  }

  async #planeOf(connection: Connection): Promise<ControlPlane> {
    const key = `${connectionKey(connection)}|${connection.tokenSecret}`;
    const known = this.#planes.get(key);
    if (known) return known;
    const { createControlPlane } = await this.#loadSdk();
    const answered = () => this.#answers.fire(accountOf(connection));
    const plane = this.#planes.get(key) ?? createControlPlane(connection, this.#options.logger, answered);
    this.#planes.set(key, plane);
    return plane;
  }

  async #probe(serverUrl: string, signal?: AbortSignal): Promise<void> {
    const fresh = this.#probed?.serverUrl === serverUrl && Date.now() - this.#probed.at < probeEveryMs;
    if (fresh) return;
    await probeServer(serverUrl, signal);
    this.#probed = { serverUrl, at: Date.now() };
  }
}

function accountOf({ serverUrl, profile }: Connection): string {
  return `${serverUrl}|${profile}`;
}

async function fileStamp(file: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(file);
    return `${file}:${mtimeMs}:${size}:${ino}`;
  } catch {
    return `${file}:none`;
  }
}
