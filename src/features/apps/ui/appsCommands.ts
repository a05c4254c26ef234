import * as vscode from 'vscode';
import { commands, views } from '../../../contributions.ts';
import type { App } from '../../../domain/app.ts';
import { noAppFilter } from '../core/appFilter.ts';
import type { Grouping, Sorting } from '../core/arrangement.ts';
import { groupings, sortings } from '../core/arrangement.ts';
import { ModalError } from '../../../domain/errors.ts';
import type { Text } from '../../../shared/text.ts';
import { plain, text } from '../../../shared/text.ts';
import { openAddress } from '../../../editor/openAddress.ts';
import type { Target } from '../../../domain/target.ts';
import type { CommandsOf } from '../../../editor/command.ts';
import { openDashboard } from './openDashboard.ts';
import { resolveApp, resolveEndpoint } from './resolveApp.ts';
import { pick } from '../../../editor/pick.ts';
import { pickApp } from './pickApp.ts';
import type { AppsNeeds } from './needs.ts';
import { showFilterPick } from './filterPick.ts';
import { showStatus, withProgress } from '../../../editor/shown/messages.ts';

/** Commands of the Apps view, and small ones on its rows. */
export function appsCommands(
  needs: AppsNeeds,
): CommandsOf<
  | 'refresh'
  | 'filterApps'
  | 'changeFilter'
  | 'clearFilter'
  | 'groupApps'
  | 'sortApps'
  | 'showMoreApps'
  | 'retryApp'
  | 'copyId'
  | 'openAddress'
  | 'copyAddress'
  | 'copyEndpointUrl'
  | 'openDashboard'
> {
  const { store, arrangement, appsView, planes } = needs;
  const filter = () => showFilterPick(store, arrangement);
  return {
    [commands.refresh]: () => appsView.refresh(),
    [commands.filterApps]: filter,
    [commands.changeFilter]: filter,
    [commands.clearFilter]: () => {
      arrangement.change({ filter: noAppFilter });
    },
    [commands.groupApps]: async (_, title) => {
      const groupBy = await pickOne(
        title,
        groupings.map((value) => [groupingWord(value), value]),
        arrangement.current.groupBy,
      );
      if (groupBy) arrangement.change({ groupBy });
    },
    [commands.sortApps]: async (_, title) => {
      const sortBy = await pickOne(
        title,
        sortings.map((value) => [sortingWord(value), value]),
        arrangement.current.sortBy,
      );
      if (sortBy) arrangement.change({ sortBy });
    },
    [commands.showMoreApps]: (target) => appsView.showMore(target),
    [commands.retryApp]: (target, title) => retryApp(needs, target, title),
    [commands.openAddress]: async (target, title) => {
      const address = await addressOf(needs, target, title);
      if (address !== undefined) await openAddress(address);
    },
    [commands.copyAddress]: async (target, title) => {
      const address = await addressOf(needs, target, title);
      if (address !== undefined) await copy(address);
    },
    [commands.copyEndpointUrl]: async (target, title) => {
      const chosen = await resolveEndpoint(needs, target, title);
      if (chosen) await copy(chosen.endpoint.url);
    },
    [commands.openDashboard]: async (target, title) => {
      const app = await resolveApp(needs, target, title);
      if (app) await openDashboard(planes, app.id);
    },
    [commands.copyId]: (target, title) => copyId(needs, target, title),
  };
}

async function copy(words: string): Promise<void> {
  await vscode.env.clipboard.writeText(words);
  showStatus('check', text`Copied ${words}`, 4000);
}

function groupingWord(grouping: Grouping): string {
  switch (grouping) {
    case 'environment':
      return text`By environment`;
    case 'none':
      return text`No grouping`;
    case 'state':
      return text`By state`;
    case 'gpu':
      return text`By GPU`;
  }
}

function sortingWord(sorting: Sorting): string {
  switch (sorting) {
    case 'name':
      return text`By name`;
    case 'deployed':
      return text`By last deploy, newest first`;
    case 'running':
      return text`By running containers, most first`;
  }
}

/** One of a few, with the current one marked in words and by a tick. */
function pickOne<T>(
  title: Text,
  choices: readonly (readonly [string, T])[],
  current: T,
): Promise<T | undefined> {
  return pick(
    title,
    text`Saved for this workspace`,
    choices.map(([label, value]) => ({
      label: plain(label),
      description: value === current ? text`current` : text``,
      iconPath: new vscode.ThemeIcon(value === current ? 'check' : 'blank'),
      value,
    })),
  );
}

async function retryApp({ store }: AppsNeeds, target: Target | undefined, title: Text): Promise<void> {
  const app = target?.kind === 'app' ? target.app : await pickFailedApp();
  if (!app) return;
  await withProgress({ location: { viewId: views.apps } }, () => store.loadDetails(app.id));

  function pickFailedApp(): Promise<App | undefined> {
    const { snapshot, problems } = store.state;
    const failed = snapshot.apps.filter(({ id }) => problems.has(id));
    if (failed.length === 0) throw new ModalError('notFound', 'No apps failed to load.');
    return pick(
      title,
      text`Select an app`,
      failed.map((each) => ({
        label: plain(each.name),
        description: plain(each.environment),
        detail: plain(problems.get(each.id)?.message ?? ''),
        value: each,
      })),
    );
  }
}

/** The ID of what a row stands for; undefined where that has none, or another command copies it. */
function idOf(target: Target): string | undefined {
  switch (target.kind) {
    case 'function':
    case 'server':
      return target.fn.id;
    case 'container':
      return target.container.id;
    case 'sandbox':
      return target.sandbox.id;
    case 'managed':
      return target.managed.id;
    case 'app':
      return target.app.id;
    default:
      return undefined;
  }
}

/** The address of a tunnel, or of an endpoint. @throws kind `notFound` for what has none */
async function addressOf(
  needs: AppsNeeds,
  target: Target | undefined,
  title: Text,
): Promise<string | undefined> {
  if (target?.kind === 'tunnel') return target.tunnel.url || target.tunnel.socket;
  return (await resolveEndpoint(needs, target, title))?.endpoint.url;
}

async function copyId({ store }: AppsNeeds, target: Target | undefined, title: Text): Promise<void> {
  const id = (target && idOf(target)) ?? (await pickId());
  if (id === undefined) return;
  await copy(id);

  async function pickId(): Promise<string | undefined> {
    const app = await pickApp(store, title);
    if (!app) return undefined;
    await store.loadDetails(app.id);
    const { details, containers, sandboxes } = store.state.snapshot;
    const item = (label: string, description: string, value: string) => ({
      label: plain(label),
      description: plain(description),
      detail: plain(value),
      value,
    });
    const items = [
      item(app.name, text`app`, app.id),
      ...(details.get(app.id)?.functions ?? []).map((fn) =>
        item(fn.tag, fn.kind === 'server' ? text`server` : text`function`, fn.id),
      ),
      ...containers.flatMap(({ id: container, appId }) =>
        appId === app.id ? item(`…${container.slice(-6)}`, text`container`, container) : [],
      ),
      ...sandboxes.flatMap(({ id: sandbox, name, appId }) =>
        appId === app.id ? item(name || `…${sandbox.slice(-6)}`, text`sandbox`, sandbox) : [],
      ),
    ];
    return items.length === 1 ? app.id : pick(title, text`Select an item to copy its ID`, items);
  }
}
