/**
 * What can go wrong, in kinds that the interface tells apart.
 *
 * The code that meets a failure names its kind; one presenter (`platform/present.ts`) turns the kind into words and
 * buttons. Nothing matches on message text.
 */

import type { ExplanationAction } from './request.ts';

export type ErrorKind =
  | 'cancelled'
  | 'cliMissing' // no interpreter or executable offers `modal`
  | 'cliUnsupported' // found, but a version we cannot drive
  | 'cliFailed' // it ran and exited with an error of its own
  | 'profileBroken' // ~/.modal.toml cannot be understood
  | 'signedOut' // no credentials at all
  | 'unauthenticated' // credentials that the server refuses
  | 'forbidden' // role or plan does not allow it
  | 'offline' // the server cannot be reached
  | 'timeout'
  | 'notFound'
  | 'invalid' // the server or a check refused the input
  | 'conflict'
  | 'limit' // rate, budget or size exceeded
  | 'unsupported' // the server does not offer this call
  | 'unexpected';

export interface ErrorOptionsOfModal {
  /** Full text for the log, e.g. a traceback or the server's own words. */
  readonly detail?: string;
  readonly cause?: unknown;
  /** What helps, where the kind alone does not tell. */
  readonly action?: ExplanationAction;
}

/** The SDK and HTTP files are bundles with a class of their own, so the class does not tell; this mark does. */
const mark = Symbol.for('modalGpu.error');

export class ModalError extends Error {
  readonly [mark] = true;
  readonly kind: ErrorKind;
  readonly detail: string | undefined;
  readonly action: ExplanationAction | undefined;

  constructor(kind: ErrorKind, message: string, options: ErrorOptionsOfModal = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ModalError';
    this.kind = kind;
    this.detail = options.detail;
    this.action = options.action;
  }
}

export function isModalError(error: unknown): error is ModalError {
  return error instanceof Error && mark in error;
}

export function isCancelled(error: unknown): boolean {
  return isModalError(error) ? error.kind === 'cancelled' : isAbort(error);
}

/** Wraps anything thrown, keeping what is already ours. */
export function toModalError(error: unknown): ModalError {
  if (isModalError(error)) return error;
  if (isAbort(error)) return new ModalError('cancelled', 'Cancelled', { cause: error });
  const message = error instanceof Error ? error.message : String(error);
  const detail = error instanceof Error ? error.stack : undefined;
  return new ModalError('unexpected', message, { cause: error, ...(detail === undefined ? {} : { detail }) });
}

/** Closes a switch over a union: a new member fails the build wherever it must be handled. */
export function assertNever(value: never): never {
  throw new Error(`Unhandled case: ${String(value)}`);
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
