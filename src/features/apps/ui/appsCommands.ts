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
import { resolveEndpoint } from '../../../commands/arguments.ts';
import type { CommandTable } from '../../../commands/command.ts';
import { pick, pickApp } from '../../../commands/pick.ts';
import type { Services } from '../../../commands/services.ts';
import type { AppRowTarget } from './rowTargets.ts';
import { showFilterPick } from './filterPick.ts';
import { showStatus, withProgress } from '../../../editor/shown/messages.ts';

/** Commands that arrange the Apps view, and small ones on its rows. */
export function appsCommands(
  services: Services,
): Pick<
  CommandTable,
  | typeof commands.filterApps
  | typeof commands.changeFilter
  | typeof commands.clearFilter
  | typeof commands.groupApps
  | typeof commands.sortApps
  | typeof commands.showMoreApps
  | typeof commands.retryApp
  | typeof commands.copyId
  | typeof commands.openAddress
  | typeof commands.copyAddress
> {
  const { store, arrangement, appsView } = services;
  const filter = { doing: 'Filter apps', run: () => showFilterPick(store, arrangement) };
  return {
    [commands.filterApps]: filter,
    [commands.changeFilter]: filter,
    [commands.clearFilter]: {
      doing: 'Clear filter',
      run: () => arrangement.change({ filter: noAppFilter }),
    },
    [commands.groupApps]: {
      doing: 'Group apps',
      run: async () => {
        const groupBy = await pickOne(
          text`Group Apps`,
          groupings.map((value) => [groupingWord(value), value]),
          arrangement.current.groupBy,
        );
        if (groupBy) arrangement.change({ groupBy });
      },
    },
    [commands.sortApps]: {
      doing: 'Sort apps',
      run: async () => {
        const sortBy = await pickOne(
          text`Sort Apps`,
          sortings.map((value) => [sortingWord(value), value]),
          arrangement.current.sortBy,
        );
        if (sortBy) arrangement.change({ sortBy });
      },
    },
    [commands.showMoreApps]: {
      doing: 'Show more apps',
      run: (row) => appsView.showMore(typeof row === 'string' ? row : undefined),
    },
    [commands.retryApp]: { doing: 'Read app again', run: (row) => retryApp(services, row) },
    [commands.openAddress]: {
      doing: 'Open address',
      run: async (row) => {
        const address = await addressOf(services, row, text`Open Address in Browser`);
        if (address !== undefined) await openAddress(address);
      },
    },
    [commands.copyAddress]: {
      doing: 'Copy address',
      run: async (row) => {
        const address = await addressOf(services, row, text`Copy Address`);
        if (address === undefined) return;
        await vscode.env.clipboard.writeText(address);
        showStatus('check', text`Copied ${address}`, 4000);
      },
    },
    [commands.copyId]: { doing: 'Copy ID', run: (row) => copyId(services, row) },
  };
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

async function retryApp({ store, appsView }: Services, row: unknown): Promise<void> {
  const target = appsView.target(typeof row === 'string' ? row : undefined);
  const app = target?.kind === 'app' ? target.app : await pickFailedApp();
  if (!app) return;
  await withProgress({ location: { viewId: views.apps } }, () => store.loadDetails(app.id));

  function pickFailedApp(): Promise<App | undefined> {
    const { snapshot, problems } = store.state;
    const failed = snapshot.apps.filter(({ id }) => problems.has(id));
    if (failed.length === 0) throw new ModalError('notFound', 'No app has failed to be read.');
    return pick(
      text`Read App Again`,
      text`Choose an app`,
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
function idOf(target: AppRowTarget): string | undefined {
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
async function addressOf(services: Services, row: unknown, title: Text): Promise<string | undefined> {
  const target = services.appsView.target(typeof row === 'string' ? row : undefined);
  if (target?.kind === 'tunnel') return target.tunnel.url || target.tunnel.socket;
  return (await resolveEndpoint(services, row, title))?.endpoint.url;
}

async function copyId({ store, appsView }: Services, row: unknown): Promise<void> {
  const target = appsView.target(typeof row === 'string' ? row : undefined);
  const id = (target && idOf(target)) ?? (await pickId());
  if (id === undefined) return;
  await vscode.env.clipboard.writeText(id);
  showStatus('check', text`Copied ${id}`, 4000);

  async function pickId(): Promise<string | undefined> {
    const app = await pickApp(store, text`Copy ID`);
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
    return items.length === 1 ? app.id : pick(text`Copy ID`, text`Choose what to copy the ID of`, items);
  }
}
