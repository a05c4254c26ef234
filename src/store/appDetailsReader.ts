import type { App, AppDetails } from '../domain/app.ts';
import { isLive } from '../domain/app.ts';
import type { ModalError } from '../domain/errors.ts';
import { isCancelled, toModalError } from '../domain/errors.ts';
import type { ControlPlane } from '../modal/controlPlane.ts';
import type { Logger } from '../shared/logger.ts';
import { mapAtMost } from './atMost.ts';
import { FailureMemory } from './failureMemory.ts';
import type { Snapshot } from './snapshot.ts';

/** Live apps whose functions are read without being asked for, newest first. The rest is read when expanded. */
const mostEagerDetails = 50;
const detailsAtOnce = 8;
/** So many that cannot be read in one go are not to blame: the call itself is out of order, and the rest waits. */
const mostFailures = 3;
/** Stands for the call, where the others stand for an app each. */
const anyApp = '';

/** Where the apps are, and what was read of them goes. */
export interface DetailsHost {
  readonly snapshot: Snapshot;
  found(details: AppDetails): void;
  failed(app: App, problem: ModalError): void;
}

/** Reads the functions of apps: of the newest by itself, of the others on demand, and of each once a deploy. */
export class AppDetailsReader {
  readonly #host: DetailsHost;
  readonly #logger: Logger;
  readonly #unreadable: FailureMemory;
  /** What an app was like when its functions were read. */
  readonly #described = new Map<string, string>();
  readonly #describing = new Map<string, Promise<void>>();
  #eager = mostEagerDetails;

  /** @param now milliseconds of a clock that does not jump */
  constructor(host: DetailsHost, logger: Logger, now: () => number) {
    this.#host = host;
    this.#logger = logger;
    this.#unreadable = new FailureMemory(now);
  }

  /** @param wanted whether the functions of all apps are needed, e.g. to filter by GPU; else of the newest only */
  readAll(wanted: boolean): void {
    this.#eager = wanted ? Infinity : mostEagerDetails;
  }

  /** What was read in an earlier window, where it is still of the same version. */
  restore({ apps, details }: Snapshot): void {
    for (const app of apps) {
      const known = details.get(app.id);
      if (known && (known.version ?? app.version) === app.version) this.#noteDescribed(app);
    }
  }

  forget(): void {
    this.#described.clear();
    this.#unreadable.clear();
  }

  /** Makes the next read ask for that app again, e.g. after a deploy. */
  forgetApp(appId: string): void {
    this.#described.delete(appId);
  }

  /** What failed with the line is due with it. */
  retry(): void {
    this.#unreadable.clear();
  }

  keepOnly(appIds: ReadonlySet<string>): void {
    this.#unreadable.keepOnly(new Set([...appIds, anyApp]));
  }

  /**
   * Reads one app now, e.g. because its row was expanded. A failure goes to the host.
   * @param open gives the plane, and what ends the read
   */
  async readOne(
    appId: string,
    open: () => Promise<{ readonly plane: ControlPlane; readonly signal: AbortSignal }>,
  ): Promise<void> {
    this.#unreadable.forget(appId); // who asks for it does not wait until it is due
    await this.#describing.get(appId)?.catch(() => undefined);
    const app = this.#host.snapshot.apps.find((candidate) => candidate.id === appId);
    if (!app || !this.#needsDetails(app)) return;
    try {
      const { plane, signal } = await open();
      await this.#describe(plane, app, signal);
    } catch (error) {
      if (!isCancelled(error)) this.#noteProblem(app, toModalError(error));
    }
  }

  /** Reads those that are due. */
  async readNew(plane: ControlPlane, signal: AbortSignal): Promise<void> {
    const { details, apps: all } = this.#host.snapshot;
    const apps = all
      .filter(({ state }) => isLive(state))
      .sort((a, b) => lastDeploy(b) - lastDeploy(a))
      .filter((app, at) => (at < this.#eager || details.has(app.id)) && this.#needsDetails(app))
      .filter((app) => this.#unreadable.isDue(app.id, versionOf(app)));
    if (apps.length === 0 || !this.#unreadable.isDue(anyApp)) return;
    // Where none could be read the last time, one is tried before the others are.
    const first = this.#unreadable.hasFailed(anyApp) ? apps.splice(0, 1) : [];
    let failures = 0;
    const describe = async (app: App) => {
      if (failures >= mostFailures) return;
      await this.#describe(plane, app, signal);
      if (!this.#unreadable.isDue(app.id, versionOf(app))) failures++;
    };
    await mapAtMost(1, first, describe);
    signal.throwIfAborted();
    if (failures === 0) await mapAtMost(detailsAtOnce, apps, describe);
    if (failures >= mostFailures || (first.length > 0 && failures > 0))
      this.#unreadable.note(anyApp, 'unexpected');
    else this.#unreadable.forget(anyApp);
  }

  #needsDetails(app: App): boolean {
    if (!isLive(app.state)) return false;
    if (this.#described.get(app.id) !== versionOf(app)) return true;
    // A run or serve publishes its functions some time after it has begun.
    return app.state !== 'deployed' && this.#host.snapshot.details.get(app.id)?.functions.length === 0;
  }

  #noteDescribed(app: App): void {
    this.#described.set(app.id, versionOf(app));
  }

  /** Reads an app's functions, once at a time. */
  #describe(plane: ControlPlane, app: App, signal: AbortSignal): Promise<void> {
    const running = this.#describing.get(app.id);
    if (running) return running;
    const read = this.#describeNow(plane, app, signal).finally(() => this.#describing.delete(app.id));
    this.#describing.set(app.id, read);
    return read;
  }

  async #describeNow(plane: ControlPlane, app: App, signal: AbortSignal): Promise<void> {
    try {
      const details = await plane.describeApp(app.id, signal);
      signal.throwIfAborted();
      this.#noteDescribed(app);
      this.#unreadable.forget(app.id);
      this.#host.found(details);
    } catch (error) {
      const problem = toModalError(error);
      // The lists have just been answered: where this call alone is "offline", it is the call and not the line.
      if (problem.kind === 'cancelled' || problem.kind === 'unauthenticated') throw error;
      this.#noteProblem(app, problem);
    }
  }

  #noteProblem(app: App, problem: ModalError): void {
    this.#logger.warn(`Reading the app ${app.name} failed: ${problem.message}`);
    this.#unreadable.note(app.id, problem.kind, versionOf(app));
    if (problem.kind === 'notFound') return; // it has ended; the next refresh tells
    this.#host.failed(app, problem);
  }
}

function lastDeploy({ deployedAt, createdAt }: App): number {
  return deployedAt ?? createdAt ?? 0;
}

/** Changes with every deploy, and when an app begins or ends. */
function versionOf({ version, deployedAt, state }: App): string {
  return [version, deployedAt, state].join('/');
}
