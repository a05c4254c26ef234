import type { App, Container, Environment } from '../domain/app.ts';
import { ModalError } from '../domain/errors.ts';
import { isModalId } from '../domain/identifiers.ts';
import type { DeployedApp, Identity } from './controlPlane.ts';
import type { FieldChecks } from './fieldChecks.ts';
import type { Rpc } from './rpc.ts';
import { appStateNumbers } from './wire.ts';

/** What lists and short questions are answered with, in our words. */

type Answer<Call extends keyof Rpc> = Rpc[Call] extends (...args: never[]) => Promise<infer Result>
  ? Result
  : never;
type EnvironmentItem = Answer<'environmentList'>['items'][number];
type AppItem = Answer<'appList'>['apps'][number];
type Task = Answer<'taskList'>['tasks'][number];

export function toIdentity(info: Answer<'tokenInfoGet'>, checks: FieldChecks): Identity {
  const user =
    checks.words('the name of a user', info.userIdentity?.username) ||
    checks.words('the name of a service user', info.serviceUserIdentity?.serviceUserName);
  return {
    workspace: checks.words('the name of a workspace', info.workspaceName),
    ...(user ? { user } : {}),
  };
}

export function toEnvironments(items: readonly EnvironmentItem[], checks: FieldChecks): Environment[] {
  return checks.list('environments', items, (item) => toEnvironment(item, checks));
}

/** @returns undefined for one that no call could name */
function toEnvironment(item: EnvironmentItem, checks: FieldChecks): Environment | undefined {
  const name = checks.environmentName('the name of an environment', item.name);
  if (name === undefined) return undefined;
  const limitUsd = checks.usd('a spend limit', item.effectiveCycleSpendLimit);
  const usd = checks.usd('the spend of an environment', item.currentCycleUsage);
  return {
    name,
    isDefault: checks.flag('the mark of the default environment', item.default),
    runningContainers: checks.count('the containers of an environment', item.currentConcurrentTasks),
    runningGpus: checks.count('the GPUs of an environment', item.currentConcurrentGpus),
    ...(limitUsd && usd !== undefined ? { spend: { usd, limitUsd } } : {}),
  };
}

export function toApps(items: readonly AppItem[], environment: string, checks: FieldChecks): App[] {
  return checks.list('apps', items, (item) => toApp(item, environment, checks));
}

/** @returns undefined for one whose id is none, since nothing could be asked of it */
function toApp(item: AppItem, environment: string, checks: FieldChecks): App | undefined {
  const id = checks.id('the id of an app', 'app', item.appId);
  if (id === undefined) return undefined;
  const { lifecycle } = item.metadata ?? {};
  const stoppedAt = checks.time('when an app stopped', item.stoppedAt);
  const deployedAt = checks.time('when an app was deployed', lifecycle?.deployedAt);
  const version = checks.ordinal('the version of an app', lifecycle?.version);
  const state = checks.word('the state of an app', appStateNumbers, item.state) ?? 'unknown';
  const named = checks.objectName('the name of an app', item.name);
  // Of a run it may be anything; keys belong to the name of a deployed app, which must not be such words.
  const described =
    state === 'deployed' && item.name ? '' : checks.words('the description of an app', item.description);
  return {
    id,
    name: named || described || id,
    environment,
    state,
    createdAt: checks.time('when an app was made', item.createdAt),
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
    ...(deployedAt === undefined ? {} : { deployedAt }),
    ...(version === undefined ? {} : { version }),
    runningContainers: checks.count('the containers of an app', item.nRunningTasks),
  };
}

export function toContainers(tasks: readonly Task[], checks: FieldChecks): Container[] {
  return checks.list('containers', tasks, (task) => toContainer(task, checks));
}

function toContainer(task: Task, checks: FieldChecks): Container | undefined {
  const id = checks.id('the id of a container', 'container', task.taskId);
  const appId = checks.id("the id of a container's app", 'app', task.appId);
  if (id === undefined || appId === undefined) return undefined;
  const startedAt = checks.time('when a container started', task.startedAt);
  return {
    id,
    appId,
    enqueuedAt: checks.time('when a container was asked for', task.enqueuedAt),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(startedAt === undefined && task.startedAt ? { startUnknown: true } : {}),
  };
}

/** @throws kind `unexpected` for an app with an unusable id: it is deployed, so "none" would be wrong */
export function toDeployedApp(
  found: Answer<'appGetByDeploymentName'>,
  checks: FieldChecks,
): DeployedApp | undefined {
  if (!found.appId) return undefined;
  const appId = checks.id('the id of a deployed app', 'app', found.appId);
  if (appId === undefined) throw unusable('the id of the deployed app');
  const deployedAt = checks.time('when an app was deployed', found.lifecycle?.deployedAt);
  const version = checks.ordinal('the version of an app', found.lifecycle?.version);
  return {
    appId,
    ...(version === undefined ? {} : { version }),
    ...(deployedAt === undefined ? {} : { deployedAt }),
  };
}

/** Neither half is ever logged. @throws kind `unexpected` for what no header could carry */
export function toProxyToken({ tokenId, tokenSecret }: Answer<'webhookTokenCreate'>): string {
  if (!isModalId('proxyToken', tokenId) || !isModalId('proxyTokenSecret', tokenSecret))
    throw unusable('the new proxy token');
  return `${tokenId}.${tokenSecret}`;
}

/** Prices that cannot be read are left out, and so are not known. */
export function toUsdPerHour(
  rates: Answer<'workspaceBillingRates'>['rates'],
  checks: FieldChecks,
): Record<string, number> {
  const known = checks.list('prices', Object.entries(rates), ([key, value]) => {
    const usd = /^[a-z][a-z0-9_]{0,99}$/.test(key) ? checks.decimal('a price', value) : undefined;
    return usd === undefined ? undefined : ([key, usd] as const);
  });
  return Object.fromEntries(known);
}

export function unusable(what: string): ModalError {
  return new ModalError(
    'unexpected',
    `Modal sent ${what} in a form that cannot be used. Update this extension, then try again.`,
  );
}
