/** The health of an endpoint, as a list that fills step by step. A bundle of its own, loaded by the first check. */
import { commands } from '../../../contributions.ts';
import type { ModalFunction } from '../../../domain/app.ts';
import { bundledOf } from '../../../domain/bundled.ts';
import type { CatalogApp } from '../../../domain/catalog.ts';
import { isCancelled, toModalError } from '../../../domain/errors.ts';
import type { RequestAuth } from '../../../domain/request.ts';
import { lines, text } from '../../../shared/text.ts';
import { keyName, knownAuth } from '../../requests/core/index.ts';
import type { HealthFacts } from '../core/checkHealth.ts';
import type { HealthAction } from '../core/healthLine.ts';
import { checkHealth as runCheck } from '../core/checkHealth.ts';
import { connectTo } from '../core/connect.ts';
import type { AppEndpoint } from '../../../domain/target.ts';
import { codeOf } from '../../../domain/target.ts';
import { runCommand } from '../../../editor/command.ts';
import type { HealthNeeds } from './needs.ts';
import { appFacts, gpuLines } from '../../apps/index.ts';
import { askForKey } from '../../requests/index.ts';
import { HealthList } from './healthList.ts';
import { showWarning } from '../../../editor/shown/messages.ts';

/** A model of tens of gigabytes takes this long to load the first time. */
const longestLoadMs = 20 * 60_000;

interface Checked {
  readonly target: AppEndpoint;
  readonly bundled: CatalogApp | undefined;
  readonly auth: RequestAuth | undefined;
}

/** Checks an endpoint until the list is closed; the list stays, and can be run again. */
export async function checkHealth(services: HealthNeeds, target: AppEndpoint): Promise<void> {
  const bundled = bundledOf(target.app, await services.catalog.apps());
  const checked: Checked = { target, bundled, auth: knownAuth(target, bundled) };
  const list: HealthList = new HealthList(text`Health of ${target.app.name}: ${target.endpoint.name}`, {
    check: (signal): Promise<void> => check(services, checked, list, signal),
    act: (action) => act(services, checked, action),
  });
  list.show();
}

async function check(
  services: HealthNeeds,
  checked: Checked,
  list: HealthList,
  signal: AbortSignal,
): Promise<void> {
  const { target, bundled, auth } = checked;
  const { app, endpoint } = target;
  try {
    const plane = await services.planes.get(signal);
    const { functions } = await plane.describeApp(app.id, signal);
    const key = auth ? await services.keys.get(auth.secretRef) : undefined;
    const facts = factsOf(checked, functions, key !== undefined, services);
    await runCheck(
      facts,
      {
        connect: (ends) => connectTo(endpoint.url, ends, services.config.network()),
        containers: async (ends) => {
          const [listed, stats] = await Promise.all([
            plane.listContainers(app.environment, app.id, ends),
            plane.functionStats(endpoint.functionId, ends),
          ]);
          // The list is of the whole app, and the number of the one function says nothing of its starts.
          const ready = listed.some(({ startedAt }) => startedAt !== undefined);
          return ready
            ? { running: stats.containers, starting: 0 }
            : { running: 0, starting: stats.containers };
        },
        get: (path, ends) =>
          services.sender.send(
            {
              method: 'GET',
              url: endpoint.url.replace(/\/$/, '') + path,
              headers: {},
              ...(auth && key !== undefined ? { auth } : {}),
            },
            ends,
          ),
        mayWake: () => mayWake(services, target, bundled),
        onLine: (line) => list.tell(line),
      },
      signal,
    );
  } catch (error) {
    if (isCancelled(error) || signal.aborted) return;
    list.fail(toModalError(error).message);
  }
}

function factsOf(
  { target, bundled, auth }: Checked,
  functions: readonly ModalFunction[],
  hasKey: boolean,
  { config }: HealthNeeds,
): HealthFacts {
  const fn = functions.find(({ id }) => id === target.endpoint.functionId);
  return {
    bundled: bundled !== undefined,
    cheap: bundled !== undefined && fn?.gpus?.length === 0,
    requiresProxyAuth: target.endpoint.requiresProxyAuth ?? false,
    key: !auth ? 'none' : hasKey ? 'kept' : 'missing',
    limitMs: Math.max(longestLoadMs, config.get('requests.timeoutSeconds') * 1000),
  };
}

/** The question before a container starts: app, environment, GPU and price. */
async function mayWake(
  services: HealthNeeds,
  { app, endpoint }: AppEndpoint,
  bundled?: CatalogApp,
): Promise<boolean> {
  const { functions, rates } = await appFacts(services, app);
  const start = text`Start Container`;
  const answering = functions.filter(({ id }) => id === endpoint.functionId);
  const why = bundled
    ? text`No containers are running. In this app, the container that serves /health has the GPU.`
    : text`No containers are running, and it isn't known what this app does with a request.`;
  const chosen = await showWarning(
    text`Start a container of ${app.name} in ${app.environment} to check its health?`,
    {
      modal: true,
      detail: lines([
        why,
        ...gpuLines(answering.length > 0 ? answering : functions, rates),
        text`It is billed while it starts, responds, and waits to be scaled down.`,
      ]),
    },
    start,
  );
  return chosen === start;
}

/** @returns whether the check is worth repeating now */
async function act(
  services: HealthNeeds,
  { target, bundled, auth }: Checked,
  action: HealthAction,
): Promise<boolean> {
  const { app } = target;
  switch (action) {
    case 'again':
      return true;
    case 'enterKey': {
      const value = await askForKey(app.name, auth?.idHeader !== undefined);
      if (value === undefined) return false;
      await services.keys.store(auth?.secretRef ?? keyName('bearer', target, bundled), value);
      return true;
    }
    case 'deploy':
      await runCommand(commands.deploy, codeOf(app));
      return false;
    case 'showLogs':
      services.logs.follow({ appId: app.id, appName: app.name, environment: app.environment });
      await services.logs.show();
      return false;
  }
}
