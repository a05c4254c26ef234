import * as vscode from 'vscode';
import type { DeployTarget } from '../../deploy/plan.ts';
import type { App } from '../../domain/app.ts';
import type { Text } from '../../domain/text.ts';
import { text } from '../../domain/text.ts';
import { isModalScript } from '../../platform/activeScript.ts';
import { toScriptReference } from '../scripts/scriptReference.ts';
import type { LogTarget } from '../logs/logsController.ts';
import { toDeployArgument } from './deployArgument.ts';
import { deployTargetFor } from './deployTargets.ts';
import type { AppEndpoint } from './pick.ts';
import { pickApp, pickCatalogApp, pickEndpoint } from './pick.ts';
import type { Services } from './services.ts';

/** Turns what a row, an editor button or nothing passed to a command into what the command needs. */

/** Tree commands get the row's id as their first argument. */
const rowId = (argument: unknown) => (typeof argument === 'string' ? argument : undefined);

export async function resolveApp(
  services: Services,
  argument: unknown,
  title: Text,
): Promise<App | undefined> {
  const target = services.appsView.target(rowId(argument));
  if (target && target.kind !== 'environment') return target.app;
  return pickApp(services.store, title);
}

export async function resolveEndpoint(
  services: Services,
  argument: unknown,
  title: Text,
): Promise<AppEndpoint | undefined> {
  const target = services.appsView.target(rowId(argument));
  if (target?.kind === 'endpoint') return { app: target.app, endpoint: target.endpoint };
  return pickEndpoint(services.store, title, target?.kind === 'app' ? target.app : undefined);
}

export async function resolveLogTarget(
  services: Services,
  argument: unknown,
  title = text`Follow Logs`,
): Promise<LogTarget | undefined> {
  const target = services.appsView.target(rowId(argument));
  const app = target && target.kind !== 'environment' ? target.app : await pickApp(services.store, title);
  if (!app) return undefined;
  return {
    appId: app.id,
    appName: app.name,
    environment: app.environment,
    ...(target?.kind === 'function' ? { functionId: target.fn.id } : {}),
    ...(target?.kind === 'container' ? { containerId: target.container.id } : {}),
  };
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
  const { resolveScript } = await import('../scripts/scriptActions.ts');
  const choice = await resolveScript(services, argument, text`Deploy Script`);
  if (!choice) return undefined;
  const { script, app, several = false } = choice;
  return { kind: 'script', script, several, ...(app ? { app } : {}) };
}
