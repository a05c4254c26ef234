/**
 * The control plane on Modal's official npm SDK. A bundle of its own, loaded on first use, because the SDK is larger
 * than everything else together.
 */
import type { ObjectKind } from '../domain/objectKind.ts';
import type { App, AppDetails, Container, Environment } from '../domain/app.ts';
import type { Rates } from '../domain/cost.ts';
import { ModalError } from '../domain/errors.ts';
import type {
  AppVersion,
  Autoscaler,
  AutoscalerValues,
  ContainerInfo,
  FunctionStats,
  Redeployed,
} from '../domain/lifecycle.ts';
import type { EndpointInfo, ListedEndpoint } from '../domain/managedEndpoint.ts';
import type { LogBatch, LogCount, LogQuery, PastQuery, TimeRange } from '../domain/log.ts';
import type { Logger } from '../shared/logger.ts';
import { plainNetwork } from '../domain/network.ts';
import type { ServerInfo, ServerStats } from '../domain/server.ts';
import { steadyNow } from '../shared/steadyNow.ts';
import { untilAborted } from '../shared/untilAborted.ts';
import type { CallOptions } from './callOptions.ts';
import { callOptions, endsOf } from './callOptions.ts';
import type { Connection } from './connection.ts';
import type { ControlPlane, DeployedApp, Identity } from './controlPlane.ts';
import { describeApp } from './describeApp.ts';
import { FieldChecks } from './fieldChecks.ts';
import { fromGrpc } from './grpcErrors.ts';
import {
  readAutoscaler,
  readContainer,
  readHistory,
  readStats,
  rollBack,
  rollOver,
  updateAutoscaler,
} from './lifecycle.ts';
import {
  toApps,
  toContainers,
  toDeployedApp,
  toEnvironments,
  toIdentity,
  toProxyToken,
  toUsdPerHour,
} from './lists.ts';
import { pastRequest, toLogBatch, toLogCounts } from './logBatch.ts';
import { readEndpointInfo, readEndpoints } from './managedEndpoints.ts';
import type { ObjectNames, ReadNames } from './objectNames.ts';
import { listObjects, readObjectNames } from './objectNames.ts';
import { withPlan } from './plans.ts';
import type { Rpc } from './rpc.ts';
import type { SdkNetwork } from './sdkClient.ts';
import { newClient } from './sdkClient.ts';
import { SdkClients } from './sdkClients.ts';
import type { SandboxScope } from './runningPlane.ts';
import type { SandboxList } from './sandboxes.ts';
import { readSandboxContainer, readSandboxes, stopSandbox } from './sandboxes.ts';
import { readServer, readServerContainers, readServerStats } from './servers.ts';
import { disconnectClientEnded, endpointStoppedByClient, objectCreation, stoppedByClient } from './wire.ts';

const readLimitMs = 15_000;
const changeLimitMs = 60_000;
/** A server that says nothing to the shortest question for this long is mute. */
const answerLimitMs = 10_000;
/** A page of the past can be several megabytes. */
const pastLimitMs = 60_000;

/** A read that comes again by itself is not tried again by the SDK: an outage would cost more than normal days. */
const repeatedRead = { timeoutMs: readLimitMs, retries: 0 };

/** Each log stream asks the server for this much more than the caller's own limit. */
const streamGraceMs = 10_000;

const unimplemented = 12;

/** @param onAnswer called whenever the server has answered something */
export function createControlPlane(
  connection: Connection,
  logger: Logger,
  way: SdkNetwork = { network: plainNetwork },
  onAnswer: () => void = () => undefined,
): ControlPlane {
  const checks = new FieldChecks(logger, connection.serverUrl);
  const clients = new SdkClients(() => newClient(connection, logger, way), logger);
  return new SdkControlPlane({ clients, checks, onAnswer });
}

interface PlaneParts {
  readonly clients: SdkClients;
  readonly checks: FieldChecks;
  readonly onAnswer: () => void;
}

class SdkControlPlane implements ControlPlane {
  readonly #clients: SdkClients;
  readonly #checks: FieldChecks;
  readonly #onAnswer: () => void;
  /** Calls that the server has said it does not offer. */
  readonly #missing = new Set<string>();

  constructor({ clients, checks, onAnswer }: PlaneParts) {
    this.#clients = clients;
    this.#checks = checks;
    this.#onAnswer = onAnswer;
  }

