/**
 * A Modal account without a server: `vi.mock('../../../src/modal/sdk.ts', () => import('../support/whole/account.ts'))`.
 * It answers what the test has put into it, tells in the transcript what was changed, and refuses what it was told to.
 */
import type { App, AppDetails, Container, Environment } from '../../../../src/domain/app.ts';
import { datedRates } from '../../../../src/domain/cost.ts';
import type { ModalError } from '../../../../src/domain/errors.ts';
import type { AppVersion, Autoscaler, FunctionStats } from '../../../../src/domain/lifecycle.ts';
import type { LogBatch, LogCount } from '../../../../src/domain/log.ts';
import type { EndpointInfo, ListedEndpoint } from '../../../../src/domain/managedEndpoint.ts';
import type { Sandbox } from '../../../../src/domain/sandbox.ts';
import type { ServerInfo } from '../../../../src/domain/server.ts';
import type { ControlPlane } from '../../../../src/modal/controlPlane.ts';
import { tell } from './transcript.ts';

export interface Account {
  workspace: string;
  user: string;
  environments: readonly Environment[];
  apps: App[];
  details: Map<string, AppDetails>;
  containers: Container[];
  sandboxes: Sandbox[];
  moreSandboxes: boolean;
  endpoints: ListedEndpoint[];
  infos: Map<string, EndpointInfo>;
  histories: Map<string, AppVersion[]>;
  autoscaler: Autoscaler;
  serverInfo: ServerInfo;
  functionStats: FunctionStats;
  serverContainers: string[];
  secrets: string[];
  log: LogBatch[];
  past: LogBatch[];
  counts: LogCount[];
  /** By the name of a call: what it fails with. */
  refuses: Map<string, ModalError>;
  /** Names of reads that were made. */
  asked: string[];
  /** Of secrets, volumes and the like. */
  names: string[];
}

const values = { minContainers: 0, maxContainers: 4, bufferContainers: 0, scaledownWindow: 60 };
const emptyAccount = (): Account => ({
  ...{ workspace: 'acme', user: 'ann', environments: [{ name: 'main', isDefault: true }] },
  ...{
    apps: [],
    details: new Map(),
    containers: [],
    sandboxes: [],
    moreSandboxes: false,
    endpoints: [],
    infos: new Map(),
  },
  ...{ histories: new Map(), serverContainers: [], secrets: [], log: [], past: [], counts: [] },
  autoscaler: { inForce: values, coded: values, defaults: {}, overrides: {} },
  serverInfo: { region: '', sessioned: false, cores: 1, memoryGib: 1 },
  functionStats: { backlog: 0, containers: 0, runningInputs: 0 },
  refuses: new Map(),
  asked: [],
  names: [],
});

export const account = emptyAccount();

export function emptyTheAccount(): void {
  Object.assign(account, emptyAccount());
}

const shown = (value: unknown) =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);

/** Told in the transcript, without the signal. */
function changed(name: string, args: readonly unknown[]): void {
  const said = args.filter((each) => each !== undefined && !(each instanceof AbortSignal));
  tell(`modal: ${[name, ...said.map(shown)].join(' ')}`);
}

const redeployed = { deployedAt: 2, warnings: [] };
const ofEnvironment = <T extends { readonly environment: string }>(all: readonly T[], environment: string) =>
  all.filter((each) => each.environment === environment);

const reads = {
  whoAmI: () => ({ workspace: account.workspace, user: account.user }),
  listEnvironments: () => account.environments,
  listApps: (environment: string) => ofEnvironment(account.apps, environment),
  listContainers: (environment: string, appId?: string) =>
    account.containers.filter(({ appId: id }) =>
      appId === undefined
        ? account.apps.some((app) => app.id === id && app.environment === environment)
        : id === appId,
    ),
  containerGpu: () => '',
  describeApp: (appId: string) => account.details.get(appId) ?? { appId, functions: [] },
  findDeployedApp: (name: string, environment: string) => {
    const app = account.apps.find((each) => each.name === name && each.environment === environment);
    return app && { appId: app.id, version: app.version, deployedAt: app.deployedAt };
  },
  hasSecret: (name: string) => account.secrets.includes(name),
  objectNames: () => ({ names: account.names, more: false }),
  rates: () => datedRates,
  answersOnLogs: () => undefined,
  fetchLogs: () => account.past,
  countLogs: () => account.counts,
  history: (appId: string) => account.histories.get(appId) ?? [],
  containerInfo: (id: string) => ({ id, state: 'running' }),
  autoscaler: () => account.autoscaler,
  functionStats: () => account.functionStats,
  listSandboxes: ({ environment }: { readonly environment: string }) => ({
    sandboxes: ofEnvironment(account.sandboxes, environment),
    more: account.moreSandboxes,
  }),
  sandboxContainer: () => '',
  listEndpoints: (environment: string) => ofEnvironment(account.endpoints, environment),
  endpointInfo: (id: string) => account.infos.get(id),
  serverInfo: () => account.serverInfo,
  serverContainers: () => account.serverContainers,
  serverStats: () => ({ byStatus: {} }),
};

const changes = {
  stopApp: undefined,
  disconnectApp: undefined,
  createSecret: undefined,
  createProxyToken: 'wk-new.ws-new',
  rollback: redeployed,
  rollover: redeployed,
  updateAutoscaler: undefined,
};

/** Changes whose outcome can be seen. */
const ends = {
  stopContainer: (id: string) => {
    account.containers = account.containers.filter((each) => each.id !== id);
  },
  stopSandbox: (id: string) => {
    const before = account.sandboxes;
    account.sandboxes = before.filter((each) => each.id !== id);
    return account.sandboxes.length < before.length;
  },
  stopEndpoint: (id: string) => {
    account.endpoints = account.endpoints.filter((each) => each.id !== id);
  },
};

const answer = (name: string, give: () => unknown): Promise<unknown> => {
  const refusal = account.refuses.get(name);
  return refusal ? Promise.reject(refusal) : Promise.resolve(give());
};

async function* streamLogs(
  ...[, , , signal]: Parameters<ControlPlane['streamLogs']>
): AsyncGenerator<LogBatch> {
  for (const batch of account.log) yield await Promise.resolve(batch);
  await new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
  });
}

function planeOf(): ControlPlane {
  const all: Record<string, unknown> = {
    streamLogs,
    dashboardUrl: (id: string) => `https://modal.com/id/${id}`,
    reconnect: () => undefined,
    close: () => undefined,
  };
  for (const [name, give] of Object.entries(reads))
    all[name] = (...args: readonly never[]) => {
      account.asked.push(name);
      return answer(name, () => (give as (...given: readonly unknown[]) => unknown)(...args));
    };
  for (const [name, value] of Object.entries(changes))
    all[name] = (...args: readonly unknown[]) => {
      changed(name, args);
      return answer(name, () => value);
    };
  for (const [name, end] of Object.entries(ends))
    all[name] = (id: string, ...args: readonly unknown[]) => {
      changed(name, [id, ...args]);
      return answer(name, () => end(id));
    };
  return all as unknown as ControlPlane;
}

export function createControlPlane(
  _connection: unknown,
  _logger: unknown,
  _options: unknown,
  onAnswer: () => void,
) {
  const plane = planeOf();
  return new Proxy(plane, {
    get: (target, name) => {
      const call: unknown = Reflect.get(target, name);
      if (name === 'whoAmI')
        return (...args: readonly unknown[]) => {
          onAnswer();
          return (call as (...given: readonly unknown[]) => unknown)(...args);
        };
      return call;
    },
  });
}
