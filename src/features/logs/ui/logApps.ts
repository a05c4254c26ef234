import type { ControlPlane } from '../../../modal/controlPlane.ts';
import { DisposableStore, Emitter } from '../../../shared/emitter.ts';
import type { Disposable } from '../../../shared/emitter.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { SharedAnswer } from './accountPlanes.ts';
import { AccountPlanes } from './accountPlanes.ts';
import type { LogHost, LogPlanes } from './types.ts';

/** An app of which a log was opened, for all tabs with logs of it. */
export interface LogApp {
  readonly id: string;
  /** The way to the account in which it was followed first. */
  readonly planes: AccountPlanes;
  /** Names of its functions by id, once they are known. */
  functions: Readonly<Record<string, string>>;
}

/** The apps of which a log was opened. They stay when their tabs are closed. */
export class LogApps implements Disposable {
  readonly #planes: LogPlanes;
  readonly #host: Pick<LogHost, 'functionsOf'>;
  readonly #logger: Logger;
  readonly #apps = new Map<string, LogApp>();
  readonly #answers = new WeakMap<ControlPlane, SharedAnswer>();
  readonly #disposables = new DisposableStore();
  readonly #accountChanged = this.#disposables.add(new Emitter<undefined>());
  #account: string | undefined;

  /** Fires when another account may be in use. */
  readonly onDidChangeAccount = this.#accountChanged.event;

  constructor(planes: LogPlanes, host: Pick<LogHost, 'functionsOf'>, logger: Logger) {
    this.#planes = planes;
    this.#host = host;
    this.#logger = logger;
    this.#disposables.add(planes.onDidChange(() => void this.#readAccount()));
    void this.#readAccount();
  }

  get(appId: string): LogApp {
    const known = this.#apps.get(appId);
    if (known) return known;
    const app = { id: appId, planes: new AccountPlanes(this.#planes, this.#answers), functions: {} };
    this.#apps.set(appId, app);
    return app;
  }

  /** The account that the app's log was followed in; where it was not followed, the one in use. */
  planeFor(appId: string, signal?: AbortSignal): Promise<ControlPlane> {
    return this.#apps.get(appId)?.planes.get(signal) ?? this.#planes.get(signal);
  }

  /** Profile that an app's log is followed in, where another account is in use now. */
  otherProfile({ planes: { account } }: LogApp): string | undefined {
    if (account === undefined || this.#account === undefined || account === this.#account) return undefined;
    return this.#planes.profileOf(account);
  }

  /** Names are an aid: without them, functions go by their ids. */
  async readFunctions(app: LogApp): Promise<void> {
    try {
      const functions = await this.#host.functionsOf(app.id);
      app.functions = Object.fromEntries(functions.map(({ id, tag }) => [id, tag.replace(/\.\*$/, '')]));
    } catch (error) {
      this.#logger.debug(`The functions of ${app.id} cannot be read: ${String(error)}`);
    }
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  async #readAccount(): Promise<void> {
    this.#account = await this.#planes.account().catch(() => undefined);
    this.#accountChanged.fire(undefined);
  }
}
