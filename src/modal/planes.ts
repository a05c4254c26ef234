import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Disposable } from '../shared/emitter.ts';
import { isCancelled } from '../domain/errors.ts';
import { Emitter } from '../shared/emitter.ts';
import type { Logger } from '../shared/logger.ts';
import type { NetworkSettings } from '../domain/network.ts';
import { networkVariables, plainNetwork } from '../domain/network.ts';
import { steadyNow } from '../shared/steadyNow.ts';
import type { Connection } from './connection.ts';
import { connectionKey } from './connection.ts';
import type { ControlPlane, Identity } from './controlPlane.ts';
import type { Bridge } from './network/bridge.ts';
import { childVariables } from './network/childEnvironment.ts';
import type { Proxy } from './network/proxy.ts';
import { proxyFor } from './network/proxy.ts';
import { probeServer } from './probe.ts';
import type { ProfileEntry } from './profile.ts';
import { configPath, defaultServerUrl, listProfiles, loadConnection } from './profile.ts';
import { watchProfile } from './profileWatch.ts';

type Sdk = Pick<typeof import('./sdk.ts'), 'createControlPlane'>;

export interface PlanesOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly logger: Logger;
  /** The profile that the user chose in the settings; '' = the CLI's own choice. */
  readonly profile?: () => string;
  /** Absent: as the variables of `env` say. */
  readonly network?: () => NetworkSettings;
  readonly loadSdk?: () => Promise<Sdk>;
}

/** A server that answered is not probed again for this long. */
const probeEveryMs = 30_000;
const tunnelLimitMs = 20_000;

/** The connection as it is now, and one control plane for each that was used. */
export class ControlPlanes implements Disposable {
  readonly #options: PlanesOptions;
  readonly #loadSdk: () => Promise<Sdk>;
  readonly #planes = new Map<string, Promise<ControlPlane>>();
  readonly #bridges = new Set<Bridge>();
  readonly #changes = new Emitter<Connection>();
  readonly #answers = new Emitter<string>();
  #read: { readonly stamp: string; readonly connection: Connection } | undefined;
  /** The connection last used for each account. */
  readonly #used = new Map<string, Connection>();
  #wasDown = false;
  #probed: { readonly way: string; readonly isFresh: () => boolean } | undefined;

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

