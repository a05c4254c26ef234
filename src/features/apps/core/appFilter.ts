import type { App, AppDetails, Container } from '../../../domain/app.ts';
import { isLive } from '../../../domain/app.ts';
import { parseGpu } from '../../../domain/gpu.ts';
import type { Sandbox } from '../../../domain/sandbox.ts';

/** An app with what is known of it. */
export interface KnownApp {
  readonly app: App;
  /** Absent until its functions have been read. */
  readonly details: AppDetails | undefined;
  readonly containers: readonly Container[];
  readonly sandboxes: readonly Sandbox[];
}

export const filterStates = ['running', 'deployed', 'ephemeral', 'stopped'] as const;

/** `running` = has a running container; `ephemeral` = lives as long as its `modal run` or `modal serve`. */
export type FilterState = (typeof filterStates)[number];

/** Which apps are shown. In each list one match is enough; an empty list, an empty text and `false` let all pass. */
export interface AppFilter {
  /**
   * Each word occurs in the name or id of the app, a function, an endpoint, a container or a sandbox; case does not
   * matter.
   */
  readonly text: string;
  readonly states: readonly FilterState[];
  /** Types as in `gpuTypesOf`, and `cpuOnly`. */
  readonly gpus: readonly string[];
  readonly environments: readonly string[];
  /** Only what the user has deployed. */
  readonly mine: boolean;
  /** The text is looked for in the functions of all apps, which have to be read for it; else in those that are known. */
  readonly functions: boolean;
}

export const noAppFilter: AppFilter = {
  text: '',
  states: [],
  gpus: [],
  environments: [],
  mine: false,
  functions: false,
};

/** Stands for apps without a GPU where GPU types are listed. */
export const cpuOnly = 'CPU';

export function isFiltering({ text, states, gpus, environments, mine }: AppFilter): boolean {
  return text.trim() !== '' || states.length + gpus.length + environments.length > 0 || mine;
}

/** Whether apps can only be judged once their functions have been read. */
export function judgesDetails({ text, gpus, mine, functions }: AppFilter): boolean {
  return (text.trim() !== '' && functions) || gpus.length > 0 || mine;
}

/** Whether an app may match whose functions have not been read. */
export function mayMissFunctions(filter: AppFilter): boolean {
  return filter.text.trim() !== '' && !judgesDetails(filter);
}

/** @param user name of the user, '' when it is not known */
export function matchesFilter(known: KnownApp, filter: AppFilter, user: string): boolean {
  const { app, details } = known;
  const { states, gpus, environments, mine } = filter;
  if (states.length > 0 && !states.some((state) => isIn(known, state))) return false;
  if (environments.length > 0 && !environments.includes(app.environment)) return false;
  if (mine && details?.deployedBy !== user) return false;
  if (gpus.length > 0 && !gpusOf(known).some((gpu) => gpus.includes(gpu))) return false;
  return matchesText(known, filter.text);
}

/** GPU types of an app's functions, and of its sandboxes. */
export function gpusOf({ details, sandboxes }: KnownApp): string[] {
  return [...(details ? gpuGroup(details) : []), ...sandboxes.flatMap(({ gpu }) => gpuTypeOf(gpu))];
}

/** @returns nothing where the GPU is not known */
function gpuTypeOf(gpu: string | undefined): string[] {
  if (gpu === undefined) return [];
  return [gpu === '' ? cpuOnly : (parseGpu(gpu)?.type.name ?? gpu)];
}

/** What stands beside the apps: sandboxes of no listed app, managed endpoints. */
export interface Beside {
  readonly environment: string;
  readonly names: readonly string[];
  readonly gpus: readonly (string | undefined)[];
  readonly isRunning: boolean;
}

/** As `matchesFilter`; nobody knows who made them, so that none is the user's own. */
export function matchesBeside({ environment, names, gpus, isRunning }: Beside, filter: AppFilter): boolean {
  if (filter.mine) return false;
  if (filter.states.length > 0 && !(isRunning && filter.states.includes('running'))) return false;
  if (filter.environments.length > 0 && !filter.environments.includes(environment)) return false;
  if (filter.gpus.length > 0 && !gpus.flatMap(gpuTypeOf).some((gpu) => filter.gpus.includes(gpu)))
    return false;
  return hasWords(names, filter.text);
}

/** GPU types that the functions of an app prefer, each once and without its count, sorted. */
export function gpuTypesOf(details: AppDetails): string[] {
  const first = details.functions.flatMap(({ gpus = [] }) => gpus.slice(0, 1));
  return [...new Set(first.map((gpu) => parseGpu(gpu)?.type.name ?? gpu))].sort();
}

/** As `gpuTypesOf`, or `cpuOnly`; nothing where the GPU of a function is not known. */
export function gpuGroup(details: AppDetails): string[] {
  const types = gpuTypesOf(details);
  return types.length > 0 || hasUnknownGpu(details) ? types : [cpuOnly];
}

export function hasUnknownGpu({ functions }: AppDetails): boolean {
  return functions.some(({ gpus }) => gpus === undefined);
}

function isIn({ app, sandboxes }: KnownApp, state: FilterState): boolean {
  switch (state) {
    case 'running':
      return (app.runningContainers ?? 0) > 0 || sandboxes.length > 0;
    case 'deployed':
      return app.state === 'deployed';
    case 'ephemeral':
      return isLive(app.state) && app.state !== 'deployed';
    case 'stopped':
      return !isLive(app.state);
  }
}

function matchesText({ app, details, containers, sandboxes }: KnownApp, text: string): boolean {
  if (text.trim() === '') return true;
  const functions = details?.functions ?? [];
  const names = [
    app.name,
    app.id,
    ...functions.flatMap(({ tag, endpoints }) => [tag, ...endpoints.map(({ url }) => url)]),
    ...containers.map(({ id }) => id),
    ...sandboxes.flatMap(({ id, name }) => [id, name]),
  ];
  return hasWords(names, text);
}

function hasWords(names: readonly string[], text: string): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const all = names.map((name) => name.toLowerCase());
  return words.every((word) => all.some((name) => name.includes(word)));
}
