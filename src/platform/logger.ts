import * as vscode from 'vscode';
import { isModalError } from '../domain/errors.ts';
import type { Logger } from '../domain/logger.ts';
import { redact } from '../domain/redact.ts';

/** The extension's own log. Levels are the user's, through "Developer: Set Log Level". */
export class ChannelLogger implements Logger, vscode.Disposable {
  readonly #channel = vscode.window.createOutputChannel('GPU Apps for Modal', { log: true });

  trace(message: string): void {
    this.#channel.trace(redact(message));
  }

  debug(message: string): void {
    this.#channel.debug(redact(message));
  }

  info(message: string): void {
    this.#channel.info(redact(message));
  }

  warn(message: string): void {
    this.#channel.warn(redact(message));
  }

  error(message: string, error?: unknown): void {
    this.#channel.error(redact(error === undefined ? message : `${message}\n${describe(error)}`));
  }

  show(): void {
    this.#channel.show(true);
  }

  dispose(): void {
    this.#channel.dispose();
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