  async whoAmI(signal?: AbortSignal): Promise<Identity> {
    const info = await this.#call(signal, (rpc, options) => rpc.tokenInfoGet({}, options), repeatedRead);
    return toIdentity(info, this.#checks);
  }

  async listEnvironments(signal?: AbortSignal): Promise<Environment[]> {
    const { items } = await this.#call(
      signal,
      (rpc, options) => rpc.environmentList({}, options),
      repeatedRead,
    );
    return toEnvironments(items, this.#checks);
  }

  async listApps(environment: string, signal?: AbortSignal): Promise<App[]> {
    const { apps } = await this.#call(
      signal,
      (rpc, options) => rpc.appList({ environmentName: environment }, options),
      repeatedRead,
    );
    return toApps(apps, environment, this.#checks);
  }

  async listContainers(environment: string, appId = '', signal?: AbortSignal): Promise<Container[]> {
    const { tasks } = await this.#call(
      signal,
      (rpc, options) => rpc.taskList({ environmentName: environment, appId }, options),
      repeatedRead,
    );
    return toContainers(tasks, this.#checks);
  }

  async containerGpu(containerId: string, signal?: AbortSignal): Promise<string | undefined> {
    return (await this.containerInfo(containerId, signal)).gpu;
  }

  describeApp(appId: string, signal?: AbortSignal): Promise<AppDetails> {
    const describe = (rpc: Rpc, options: CallOptions) => describeApp(rpc, appId, options, this.#checks);
    return this.#call(signal, describe, repeatedRead);
  }

  async findDeployedApp(
    name: string,
    environment: string,
    signal?: AbortSignal,
  ): Promise<DeployedApp | undefined> {
    const found = await this.#call(signal, (rpc, options) =>
      rpc.appGetByDeploymentName({ name, environmentName: environment }, options),
    );
    return toDeployedApp(found, this.#checks);
  }

  async stopApp(appId: string, signal?: AbortSignal): Promise<void> {
    await this.#call(signal, (rpc, options) => rpc.appStop({ appId, source: stoppedByClient }, options));
  }

  async disconnectApp(appId: string, signal?: AbortSignal): Promise<void> {
    await this.#call(signal, (rpc, options) =>
      rpc.appClientDisconnect({ appId, reason: disconnectClientEnded }, options),
    );
  }

  async hasSecret(name: string, environment: string, signal?: AbortSignal): Promise<boolean> {
    try {
      await this.#call(signal, (rpc, options) =>
        rpc.secretGetOrCreate(
          { deploymentName: name, environmentName: environment, objectCreationType: objectCreation.lookUp },
          options,
        ),
      );
      return true;
    } catch (error) {
      if (fromGrpc(error).kind === 'notFound') return false;
      throw error;
    }
  }

  objectNames(
    kind: ObjectKind,
    environmentName: string,
    mostPages: number,
    signal?: AbortSignal,
  ): Promise<ObjectNames> {
    const read: ReadNames = (pagination) =>
      this.#call(
        signal,
        (rpc, options) => listObjects[kind](rpc, { environmentName, pagination }, options),
        repeatedRead,
      );
    return readObjectNames(read, mostPages, this.#checks);
  }

  async createSecret(
    name: string,
    environment: string,
    values: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<void> {
    await this.#call(signal, (rpc, options) =>
      rpc.secretGetOrCreate(
        {
          deploymentName: name,
          environmentName: environment,
          objectCreationType: objectCreation.failIfExists,
          envDict: values,
        },
        options,
      ),
    );
  }

  async createProxyToken(name: string, signal?: AbortSignal): Promise<string> {
    const token = await this.#call(signal, (rpc, options) => rpc.webhookTokenCreate({ name }, options));
    return toProxyToken(token);
  }

