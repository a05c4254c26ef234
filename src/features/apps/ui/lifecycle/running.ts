import * as vscode from 'vscode';
import { readRates } from '../../../../store/rates.ts';
import type { App, ModalFunction } from '../../../../domain/app.ts';
import { ModalError } from '../../../../domain/errors.ts';
import type { ManagedEndpoint } from '../../../../domain/managedEndpoint.ts';
import { endpointState } from '../../../../domain/managedEndpoint.ts';
import type { Sandbox } from '../../../../domain/sandbox.ts';
import type { Text } from '../../../../shared/text.ts';
import { lines, plain, text } from '../../../../shared/text.ts';
import { gpuChoiceText } from '../../../../domain/priceText.ts';
import { showStatus, showWarning } from '../../../../editor/shown/messages.ts';
import { mapAtMost } from '../../../../store/atMost.ts';
import { pick } from '../../../../editor/pick.ts';
import type { AppsNeeds } from '../needs.ts';
import type { Target } from '../../../../domain/target.ts';
import { withSignal } from '../../../../editor/withSignal.ts';
import { stopContainersLines, stopEndpointLines, stopSandboxLines } from './runningWords.ts';

/** Ends what runs beside functions: sandboxes, managed endpoints, the containers of servers. Each asks once. */

interface AppSandbox {
  readonly app: App | undefined;
  readonly sandbox: Sandbox;
}

interface AppManaged {
  readonly app: App | undefined;
  readonly managed: ManagedEndpoint;
}

interface AppServer {
  readonly app: App;
  readonly fn: ModalFunction;
}

/** The sandbox of a row, or the user's choice. @throws kind `notFound` when none runs */
export async function resolveSandbox(
  services: AppsNeeds,
  target: Target | undefined,
  title: Text,
): Promise<AppSandbox | undefined> {
  if (target?.kind === 'sandbox' || target?.kind === 'tunnel') return target;
  await services.store.refresh();
  const { apps, sandboxes } = services.store.state.snapshot;
  if (sandboxes.length === 0) throw new ModalError('notFound', 'No running sandboxes found.');
  return pick(
    title,
    text`Select a sandbox`,
    sandboxes.map((sandbox) => {
      const app = apps.find(({ id }) => id === sandbox.appId);
      return {
        label: plain(sandbox.name || sandbox.id),
        description: plain([app?.name ?? sandbox.appId, sandbox.environment].filter(Boolean).join(' · ')),
        detail: plain(sandbox.id),
        iconPath: new vscode.ThemeIcon('vm'),
        value: { app, sandbox },
      };
    }),
  );
}

export async function stopSandbox(services: AppsNeeds, { app, sandbox }: AppSandbox): Promise<void> {
  const { planes, store } = services;
  const { id, name } = sandbox;
  const rates = await ratesNow(services, text`Loading prices…`);
  const stop = text`Stop Sandbox`;
  const chosen = await showWarning(
    name ? text`Stop sandbox ${name} (${id})?` : text`Stop sandbox ${id}?`,
    { modal: true, detail: lines(stopSandboxLines(sandbox, app, rates, Date.now())) },
    stop,
  );
  if (chosen !== stop) return;
  const wasRunning = await withSignal(text`Stopping sandbox ${id}…`, async (signal) =>
    (await planes.get(signal)).stopSandbox(id, signal),
  );
  showStatus(
    'check',
    wasRunning ? text`${name || id} stopped` : text`${name || id} had already stopped`,
    5000,
  );
  await store.refresh();
}

/** The endpoint of a row, or the user's choice. @throws kind `notFound` when there is none */
export async function resolveManaged(
  services: AppsNeeds,
  target: Target | undefined,
  title: Text,
): Promise<AppManaged | undefined> {
  if (target?.kind === 'managed') return target;
  await services.store.refresh();
  const { apps, endpoints } = services.store.state.snapshot;
  if (endpoints.length === 0) throw new ModalError('notFound', 'There are no managed endpoints.');
  return pick(
    title,
    text`Select an endpoint`,
    endpoints.map((managed) => ({
      label: plain(managed.name),
      description: plain([managed.environment, endpointState(managed)].join(' · ')),
      detail: plain(managed.info?.model ?? ''),
      iconPath: new vscode.ThemeIcon('sparkle'),
      value: { app: apps.find(({ id }) => id === managed.info?.appId), managed },
    })),
  );
}

export async function stopManaged(services: AppsNeeds, { app, managed }: AppManaged): Promise<void> {
  const { planes, store } = services;
  const rates = await ratesNow(services, text`Loading prices…`);
  const stop = text`Stop Endpoint`;
  const chosen = await showWarning(
    text`Stop managed endpoint ${managed.name}?`,
    { modal: true, detail: lines(stopEndpointLines(managed, app, rates)) },
    stop,
  );
  if (chosen !== stop) return;
  await withSignal(text`Stopping ${managed.name}…`, async (signal) =>
    (await planes.get(signal)).stopEndpoint(managed.id, signal),
  );
  showStatus('check', text`${managed.name} stopped`, 5000);
  await store.refresh();
}

/** The server of a row, or the user's choice. @throws kind `notFound` when none is deployed */
export async function resolveServer(
  services: AppsNeeds,
  target: Target | undefined,
  title: Text,
): Promise<AppServer | undefined> {
  if (target?.kind === 'server') return target;
  await services.store.refresh();
  const { apps, details } = services.store.state.snapshot;
  const servers = apps.flatMap((app) =>
    (details.get(app.id)?.functions ?? []).flatMap((fn) => (fn.kind === 'server' ? [{ app, fn }] : [])),
  );
  if (servers.length === 0) throw new ModalError('notFound', 'No servers are deployed.');
  return pick(
    title,
    text`Select a server`,
    servers.map((value) => ({
      label: plain(value.fn.tag),
      description: text`${value.app.name} · ${value.app.environment}`,
      detail: plain(gpuChoiceText(value.fn.gpus)),
      iconPath: new vscode.ThemeIcon('server'),
      value,
    })),
  );
}

const stopsAtOnce = 8;

/** Ends the containers of a server; requests in progress end with them. @throws kind `notFound` when none runs */
export async function stopServerContainers(services: AppsNeeds, { app, fn }: AppServer): Promise<void> {
  const { planes, store } = services;
  const { ids, info, rates } = await withSignal(text`Loading ${fn.tag}…`, async (signal) => {
    const plane = await planes.get(signal);
    const [ids, info, rates] = await Promise.all([
      plane.serverContainers(fn.id, signal),
      plane.serverInfo(fn.id, signal).catch(() => undefined),
      readRates(plane, signal),
    ]);
    return { ids, info, rates };
  });
  if (ids.length === 0)
    throw new ModalError('notFound', `No containers of ${fn.tag} are accepting requests.`);
  const stop = text`Stop Containers`;
  const chosen = await showWarning(
    text`Stop the containers of ${fn.tag}?`,
    { modal: true, detail: lines(stopContainersLines({ app, fn, info }, ids.length, rates)) },
    stop,
  );
  if (chosen !== stop) return;
  await withSignal(text`Stopping the containers of ${fn.tag}…`, async (signal) => {
    const plane = await planes.get(signal);
    await mapAtMost(stopsAtOnce, ids, (id) => plane.stopContainer(id, {}, signal));
  });
  showStatus('check', text`Containers of ${fn.tag} stopped`, 5000);
  await store.refresh();
}

function ratesNow({ planes }: AppsNeeds, title: Text) {
  return withSignal(title, async (signal) => readRates(await planes.get(signal), signal));
}
