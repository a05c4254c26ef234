import type { App } from '../domain/app.ts';
import { isLive } from '../domain/app.ts';
import { toModalError } from '../domain/errors.ts';
import type { Sandbox } from '../domain/sandbox.ts';
import type { ControlPlane } from '../modal/controlPlane.ts';
import { mapAtMost } from './atMost.ts';

/** Pages of the newest sandboxes that a refresh reads of one environment; more on demand. */
const pagesAtFirst = 10;
const appsAtOnce = 8;

/** More would only slow the refresh down. */
const mostApps = 100;

export interface ReadSandboxes {
  readonly sandboxes: readonly Sandbox[];
  /** There are older ones, which were not read. */
  readonly more: boolean;
}

/**
 * Reads the sandboxes of environments: with one list, which takes few calls also where there are thousands. Modal has
 * announced the end of lists of a whole environment; a server that refuses them is asked app by app, for those that run.
 */
export class SandboxReader {
  readonly #pages = new Map<string, number>();
  readonly #byApp = new WeakSet<ControlPlane>();

  /** Makes the next refreshes read older ones as well. */
  readMore(environment: string): void {
    this.#pages.set(environment, this.#pagesOf(environment) + pagesAtFirst);
  }

  async read(
    plane: ControlPlane,
    environment: string,
    apps: readonly App[],
    signal: AbortSignal,
  ): Promise<ReadSandboxes> {
    const pages = this.#pagesOf(environment);
    if (this.#byApp.has(plane)) return readByApp(plane, environment, apps, pages, signal);
    try {
      return await plane.listSandboxes({ environment }, pages, signal);
    } catch (error) {
      if (toModalError(error).kind !== 'invalid') throw error;
      this.#byApp.add(plane);
      return readByApp(plane, environment, apps, pages, signal);
    }
  }

  #pagesOf(environment: string): number {
    return this.#pages.get(environment) ?? pagesAtFirst;
  }
}

async function readByApp(
  plane: ControlPlane,
  environment: string,
  apps: readonly App[],
  pages: number,
  signal: AbortSignal,
): Promise<ReadSandboxes> {
  const running = apps.filter(({ state, runningContainers }) => isLive(state) && runningContainers !== 0);
  const lists = await mapAtMost(appsAtOnce, running.slice(0, mostApps), ({ id }) =>
    plane.listSandboxes({ environment, appId: id }, pages, signal),
  );
  return {
    sandboxes: lists.flatMap(({ sandboxes }) => sandboxes),
    more: running.length > mostApps || lists.some(({ more }) => more),
  };
}
