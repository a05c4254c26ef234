import * as vscode from 'vscode';
import type { CatalogApp, Sample } from '../../../domain/catalog.ts';
import { ModalError } from '../../../domain/errors.ts';
import { bundledOf, isBundled } from '../../../domain/bundled.ts';
import type { ManagedEndpoint } from '../../../domain/managedEndpoint.ts';
import { chatAddress } from '../../../domain/managedEndpoint.ts';
import type { AuthKind, RequestSpec } from '../../../domain/request.ts';
import type { Text } from '../../../shared/text.ts';
import { plain, text } from '../../../shared/text.ts';
import { defaultAuth, keyName, knownAuth } from '../core/auth.ts';
import { endpointOfManaged } from '../../../store/findEndpoint.ts';
import { askForKey } from './askForKey.ts';
import type { commands, TargetOf } from '../../../contributions.ts';
import { endpointsOf, resolveEndpoint } from '../../apps/index.ts';
import type { AppEndpoint, Target } from '../../../domain/target.ts';
import { pick } from '../../../editor/pick.ts';
import { pickSample } from '../../catalogue/index.ts';
import type { RequestsNeeds } from './needs.ts';
import { showStatus } from '../../../editor/shown/messages.ts';

/** Sends a sample of a bundled app at once, or opens the request panel on any other endpoint. */
export async function sendRequest(
  needs: RequestsNeeds,
  target: TargetOf<typeof commands.sendRequest> | undefined,
  title: Text,
): Promise<void> {
  switch (target?.kind) {
    case 'catalogSample':
      return sendSample(needs, target.bundled, target.sample);
    case 'catalogApp': {
      const sample = await pickSample(target.bundled);
      if (sample) await sendSample(needs, target.bundled, sample);
      return;
    }
    case 'sample':
      return needs.requests.openSample(target.bundled, target.sample, target, { send: true });
    case 'saved':
      return needs.saved.sendFromFile(target.saved);
    case 'managed':
      return openManaged(needs, target.managed);
    case 'deployedFunction':
      return sendTo(needs, await deployedFunction(needs, target, title));
    default:
      return sendTo(needs, await resolveEndpoint(needs, target, title));
  }
}

async function sendTo(needs: RequestsNeeds, target: AppEndpoint | undefined): Promise<void> {
  if (!target) return;
  const bundled = await bundledApp(needs, target);
  if (!bundled || bundled.samples.length === 0) {
    await needs.requests.openEndpoint(target, bundled);
    return;
  }
  const sample = await pickSample(bundled);
  if (sample) await needs.requests.openSample(bundled, sample, target, { send: true });
}

/** Opens a chat with a managed endpoint, whose model is filled in. Nothing is sent: that costs money. */
async function openManaged(services: RequestsNeeds, managed: ManagedEndpoint): Promise<void> {
  const target = endpointOfManaged(managed, services.store.state.snapshot.apps);
  if (!target)
    throw new ModalError('notFound', `${managed.name} has no address yet. Try again when it is live.`);
  const model = managed.info?.model || managed.info?.repository || '';
  const body = {
    model,
    messages: [{ role: 'user', content: 'Say hello in one sentence.' }],
    max_tokens: 200,
    stream: true,
  };
  const auth = knownAuth(target);
  const spec: RequestSpec = {
    method: 'POST',
    url: chatAddress(target.endpoint.url),
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body, undefined, 2),
    ...(auth ? { auth } : {}),
  };
  await services.requests.openSpec(spec, text`Chat with ${model || managed.name}`, { target });
}

async function sendSample(services: RequestsNeeds, app: CatalogApp, sample: Sample): Promise<void> {
  const target = await deployedEndpoint(services, app, sample);
  await services.requests.openSample(app, sample, target, { send: true });
}

/** @throws kind `notFound` when the bundled app is not deployed or lacks the sample's endpoint */
async function deployedEndpoint(
  { store }: RequestsNeeds,
  bundled: CatalogApp,
  sample: Sample,
): Promise<AppEndpoint> {
  const find = () => store.state.snapshot.apps.find((app) => isBundled(app, bundled));
  if (!find()) await store.refresh();
  const app = find();
  if (!app) throw new ModalError('notFound', `${bundled.title} is not deployed. Deploy it first.`);
  await store.loadDetails(app.id);
  const endpoint = endpointsOf(store, app).find((candidate) => candidate.name === sample.function);
  if (endpoint) return { app, endpoint };
  throw new ModalError('notFound', `${app.name} has no web endpoint "${sample.function}".`);
}

/** The bundled app that an endpoint belongs to. */
export async function bundledApp(
  { catalog }: RequestsNeeds,
  { app }: AppEndpoint,
): Promise<CatalogApp | undefined> {
  return bundledOf(app, await catalog.apps());
}

/** Asks for the key of an endpoint and keeps it in the editor's secret storage. */
export async function setEndpointKey(
  services: RequestsNeeds,
  about: Target | undefined,
  title: Text,
): Promise<void> {
  const target = await resolveEndpoint(services, about, title);
  if (!target) return;
  const kind = await authKindOf(services, target);
  const value = await askForKey(target.app.name, kind === 'proxy');
  if (value === undefined) return;
  await services.keys.store(await keyNameOf(services, target), value);
  showStatus('check', text`Key saved`, 4000);
}

/** Puts the key of an endpoint on the clipboard, for clients elsewhere. It is never shown. */
export async function copyEndpointKey(
  services: RequestsNeeds,
  about: Target | undefined,
  title: Text,
): Promise<void> {
  const target = await resolveEndpoint(services, about, title);
  if (!target) return;
  const value = await services.keys.get(await keyNameOf(services, target));
  if (value === undefined) {
    throw new ModalError(
      'notFound',
      `No key for ${target.app.name} is saved in VS Code. Modal can't show an existing key; set the one you have.`,
    );
  }
  await vscode.env.clipboard.writeText(value);
  showStatus('check', text`Copied the API key of ${target.app.name}`, 4000);
}

async function authKindOf(services: RequestsNeeds, target: AppEndpoint): Promise<AuthKind> {
  return defaultAuth(target, await bundledApp(services, target)).kind;
}

async function keyNameOf(services: RequestsNeeds, target: AppEndpoint): Promise<string> {
  const bundled = await bundledApp(services, target);
  return keyName(defaultAuth(target, bundled).kind, target, bundled);
}

/** @throws kind `notFound` when the app is not deployed, or its live version lacks the function */
async function deployedFunction(
  { store }: RequestsNeeds,
  { deployedApp, function: name }: Extract<Target, { kind: 'deployedFunction' }>,
  title: Text,
): Promise<AppEndpoint | undefined> {
  await store.refresh();
  const apps = store.state.snapshot.apps.filter(
    (app) => app.name === deployedApp && app.state === 'deployed',
  );
  for (const app of apps) await store.loadDetails(app.id);
  const found = apps.flatMap((app) =>
    endpointsOf(store, app)
      .filter((endpoint) => endpoint.name === name)
      .map((endpoint) => ({ app, endpoint })),
  );
  if (found.length === 0)
    throw new ModalError('notFound', `${name} of ${deployedApp} has no web endpoint. Deploy it again.`);
  if (found.length === 1) return found[0];
  return pick(
    title,
    text`Select an environment`,
    found.map((each) => ({
      label: plain(each.app.environment),
      detail: plain(each.endpoint.url),
      value: each,
    })),
  );
}
