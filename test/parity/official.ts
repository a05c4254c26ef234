import { createInterface } from 'node:readline';
import path from 'node:path';
import { plainEnvironment } from '../host/environment.ts';
import { ProcessGroup } from '../host/processGroup.ts';
import type { Simulator } from '../host/simulator.ts';

/** Modal's own command line and Python SDK, connected to the local Modal. */
export class Official {
  readonly #group: ProcessGroup;
  readonly #waiting: {
    readonly resolve: (value: unknown) => void;
    readonly reject: (error: Error) => void;
  }[] = [];

  constructor(simulator: Simulator) {
    this.#group = new ProcessGroup(simulator.python, [path.join(import.meta.dirname, 'official.py')], {
      env: plainEnvironment({
        MODAL_CONFIG_PATH: simulator.configPath,
        COLUMNS: '4000',
        NO_COLOR: '1',
        PYTHONUNBUFFERED: '1',
        PYTHONDONTWRITEBYTECODE: '1',
      }),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    createInterface({ input: this.#group.child.stdout! }).on('line', (line) => {
      const answer = JSON.parse(line) as { value?: unknown; error?: string };
      const asker = this.#waiting.shift();
      if (answer.error === undefined) asker?.resolve(answer.value);
      else asker?.reject(new Error(answer.error));
    });
    this.#group.child.once('exit', (code) => {
      for (const { reject } of this.#waiting.splice(0))
        reject(new Error(`The official client ended with exit code ${code}.`));
    });
  }

  /** Runs a command of the CLI. @returns what it prints */
  cli(...args: readonly string[]): Promise<string> {
    return this.#send({ cli: args }) as Promise<string>;
  }

  /** Runs a command of the CLI that prints JSON. */
  async cliJson<T>(...args: readonly string[]): Promise<T> {
    return JSON.parse(await this.cli(...args, '--json')) as T;
  }

  /** Asks one of the functions of `official.py`. */
  ask<T>(name: string, given: Readonly<Record<string, unknown>> = {}): Promise<T> {
    return this.#send({ ask: name, with: given }) as Promise<T>;
  }

  stop(): Promise<void> {
    return this.#group.stop();
  }

  #send(question: object): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#group.child.stdin!.write(`${JSON.stringify(question)}\n`);
    });
  }
}
