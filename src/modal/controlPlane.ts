import type { ObjectKind } from '../domain/objectKind.ts';
import type { App, AppDetails, Container, Environment } from '../domain/app.ts';
import type { Rates } from '../domain/cost.ts';
import type { LogBatch, LogCount, LogQuery, PastQuery, TimeRange } from '../domain/log.ts';
import type { LifecyclePlane } from './lifecyclePlane.ts';
import type { ObjectNames } from './objectNames.ts';
import type { RunningPlane } from './runningPlane.ts';

export interface Identity {
  /** '' when the server does not tell. */
  readonly workspace: string;
  readonly user?: string;
}

export interface DeployedApp {
  readonly appId: string;
  readonly version?: number;
  readonly deployedAt?: number;
}

/**
 * Everything the extension reads from Modal or asks it to do, apart from what only the CLI can.
 *
 * Every method rejects with `ModalError`; a given `signal` ends the wait with kind `cancelled`. Reads that take longer
 * than their own limit reject with kind `timeout`.
 */
export interface ControlPlane extends LifecyclePlane, RunningPlane {
  whoAmI(signal?: AbortSignal): Promise<Identity>;
  listEnvironments(signal?: AbortSignal): Promise<Environment[]>;
  listApps(environment: string, signal?: AbortSignal): Promise<App[]>;
  listContainers(environment: string, appId?: string, signal?: AbortSignal): Promise<Container[]>;
  /** @returns the GPU as in `gpu=`, e.g. `A10:2`; '' for a container without one, undefined when it is not known */
  containerGpu(containerId: string, signal?: AbortSignal): Promise<string | undefined>;
  describeApp(appId: string, signal?: AbortSignal): Promise<AppDetails>;
  /** @returns undefined when no app of that name is deployed. */
  findDeployedApp(name: string, environment: string, signal?: AbortSignal): Promise<DeployedApp | undefined>;
  stopApp(appId: string, signal?: AbortSignal): Promise<void>;
  /** Ends an app whose client has gone, e.g. a cancelled deploy or serve. */
  disconnectApp(appId: string, signal?: AbortSignal): Promise<void>;
  hasSecret(name: string, environment: string, signal?: AbortSignal): Promise<boolean>;
  /** Names of the objects of one kind. @param mostPages calls that it may take; each tells of a hundred */
  objectNames(
    kind: ObjectKind,
    environment: string,
    mostPages: number,
    signal?: AbortSignal,
  ): Promise<ObjectNames>;
  /** @throws kind `conflict` when a secret of that name exists; values never reach a log. */
  createSecret(
    name: string,
    environment: string,
    values: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<void>;
  /**
   * Makes a token of Modal's proxy, which guards endpoints of the whole workspace.
   * @returns `ID.SECRET`, as a bearer token carries it; Modal never gives it again
   * @throws kind `forbidden` when the role may not
   */
  createProxyToken(name: string, signal?: AbortSignal): Promise<string>;
  rates(signal?: AbortSignal): Promise<Rates>;
  /** Page of any object by its id. */
  dashboardUrl(id: string): string;
  /**
   * One server stream, which ends by itself after `timeoutSeconds`; reopening with the last entry id is the caller's.
   * @param lastEntryId empty to begin at the server's start of the log.
   */
  streamLogs(
    query: LogQuery,
    lastEntryId: string,
    timeoutSeconds: number,
    signal?: AbortSignal,
  ): AsyncIterable<LogBatch>;
  /** Resolves when the server answers on the line that log streams use: what has only been asked may be mute. */
  answersOnLogs(signal?: AbortSignal): Promise<void>;
  /**
   * Text entries of the past, in the order of time; of more than `limit`, the newest ones.
   * @param range at most 35 days
   * @param limit at most 20,000
   * @throws kind `unsupported` by a server that offers no past
   */
  fetchLogs(
    query: PastQuery,
    range: TimeRange,
    limit: number,
    signal?: AbortSignal,
  ): Promise<readonly LogBatch[]>;
  /**
   * Numbers of text entries in buckets that begin at multiples of their width; empty ones may be left out.
   * @param bucketSeconds one of the widths that the official clients use, see `bucketSecondsFor`
   */
  countLogs(
    query: PastQuery,
    range: TimeRange,
    bucketSeconds: number,
    signal?: AbortSignal,
  ): Promise<readonly LogCount[]>;
  /** Makes new calls take new connections, because the line was down meanwhile. */
  reconnect(): void;
  close(): void;
}
