import { randomUUID } from 'node:crypto';
import { Emitter } from '../../../shared/emitter.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { ModalCli } from '../../../modal/cli.ts';
import type { Connection } from '../../../modal/connection.ts';
import type { ControlPlane } from '../../../modal/controlPlane.ts';

/** What is needed to run a command of the CLI and to ask the server about its app. */
export interface CommandServices {
  readonly cli: ModalCli;
  readonly connection: Connection;
  readonly plane: ControlPlane;
  readonly env: NodeJS.ProcessEnv;
  readonly logger: Logger;
}

export interface OutputLine {
  readonly line: string;
  readonly stream: 'stdout' | 'stderr';
}

export interface CommandStart {
  /** The CLI runs as the head of this process group. */
  readonly pid: number;
  /** Of a deploy: the version that was live just before. */
  readonly versionBefore?: number;
}

/** A deploy, a serve or a run: one command of the CLI, which makes an app, from its confirmation to its end. */
export class AppCommand {
  /** Of this one command: an app may be deployed twice, to two environments. */
  readonly id: string = randomUUID();
  readonly #abort = new AbortController();
  readonly #lines = new Emitter<OutputLine>();
  readonly #starts = new Emitter<CommandStart>();
  readonly #apps = new Emitter<string>();
  #appId: string | undefined;

  readonly onLine = this.#lines.event;
  readonly onStart = this.#starts.event;
  /** The CLI has made the app of this id, which is not published yet. */
  readonly onApp = this.#apps.event;

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  cancel(): void {
    this.#abort.abort();
  }

  /** Of the app that the CLI has made; absent until it tells. */
  get appId(): string | undefined {
    return this.#appId;
  }

  protected print(line: string, stream: OutputLine['stream'] = 'stdout'): void {
    this.#lines.fire({ line, stream });
  }

  protected started(start: CommandStart): void {
    this.#starts.fire(start);
  }

  protected madeApp(appId: string): void {
    this.#appId = appId;
    this.#apps.fire(appId);
  }
}
