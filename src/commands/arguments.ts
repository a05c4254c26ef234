import * as vscode from 'vscode';
import type { DeployTarget } from '../features/deploy/core/plan.ts';
import type { App } from '../domain/app.ts';
import { ModalError } from '../domain/errors.ts';
import type { Text } from '../shared/text.ts';
import { text } from '../shared/text.ts';
import { isModalScript } from '../editor/activeScript.ts';
import { toScriptReference } from '../features/workspace/ui/scriptReference.ts';
import { endpointOfManaged } from '../store/findEndpoint.ts';
import type { LogTarget } from '../features/logs/ui/logsController.ts';
import { toDeployArgument } from '../features/deploy/ui/deployArgument.ts';
import { deployTargetFor } from '../features/deploy/ui/deployTargets.ts';
import { appRowId } from '../editor/rows/row.ts';
import type { AppRowTarget } from '../features/apps/ui/rowTargets.ts';
import type { AppEndpoint } from './pick.ts';
import { pickAddress, pickApp, pickCatalogApp, pickEndpoint } from './pick.ts';
import { withSignal } from '../editor/withSignal.ts';
import type { Services } from './services.ts';

/** Turns what a row, an editor button or nothing passed to a command into what the command needs. */

/** Tree commands get the row's id as their first argument. */
const rowId = (argument: unknown) => (typeof argument === 'string' ? argument : undefined);

/** The app that a row stands for or below; undefined for rows of several apps or of none that is listed. */
function appOf(target: AppRowTarget | undefined): App | undefined {
  return target && 'app' in target ? target.app : undefined;
}

export async function resolveApp(
  services: Services,
  argument: unknown,
  title: Text,
): Promise<App | undefined> {
  const { store, appsView } = services;
  const shown = appOf(appsView.target(rowId(argument)));
  // A link names its app also while no row of it is shown.
  return (
    shown ?? store.state.snapshot.apps.find((app) => appRowId(app) === argument) ?? pickApp(store, title)
  );
}

export async function resolveEndpoint(
  services: Services,
  argument: unknown,
  title: Text,
): Promise<AppEndpoint | undefined> {
  const target = services.appsView.target(rowId(argument));
  if (target?.kind === 'endpoint') return { app: target.app, endpoint: target.endpoint };
  if (target?.kind === 'server') return pickAddress(title, target.app, target.fn);
  if (target?.kind === 'managed') {
    const found = endpointOfManaged(target.managed, services.store.state.snapshot.apps);
    if (!found)
      throw new ModalError(
        'notFound',
        `${target.managed.name} has no address yet. Try again when it is live.`,
      );
    return found;
  }
  return pickEndpoint(services.store, title, target?.kind === 'app' ? target.app : undefined);
}

export async function resolveLogTarget(
  services: Services,
  argument: unknown,
  title = text`Follow Logs`,
): Promise<LogTarget | undefined> {
  const target = services.appsView.target(rowId(argument));
  if (target?.kind === 'sandbox') return logTargetOfSandbox(services, target);
  if (target?.kind === 'managed') return logTargetOfManaged(target);
  const app = appOf(target) ?? (await pickApp(services.store, title));
  if (!app) return undefined;
  return {
    appId: app.id,
    appName: app.name,
    environment: app.environment,
    ...(target?.kind === 'function' || target?.kind === 'server' ? { functionId: target.fn.id } : {}),
    ...(target?.kind === 'container' ? { containerId: target.container.id } : {}),
  };
}

/** The log of the container that a sandbox runs in. @throws kind `notFound` while it has none */
async function logTargetOfSandbox(
  { planes }: Services,
  { app, sandbox }: Extract<AppRowTarget, { kind: 'sandbox' }>,
): Promise<LogTarget> {
  const { id, name, appId, environment } = sandbox;
  const containerId =
    sandbox.containerId ||
    (await withSignal(text`Reading sandbox ${id}…`, async (signal) =>
      (await planes.get(signal)).sandboxContainer(id, signal),
    ));
  if (!containerId)
    throw new ModalError('notFound', `The sandbox ${id} has not started yet. Try again in a moment.`);
  if (!appId) throw new ModalError('notFound', `Modal does not tell which app the sandbox ${id} belongs to.`);
  return { appId, appName: name || (app?.name ?? id), environment, containerId };
}

/** @throws kind `notFound` for one on capacity that all share, which has no log of its own */
function logTargetOfManaged({ managed }: Extract<AppRowTarget, { kind: 'managed' }>): LogTarget {
  const { name, environment, info } = managed;
  const { appId, serverId } = info ?? {};
  if (appId === undefined || serverId === undefined)
    throw new ModalError(
      'notFound',
      `${name} has no log: only dedicated endpoints have a server of their own.`,
    );
  return { appId, appName: name, environment, functionId: serverId };
}

/** A Catalogue row, the script of an editor-title button, or the user's choice. */
export async function resolveDeployTarget(
  services: Services,
  argument: unknown,
): Promise<DeployTarget | undefined> {
  const row = services.catalogueView.target(rowId(argument));
  if (row) return { kind: 'bundled', app: row.app };
  const about = toDeployArgument(argument);
  if (about) return deployTargetFor(services, about, (reference) => deployTargetOf(services, reference));
  if (toScriptReference(argument, services.scriptsView)) return deployTargetOf(services, argument);
  const document = vscode.window.activeTextEditor?.document;
  const script = isModalScript(document) ? document?.uri : undefined;
  const chosen = await pickCatalogApp(await services.catalog.apps(), services.catalogueView.rates, script);
  if (!chosen) return undefined;
  if (chosen instanceof vscode.Uri) return deployTargetOf(services, chosen);
  return { kind: 'bundled', app: chosen };
}

async function deployTargetOf(services: Services, argument: unknown): Promise<DeployTarget | undefined> {
  const { resolveScript } = await import('../features/workspace/ui/scriptActions.ts');
  const choice = await resolveScript(services, argument, text`Deploy Script`);
  if (!choice) return undefined;
  const { script, app, several = false } = choice;
  return { kind: 'script', script, several, ...(app ? { app } : {}) };
}
