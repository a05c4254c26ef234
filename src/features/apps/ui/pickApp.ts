import * as vscode from 'vscode';
import type { App, Endpoint, ModalFunction } from '../../../domain/app.ts';
import { isLive } from '../../../domain/app.ts';
import { ModalError } from '../../../domain/errors.ts';
import { pick } from '../../../editor/pick.ts';
import type { AppEndpoint } from '../../../domain/target.ts';
import type { Text } from '../../../shared/text.ts';
import { plain, text } from '../../../shared/text.ts';
import { spokenAge } from '../../../shared/format.ts';
import type { AppStore } from '../../../store/appStore.ts';
import { appStateLook } from './appStateLook.ts';

/** Lets the user choose a live app. @throws kind `notFound` when there is none */
export async function pickApp(store: AppStore, title: Text): Promise<App | undefined> {
  if (store.state.snapshot.readAt === 0) await store.refresh();
  const { error, snapshot } = store.state;
  const apps = snapshot.apps.filter((app) => isLive(app.state));
  if (apps.length === 0 && error) throw error;
  if (apps.length === 0) throw new ModalError('notFound', 'Nothing is deployed. Deploy an app first.');
  return pick(
    title,
    text`Select an app`,
    apps.map((app) => ({
      label: plain(app.name),
      description: text`${app.environment} · ${appStateLook(app.state).word}`,
      detail: text`Last deploy ${spokenAge(app.deployedAt ?? app.createdAt, Date.now())}`,
      iconPath: new vscode.ThemeIcon('cloud'),
      value: app,
    })),
  );
}

/** Lets the user choose a web endpoint of any live app; asks nothing when there is only one. */
export async function pickEndpoint(
  store: AppStore,
  title: Text,
  among?: App,
): Promise<AppEndpoint | undefined> {
  await store.refresh();
  const { snapshot, error } = store.state;
  const apps = among ? [among] : snapshot.apps.filter((app) => isLive(app.state));
  for (const app of apps) await store.loadDetails(app.id);
  const endpoints = apps.flatMap((app) => endpointsOf(store, app).map((endpoint) => ({ app, endpoint })));
  if (endpoints.length === 0 && error) throw error;
  if (endpoints.length === 0)
    throw new ModalError('notFound', 'No web endpoints are deployed. Deploy an app first.');
  if (endpoints.length === 1) return endpoints[0];
  return pick(
    title,
    text`Select a web endpoint`,
    endpoints.map(({ app, endpoint }) => ({
      label: text`${app.name}: ${endpoint.name}`,
      description: plain(app.environment),
      detail: plain(endpoint.url),
      iconPath: new vscode.ThemeIcon('globe'),
      value: { app, endpoint },
    })),
  );
}

/** An address of a server; asks nothing when there is only one. @throws kind `notFound` when it has none */
export async function pickAddress(
  title: Text,
  app: App,
  { tag, endpoints }: ModalFunction,
): Promise<AppEndpoint | undefined> {
  const [first, second] = endpoints;
  if (!first) throw new ModalError('notFound', `Modal reports no address for ${tag}. Deploy it again.`);
  if (!second) return { app, endpoint: first };
  return pick(
    title,
    text`Select an address`,
    endpoints.map((endpoint) => ({ label: plain(endpoint.url), value: { app, endpoint } })),
  );
}

export function endpointsOf(store: AppStore, app: App): Endpoint[] {
  return store.state.snapshot.details.get(app.id)?.functions.flatMap((fn) => fn.endpoints) ?? [];
}
