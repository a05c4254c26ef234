import type { PlaneSource } from '../../../src/store/appStore.ts';
import { ControlPlanes } from '../../../src/modal/planes.ts';
import { ViewWindow } from '../../integration/support/viewWindow.ts';
import type { TestWorld } from '../../integration/support/world.ts';
import type { Calls } from './calls.ts';
import { callsDuring } from './calls.ts';
import { VirtualTime } from './virtualTime.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** Windows of one person on one server, and a time that passes at will. */
export class Scene implements Disposable {
  readonly time = new VirtualTime();
  readonly windows: ViewWindow[] = [];
  readonly world: TestWorld;
  readonly #cleanup = new DisposableStack();

  constructor(world: TestWorld) {
    this.world = world;
  }

  /** A window that shows the Apps view, with connections of its own, as each has in a process of its own. */
  async window({
    url,
    settled = true,
  }: { readonly url?: string; readonly settled?: boolean } = {}): Promise<ViewWindow> {
    const env = { ...this.world.env, ...(url === undefined ? {} : { MODAL_SERVER_URL: url }) };
    const planes = new ControlPlanes({ env, logger: this.world.logger });
    this.#cleanup.defer(() => planes.dispose());
    return this.windowOf(planes, settled);
  }

  async windowOf(planes: PlaneSource, settled = true): Promise<ViewWindow> {
    const window = new ViewWindow(planes, this.world.logger, this.time.clock);
    this.windows.push(window);
    if (settled) await window.open();
    return window;
  }

  /** @param moves the window in which the user does something once a minute */
  async pass(milliseconds: number, moves?: ViewWindow): Promise<void> {
    const settled = async () => {
      for (const each of this.windows) await each.settled();
    };
    for (let left = milliseconds; left > 0; left -= minute) {
      moves?.schedule.moved();
      await this.time.pass(Math.min(left, moves ? minute : left), settled);
      if (!moves) return;
    }
  }

  calls(act: () => Promise<unknown>): Promise<Calls> {
    return callsDuring(this.world.simulator, act);
  }

  [Symbol.dispose](): void {
    for (const each of this.windows) each[Symbol.dispose]();
    this.#cleanup.dispose();
    this.time[Symbol.dispose]();
  }
}

/** What the window says of its rows: of what failed, and how old they are. */
export function saysOf({ store }: ViewWindow): string {
  const { error, problems, listProblems } = store.state;
  const said = [error?.message, ...listProblems.map((each) => each.error.message)];
  const apps = [...problems.values()].map(({ message }) => message);
  return [...new Set([...said, ...apps].filter((each) => each !== undefined))].join(' | ');
}