  /**
   * Names server and Modal workspace, which stay the same after a new sign-in, also to a profile of another name.
   * Where the server does not tell the workspace, as {@link account}.
   * @throws as `get` does
   */
  async workspace(signal?: AbortSignal): Promise<string> {
    const plane = await this.get(signal);
    const { workspace } = await plane.whoAmI(signal).catch((error: unknown) => {
      if (isCancelled(error)) throw error;
      return { workspace: '' };
    });
    return workspace ? `${(await this.connection()).serverUrl}#${workspace}` : this.account();
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
    await probeServer(connection.serverUrl, { ...(signal ? { signal } : {}), network: this.network });
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

  /** How the network is reached now; a changed setting counts from the next call. */
  get network(): NetworkSettings {
    const { env, network } = this.#options;
    return network?.() ?? { ...plainNetwork, variables: networkVariables(env) };
  }

  /**
   * Variables for a program that talks to Modal, so that it takes the same way through the network.
   * @throws kind `invalid` when what is set as proxy is none, or as `connection` does
   */
  async environment(): Promise<NodeJS.ProcessEnv> {
    return { ...this.#options.env, ...(await this.proxyVariables()) };
  }

  /** What of {@link environment} is not in the environment of this process; without an account, for Modal itself. */
  async proxyVariables(): Promise<Record<string, string>> {
    return childVariables(this.network, await this.#server());
  }

  /** @throws kind `invalid` when what is set as proxy is none */
  async isProxied(): Promise<boolean> {
    return proxyFor(await this.#server(), this.network) !== undefined;
  }

  /** Makes the next call look for the server again, e.g. because a call failed. */
  suspect(): void {
    this.#probed = undefined;
  }

  dispose(): void {
    for (const plane of this.#planes.values()) plane.then((made) => made.close()).catch(() => undefined);
    for (const bridge of this.#bridges) bridge.close();
    this.#planes.clear();
    this.#bridges.clear();
    this.#changes.dispose();
    this.#answers.dispose();
  }

  #planeOf(connection: Connection): Promise<ControlPlane> {
    const { network } = this;
    const proxy = proxyFor(connection.serverUrl, network);
    const key = [connectionKey(connection), connection.tokenSecret, wayOf(network, proxy)].join('|');
    const known = this.#planes.get(key);
    if (known) return known;
    const made = this.#make(connection, network, proxy);
    this.#planes.set(key, made);
    made.catch(() => this.#planes.delete(key));
    return made;
  }

  #server(): Promise<string> {
    return this.connection().then(
      ({ serverUrl }) => serverUrl,
      () => this.#options.env['MODAL_SERVER_URL'] || defaultServerUrl,
    );
  }

  async #make(
    connection: Connection,
    network: NetworkSettings,
    proxy: Proxy | undefined,
  ): Promise<ControlPlane> {
    const { createControlPlane } = await this.#loadSdk();
    const { logger } = this.#options;
    const onAnswer = () => this.#answers.fire(accountOf(connection));
    if (!proxy) return createControlPlane(connection, logger, { network }, onAnswer);
    logger.info(`${connection.serverUrl} is reached through the proxy ${proxy.host} (${proxy.setBy})`);
    const bridge = await this.#bridge(connection.serverUrl, proxy, network);
    return createControlPlane(connection, logger, { network, proxy: bridge.address }, onAnswer);
  }

  async #bridge(serverUrl: string, proxy: Proxy, network: NetworkSettings): Promise<Bridge> {
    const { openBridge, openTunnel } = await import('./network/tunnel.ts');
    const { hostname, port, protocol } = new URL(serverUrl);
    const target = { hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80) };
    const open = (signal: AbortSignal) =>
      openTunnel(proxy, target, { network, signal, limitMs: tunnelLimitMs });
    const bridge = await openBridge(target, open, this.#options.logger);
    this.#bridges.add(bridge);
    return bridge;
  }

  async #probe(serverUrl: string, signal?: AbortSignal): Promise<void> {
    const { network } = this;
    const way = `${serverUrl}|${wayOf(network, proxyFor(serverUrl, network))}`;
    if (this.#probed?.way === way && this.#probed.isFresh()) return;
    try {
      await probeServer(serverUrl, { ...(signal ? { signal } : {}), network });
    } catch (error) {
      if (!isCancelled(error)) this.#wasDown = true;
      throw error;
    }
    if (this.#wasDown) this.#reconnect();
    this.#probed = { way, isFresh: lasting(probeEveryMs) };
  }

  /** What was opened while the line was down may stay dead for long after it is back. */
  #reconnect(): void {
    this.#wasDown = false;
    for (const plane of this.#planes.values()) plane.then((made) => made.reconnect()).catch(() => undefined);
  }
}

/** @returns whether the time is not over yet, be it that it passed, or that the machine slept through it */
function lasting(milliseconds: number): () => boolean {
  const [steady, wall] = [steadyNow(), Date.now()];
  return () => steadyNow() - steady < milliseconds && Math.abs(Date.now() - wall) < milliseconds;
}

function accountOf({ serverUrl, profile }: Connection): string {
  return `${serverUrl}|${profile}`;
}

/** What makes another connection of the same server. */
function wayOf({ strictSsl, systemCertificates }: NetworkSettings, proxy: Proxy | undefined): string {
  return JSON.stringify([strictSsl, systemCertificates, proxy ?? null]);
}

async function fileStamp(file: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(file);
    return `${file}:${mtimeMs}:${size}:${ino}`;
  } catch {
    return `${file}:none`;
  }
}
