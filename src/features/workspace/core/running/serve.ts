import type { Endpoint } from '../../../../domain/app.ts';
import { isCancelled } from '../../../../domain/errors.ts';
import type { DeployError, DeployStage } from '../../../deploy/core/index.ts';
import { announcedStage, explainFailure, laterStage, stageWords } from '../../../deploy/core/index.ts';
import { findOwnApp, scriptError } from './scriptProcess.ts';
import type { CommandServices } from '../../../deploy/core/index.ts';
import type { ScriptCommand } from './scriptCommand.ts';

export type ServeState =
  | { readonly kind: 'starting'; readonly stage: string }
  | ServingState
  | { readonly kind: 'reloading'; readonly endpoints: readonly Endpoint[] }
  /** The last good version goes on answering. */
  | { readonly kind: 'reloadFailed'; readonly endpoints: readonly Endpoint[]; readonly error: DeployError };

export interface ServingState {
  readonly kind: 'serving';
  readonly appId: string;
  readonly endpoints: readonly Endpoint[];
  /** Unix milliseconds of the last reload. */
  readonly reloadedAt?: number;
}

/** A failed reload ends with this much silence: its traceback comes in pieces. */
const quietMs = 400;
/** It ends with this many lines too: containers that go on writing would never let it be told. */
const mostFailureLines = 1000;
/** The CLI says that it has made the functions a moment before it publishes them. */
const publishedAfterMs = 1000;

/**
 * Serves an app until it is cancelled, and tells what happens meanwhile. The server is told when it ends.
 * @throws `DeployError` when the CLI fails
 */
export async function serve(
  command: ScriptCommand,
  services: CommandServices,
  onState: (state: ServeState) => void,
): Promise<void> {
  const watcher = new ServeWatcher(command, services, onState);
  try {
    const result = await command.execute(services, (line, stream) => watcher.take(line, stream));
    if (result.exitCode === 0) return;
    const output = result.stderr || result.stdout;
    throw await scriptError(command.plan, explainFailure(output, result.exitCode), output);
  } catch (error) {
    if (!isCancelled(error)) throw error;
  } finally {
    watcher.dispose();
    await command.endApp(services);
  }
}

/** Reads from the CLI's lines when to ask the server what is served, and when a reload failed. */
export class ServeWatcher {
  readonly #command: ScriptCommand;
  readonly #services: CommandServices;
  readonly #onState: (state: ServeState) => void;
  readonly #startedAt = Date.now();
  #stage: DeployStage = 'check';
  #serving = false;
  #ended = false;
  #appId = '';
  #endpoints: readonly Endpoint[] = [];
  /** Lines of a failed reload that was not told yet. */
  #failure: string[] | undefined;
  #failed = false;
  #quiet: NodeJS.Timeout | undefined;
  #later: NodeJS.Timeout | undefined;

  constructor(command: ScriptCommand, services: CommandServices, onState: (state: ServeState) => void) {
    this.#command = command;
    this.#services = services;
    this.#onState = onState;
    this.#tell({ kind: 'starting', stage: stageWords.check });
  }

  take(line: string, stream: 'stdout' | 'stderr'): void {
    if (!this.#serving) this.#starting(line);
    else if (stream === 'stderr') this.#collect(line);
    else if (/^Serve process \d+ terminated/.test(line)) {
      this.#takeFailure();
      this.#tell({ kind: 'reloading', endpoints: this.#endpoints });
    } else if (line.startsWith('Building image ')) {
      this.#tell({ kind: 'reloading', endpoints: this.#endpoints });
    } else if (line.startsWith('✓ Created objects')) this.#reloaded();
  }

  dispose(): void {
    this.#ended = true;
    clearTimeout(this.#quiet);
    clearTimeout(this.#later);
  }

  #starting(line: string): void {
    this.#command.readPage(line);
    if (line.includes('Serving... hit Ctrl-C')) {
      this.#serving = true;
      void this.#readEndpoints().then(() => this.#tellServing());
      return;
    }
    const stage = laterStage(this.#stage, announcedStage(line));
    if (stage === this.#stage) return;
    this.#stage = stage;
    this.#tell({ kind: 'starting', stage: stageWords[stage] });
  }

  #reloaded(): void {
    const reloadedAt = Date.now();
    this.#failed = false;
    this.#takeFailure();
    void this.#readEndpoints().then(() => this.#tellServing(reloadedAt));
    clearTimeout(this.#later);
    this.#later = setTimeout(() => void this.#readAgain(reloadedAt), publishedAfterMs);
  }

  async #readAgain(reloadedAt: number): Promise<void> {
    const before = this.#endpoints;
    await this.#readEndpoints();
    const same =
      before.length === this.#endpoints.length &&
      before.every(({ url }, at) => url === this.#endpoints[at]?.url);
    if (!same && !this.#failed) this.#tellServing(reloadedAt);
  }

  /** A reload runs in a process of its own, whose traceback begins with its name. */
  #collect(line: string): void {
    if (/^Process SpawnProcess-\d+:/.test(line)) {
      this.#failure = [];
      this.#failed = true;
    }
    if (!this.#failure) return;
    this.#failure.push(line);
    clearTimeout(this.#quiet);
    if (this.#failure.length >= mostFailureLines) void this.#reloadFailed();
    else this.#quiet = setTimeout(() => void this.#reloadFailed(), quietMs);
  }

  async #reloadFailed(): Promise<void> {
    // What comes after it, e.g. of containers that still answer, is no part of it.
    const output = this.#takeFailure().join('\n');
    const error = await scriptError(this.#command.plan, explainFailure(output, 1), output);
    if (this.#failed) this.#tell({ kind: 'reloadFailed', endpoints: this.#endpoints, error });
  }

  #takeFailure(): string[] {
    const lines = this.#failure ?? [];
    this.#failure = undefined;
    clearTimeout(this.#quiet);
    return lines;
  }

  #tellServing(reloadedAt?: number): void {
    this.#tell({
      kind: 'serving',
      appId: this.#appId,
      endpoints: this.#endpoints,
      ...(reloadedAt === undefined ? {} : { reloadedAt }),
    });
  }

  #tell(state: ServeState): void {
    if (!this.#ended) this.#onState(state);
  }

  async #readEndpoints(): Promise<void> {
    const { plane, logger } = this.#services;
    const { plan, page } = this.#command;
    try {
      this.#appId ||= (await findOwnApp(plan, plane, page, this.#startedAt))?.id ?? '';
      if (!this.#appId) return;
      const { functions } = await plane.describeApp(this.#appId);
      this.#endpoints = functions.flatMap((fn) => fn.endpoints);
    } catch (error) {
      logger.warn(`Could not read the URL of a serve session: ${String(error)}`);
    }
  }
}
