import type { EndpointInfo, ListedEndpoint } from '../domain/managedEndpoint.ts';
import type { ServerInfo, ServerStats } from '../domain/server.ts';
import type { SandboxList } from './sandboxes.ts';

/** Where sandboxes are looked for. */
export interface SandboxScope {
  readonly environment: string;
  /** Only those of this app; absent: all of the environment. */
  readonly appId?: string;
}

/**
 * What runs and costs money beside functions: sandboxes, servers, managed endpoints. Part of `ControlPlane`. What a server
 * has once said it does not offer is not asked of it again: the call rejects with kind `unsupported` at once.
 */
export interface RunningPlane {
  /** Sandboxes of both kinds that have not ended. @param mostPages calls that it may take */
  listSandboxes(scope: SandboxScope, mostPages: number, signal?: AbortSignal): Promise<SandboxList>;
  /** @returns whether it was running until then */
  stopSandbox(id: string, signal?: AbortSignal): Promise<boolean>;
  /** @returns the container that a sandbox runs in; '' while there is none */
  sandboxContainer(id: string, signal?: AbortSignal): Promise<string>;
  /** Managed endpoints that were not stopped. */
  listEndpoints(environment: string, signal?: AbortSignal): Promise<ListedEndpoint[]>;
  endpointInfo(id: string, signal?: AbortSignal): Promise<EndpointInfo>;
  stopEndpoint(id: string, signal?: AbortSignal): Promise<void>;
  /** @param functionId of a server, as in all of these */
  serverInfo(functionId: string, signal?: AbortSignal): Promise<ServerInfo>;
  /** Ids of the containers that take its requests. */
  serverContainers(functionId: string, signal?: AbortSignal): Promise<string[]>;
  /** @param range unix milliseconds, at most seven days */
  serverStats(
    functionId: string,
    range: { readonly since: number; readonly until: number },
    signal?: AbortSignal,
  ): Promise<ServerStats>;
}