  async rates(signal?: AbortSignal): Promise<Rates> {
    const { rates } = await this.#call(signal, (rpc, options) => rpc.workspaceBillingRates({}, options));
    return { usdPerHour: toUsdPerHour(rates, this.#checks), source: 'live', asOf: new Date().toISOString() };
  }

  history(appId: string, signal?: AbortSignal): Promise<AppVersion[]> {
    return this.#call(signal, (rpc, options) => readHistory(rpc, appId, options, this.#checks));
  }

  async rollback(appId: string, version: number, signal?: AbortSignal): Promise<Redeployed> {
    try {
      return await this.#change(signal, (rpc, options) =>
        rollBack(rpc, appId, version, options, this.#checks),
      );
    } catch (error) {
      throw withPlan('rollback', fromGrpc(error));
    }
  }

  rollover(appId: string, signal?: AbortSignal): Promise<Redeployed> {
    return this.#change(signal, (rpc, options) => rollOver(rpc, appId, options, this.#checks));
  }

  async stopContainer(
    id: string,
    { graceful = false }: { readonly graceful?: boolean } = {},
    signal?: AbortSignal,
  ): Promise<void> {
    await this.#call(signal, (rpc, options) => rpc.containerStop({ taskId: id, graceful }, options));
  }

  async containerInfo(id: string, signal?: AbortSignal): Promise<ContainerInfo> {
    const read = (rpc: Rpc, options: CallOptions) => readContainer(rpc, id, options, this.#checks);
    const info = await this.#call(signal, read, repeatedRead);
    if (!info) throw new ModalError('notFound', `Modal does not know the container ${id} any more.`);
    return info;
  }

  async autoscaler(functionId: string, signal?: AbortSignal): Promise<Autoscaler> {
    const found = await this.#call(signal, (rpc, options) =>
      readAutoscaler(rpc, functionId, options, this.#checks),
    );
    if (!found) throw new ModalError('unsupported', 'Modal does not tell how this function is scaled.');
    return found;
  }

  updateAutoscaler(
    functionId: string,
    changes: Partial<AutoscalerValues>,
    signal?: AbortSignal,
  ): Promise<void> {
    return this.#call(signal, (rpc, options) => updateAutoscaler(rpc, functionId, changes, options));
  }

  functionStats(functionId: string, signal?: AbortSignal): Promise<FunctionStats> {
    return this.#call(signal, (rpc, options) => readStats(rpc, functionId, options, this.#checks));
  }

  async listSandboxes(
    { environment, appId = '' }: SandboxScope,
    mostPages: number,
    signal?: AbortSignal,
  ): Promise<SandboxList> {
    const scope = appId ? { appId, environmentName: '' } : { appId, environmentName: environment };
    const request = { ...scope, includeFinished: false, tags: [] };
    const list = (call: 'sandboxListV2' | 'sandboxList') =>
      readSandboxes(
        (beforeTimestamp) =>
          this.#optional(
            call,
            signal,
            (rpc, options) => rpc[call]({ ...request, beforeTimestamp }, options),
            repeatedRead,
          ),
        environment,
        mostPages,
        this.#checks,
      );
    try {
      return await list('sandboxListV2');
    } catch (error) {
      if (fromGrpc(error).kind !== 'unsupported') throw error;
      return list('sandboxList'); // older servers know the first kind only
    }
  }

  stopSandbox(id: string, signal?: AbortSignal): Promise<boolean> {
    return this.#call(signal, (rpc, options) => stopSandbox(rpc, id, options));
  }

  sandboxContainer(id: string, signal?: AbortSignal): Promise<string> {
    return this.#call(signal, (rpc, options) => readSandboxContainer(rpc, id, options, this.#checks));
  }

  listEndpoints(environment: string, signal?: AbortSignal): Promise<ListedEndpoint[]> {
    return this.#optional(
      'endpointList',
      signal,
      (rpc, options) => readEndpoints(rpc, environment, Date.now(), options, this.#checks),
      repeatedRead,
    );
  }

  endpointInfo(id: string, signal?: AbortSignal): Promise<EndpointInfo> {
    return this.#optional(
      'endpointGetInfo',
      signal,
      (rpc, options) => readEndpointInfo(rpc, id, options, this.#checks),
      repeatedRead,
    );
  }

  async stopEndpoint(id: string, signal?: AbortSignal): Promise<void> {
    await this.#call(signal, (rpc, options) =>
      rpc.endpointStop({ endpointId: id, source: endpointStoppedByClient }, options),
    );
  }

  serverInfo(functionId: string, signal?: AbortSignal): Promise<ServerInfo> {
    return this.#optional('functionGetById', signal, (rpc, options) =>
      readServer(rpc, functionId, options, this.#checks),
    );
  }

  serverContainers(functionId: string, signal?: AbortSignal): Promise<string[]> {
    return this.#optional('flashContainerList', signal, (rpc, options) =>
      readServerContainers(rpc, functionId, options, this.#checks),
    );
  }

  serverStats(
    functionId: string,
    range: { readonly since: number; readonly until: number },
    signal?: AbortSignal,
  ): Promise<ServerStats> {
    return this.#optional('serverGetTimeRangeStats', signal, (rpc, options) =>
      readServerStats(rpc, functionId, range, options, this.#checks),
    );
  }

  dashboardUrl(id: string): string {
    return `https://modal.com/id/${encodeURIComponent(id)}`;
  }

  async *streamLogs(
    query: LogQuery,
    lastEntryId: string,
    timeoutSeconds: number,
    signal?: AbortSignal,
  ): AsyncIterable<LogBatch> {
    const request = {
      appId: query.appId,
      functionId: query.functionId ?? '',
      functionCallId: query.callId ?? '',
      taskId: query.containerId ?? '',
      timeout: timeoutSeconds,
      lastEntryId,
    };
    const options = callOptions(timeoutSeconds * 1000 + streamGraceMs, signal);
    const batches = this.#clients.streams.cpClient.appGetLogs(request, options)[Symbol.asyncIterator]();
    const { ends, reason } = endsOf(options);
    try {
      for (;;) {
        const next = await untilAborted(batches.next(), ends);
        this.#onAnswer();
        if (next.done) return;
        yield toLogBatch(next.value, this.#checks);
      }
    } catch (error) {
      throw this.#failure(reason(error), signal);
    } finally {
      batches.return?.().catch(() => undefined);
    }
  }

  async answersOnLogs(signal?: AbortSignal): Promise<void> {
    await this.#call(signal, (_, options) => this.#clients.streams.cpClient.environmentList({}, options), {
      timeoutMs: answerLimitMs,
      retries: 0,
    });
  }

