import * as vscode from 'vscode';
import type { AppFilter, FilterState, KnownApp } from '../core/appFilter.ts';
import { filterStates, gpusOf, matchesFilter, noAppFilter } from '../core/appFilter.ts';
import { plain, text } from '../../../shared/text.ts';
import { plural } from '../../../shared/format.ts';
import type { AppStore } from '../../../store/appStore.ts';
import type { ArrangementStore } from './arrangementStore.ts';
import { gpuWord, stateWord } from './filterWords.ts';
import type { PickItem } from '../../../editor/shown/inputs.ts';
import { createPick } from '../../../editor/shown/inputs.ts';

/** What ticking an item adds to the filter. */
type Choice =
  | { readonly kind: 'state'; readonly state: FilterState }
  | { readonly kind: 'gpu'; readonly gpu: string }
  | { readonly kind: 'environment'; readonly environment: string }
  | { readonly kind: 'mine' }
  | { readonly kind: 'functions' };

interface Item extends PickItem {
  readonly choice?: Choice;
}

/** Lets the user type and tick what apps must match; the view narrows with each key and keeps what was chosen. */
export function showFilterPick(store: AppStore, arrangement: ArrangementStore): void {
  const pick = createPick<Item>();
  const before = arrangement.current.filter;
  pick.title = text`Filter Apps`;
  pick.placeholder = text`Search by name or ID, or select filters`;
  pick.canSelectMany = true;
  pick.items = filterItems(store, before);
  pick.selectedItems = pick.items.filter(({ choice }) => choice && isChosen(before, choice));
  pick.value = before.text;
  const clear = {
    iconPath: new vscode.ThemeIcon('clear-all'),
    tooltip: text`Clear Filter`,
  };
  pick.buttons = [clear];
  const change = () => {
    const choices = pick.selectedItems.flatMap(({ choice }) => choice ?? []);
    arrangement.change({ filter: filterOf(pick.value, choices) });
  };
  pick.onDidChangeValue(change);
  pick.onDidChangeSelection(change);
  pick.onDidTriggerButton(() => {
    pick.value = '';
    pick.selectedItems = [];
    change();
  });
  pick.onDidAccept(() => pick.hide());
  pick.onDidHide(() => pick.dispose());
  pick.show();
}

/** Everything that can be ticked: what occurs now, and what is ticked already. */
function filterItems({ state }: AppStore, filter: AppFilter): Item[] {
  const { snapshot, user } = state;
  const containers = Map.groupBy(snapshot.containers, ({ appId }) => appId);
  const sandboxes = Map.groupBy(snapshot.sandboxes, ({ appId }) => appId);
  const apps = snapshot.apps.map((app) => ({
    app,
    details: snapshot.details.get(app.id),
    containers: containers.get(app.id) ?? [],
    sandboxes: sandboxes.get(app.id) ?? [],
  }));
  // The headings go as soon as something is typed, so every item says what it is.
  const item = (label: string, choice: Choice, kind = ''): Item => ({
    label: plain(label),
    description: plain([...(kind ? [kind] : []), plural(countOf(apps, choice, user), 'app')].join(' · ')),
    alwaysShow: true, // the text narrows the view, not this list
    choice,
  });
  const gpus = apps.flatMap(gpusOf);
  const environments = snapshot.environments.map(({ name }) => name);
  return [
    separator(text`Text`),
    {
      label: text`also search functions and URLs of all apps`,
      description: text`loads the functions of each app once`,
      alwaysShow: true,
      choice: { kind: 'functions' },
    },
    separator(text`State`),
    ...filterStates.map((each) => item(stateWord(each), { kind: 'state', state: each })),
    ...section(
      text`GPU`,
      sorted([...gpus, ...filter.gpus]).map((gpu) => item(gpuWord(gpu), { kind: 'gpu', gpu }, text`GPU`)),
    ),
    ...section(
      text`Environment`,
      environments.length > 1 || filter.environments.length > 0
        ? sorted([...environments, ...filter.environments]).map((environment) =>
            item(environment, { kind: 'environment', environment }, text`environment`),
          )
        : [],
    ),
    ...section(text`Deployed by`, user ? [item(text`deployed by you (${user})`, { kind: 'mine' })] : []),
  ];
}

function section(label: string, items: readonly Item[]): Item[] {
  return items.length > 0 ? [separator(label), ...items] : [];
}

function separator(label: string): Item {
  return { label: plain(label), kind: vscode.QuickPickItemKind.Separator, alwaysShow: true };
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

function countOf(apps: readonly KnownApp[], choice: Choice, user: string): number {
  const filter = filterOf('', [choice]);
  return apps.filter((known) => matchesFilter(known, filter, user)).length;
}

function filterOf(text: string, choices: readonly Choice[]): AppFilter {
  return {
    ...noAppFilter,
    text,
    states: choices.flatMap((choice) => (choice.kind === 'state' ? choice.state : [])),
    gpus: choices.flatMap((choice) => (choice.kind === 'gpu' ? choice.gpu : [])),
    environments: choices.flatMap((choice) => (choice.kind === 'environment' ? choice.environment : [])),
    mine: choices.some(({ kind }) => kind === 'mine'),
    functions: choices.some(({ kind }) => kind === 'functions'),
  };
}

function isChosen(filter: AppFilter, choice: Choice): boolean {
  switch (choice.kind) {
    case 'state':
      return filter.states.includes(choice.state);
    case 'gpu':
      return filter.gpus.includes(choice.gpu);
    case 'environment':
      return filter.environments.includes(choice.environment);
    case 'mine':
      return filter.mine;
    case 'functions':
      return filter.functions;
  }
}
