import * as vscode from 'vscode';
import { isModalError } from '../domain/errors.ts';
import type { Logger } from '../shared/logger.ts';

type Level = keyof Logger;
type Redact = typeof import('../shared/redact.ts').redactBeginning;

/** The extension's own log. Levels are the user's, through "Developer: Set Log Level". */
export class ChannelLogger implements Logger, vscode.Disposable {
  readonly #channel = vscode.window.createOutputChannel('GPU Apps for Modal', { log: true });

  /** Lines until the list of credentials is there, which is too large for a file that every start evaluates. */
  readonly #waiting: (readonly [Level, string])[] = [];
  #redact: Redact | undefined;
  #beginning: Promise<void> | undefined;
  #isDisposed = false;

  trace(message: string): void {
    this.#write('trace', message);
  }

  debug(message: string): void {
    this.#write('debug', message);
  }

  info(message: string): void {
    this.#write('info', message);
  }

  warn(message: string): void {
    this.#write('warn', message);
  }

  error(message: string, error?: unknown): void {
    this.#write('error', error === undefined ? message : `${message}\n${describe(error)}`);
  }

  show(): void {
    this.#channel.show(true);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#channel.dispose();
  }

  #write(level: Level, message: string): void {
    if (this.#redact) {
      this.#channel[level](this.#redact(message));
      return;
    }
    this.#waiting.push([level, message]);
    this.#beginning ??= this.#begin();
  }

  /** Never fails. Where the list cannot be had, nothing is written that it has not seen, and the next line tries again. */
  async #begin(): Promise<void> {
    try {
      const { redactBeginning } = await import('../shared/redact.ts');
      this.#redact = redactBeginning;
    } catch (error) {
      this.#beginning = undefined;
      if (this.#isDisposed) return;
      const lost = this.#waiting.splice(0).length;
      const reason = error instanceof Error ? error.name : typeof error;
      this.#channel.error(
        `${lost} ${lost === 1 ? 'line is' : 'lines are'} missing here: the list of credentials cannot be loaded (${reason}). Reload the window, or install the extension again.`,
      );
      return;
    }
    const waiting = this.#waiting.splice(0);
    if (this.#isDisposed) return;
    for (const [level, message] of waiting) this.#channel[level](this.#redact(message));
  }
}

/** The error with its detail and every cause, outermost first. */
function describe(error: unknown): string {
  const parts: string[] = [];
  let current = error;
  for (let depth = 0; current instanceof Error && depth < 5; depth++) {
    parts.push(current.stack ?? current.message);
    if (isModalError(current) && current.detail && current.detail !== current.stack)
      parts.push(current.detail);
    current = current.cause;
  }
  return parts.length > 0 ? parts.join('\nCaused by: ') : JSON.stringify(error);
}