  async fetchLogs(
    query: PastQuery,
    range: TimeRange,
    limit: number,
    signal?: AbortSignal,
  ): Promise<readonly LogBatch[]> {
    const { batches } = await this.#call(
      signal,
      (rpc, options) => rpc.appFetchLogs({ ...pastRequest(query, range), limit }, options),
      { timeoutMs: pastLimitMs },
    );
    return batches.map((batch) => toLogBatch(batch, this.#checks));
  }

  async countLogs(
    query: PastQuery,
    range: TimeRange,
    bucketSeconds: number,
    signal?: AbortSignal,
  ): Promise<readonly LogCount[]> {
    const { buckets } = await this.#call(
      signal,
      (rpc, options) =>
        rpc.appCountLogs({ ...pastRequest(query, range), bucketSecs: bucketSeconds }, options),
      { timeoutMs: pastLimitMs },
    );
    return toLogCounts(buckets, bucketSeconds, this.#checks);
  }

  reconnect(): void {
    this.#clients.renew();
  }

  close(): void {
    this.#clients.close();
  }

  /** A call that makes a new version: it takes longer than a read, and made twice it would make two. */
  #change<T>(
    signal: AbortSignal | undefined,
    call: (rpc: Rpc, options: CallOptions) => Promise<T>,
  ): Promise<T> {
    return this.#call(signal, call, { timeoutMs: changeLimitMs, retries: 0 });
  }

  /** A read that not every server offers; one that does not is not asked again. */
  async #optional<T>(
    name: string,
    signal: AbortSignal | undefined,
    call: (rpc: Rpc, options: CallOptions) => Promise<T>,
    limits?: Pick<CallOptions, 'timeoutMs' | 'retries'>,
  ): Promise<T> {
    if (this.#missing.has(name)) throw fromGrpc({ code: unimplemented });
    try {
      return await this.#call(signal, call, limits);
    } catch (error) {
      if (fromGrpc(error).kind === 'unsupported') this.#missing.add(name);
      throw error;
    }
  }

  async #call<T>(
    signal: AbortSignal | undefined,
    call: (rpc: Rpc, options: CallOptions) => Promise<T>,
    limits: Pick<CallOptions, 'timeoutMs' | 'retries'> = { timeoutMs: readLimitMs },
  ): Promise<T> {
    const options = { ...limits, ...(signal ? { signal } : {}) };
    const { ends, reason } = endsOf(options);
    const since = steadyNow();
    try {
      const answer = await untilAborted(call(this.#clients.calls.cpClient, options), ends);
      this.#clients.noteAnswer();
      this.#onAnswer();
      return answer;
    } catch (error) {
      const failure = this.#failure(reason(error), signal);
      if (failure.kind === 'timeout') this.#clients.noteSilence(since);
      throw failure;
    }
  }

  /** A refused token is not used again: it may be the short-lived one that is at fault. */
  #failure(error: unknown, signal: AbortSignal | undefined): ModalError {
    const failure = fromGrpc(error, signal);
    if (failure.kind === 'unauthenticated') this.#clients.tokens.forget();
    return failure;
  }
}
