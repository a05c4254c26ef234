/** Modal's numeric enums, which the SDK keeps to itself, as our words; `FieldChecks.word` looks them up. */
import type { AppState } from '../domain/app.ts';
import type { VersionKind } from '../domain/lifecycle.ts';
import type { EndpointState } from '../domain/managedEndpoint.ts';
import type { ContainerPhase, LogSource } from '../domain/log.ts';

export const appStateNumbers: Readonly<Record<number, AppState>> = {
  1: 'ephemeral',
  2: 'detached',
  3: 'deployed',
  4: 'stopping',
  5: 'stopped',
  6: 'initializing',
  7: 'disabled',
  8: 'detached', // its client has gone, its containers have not
};

export const logSources: Readonly<Record<number, LogSource>> = { 1: 'stdout', 2: 'stderr', 3: 'system' };

export const containerPhases: Readonly<Record<number, ContainerPhase>> = {
  1: 'queued',
  2: 'loading', // a machine has taken it
  3: 'loading',
  4: 'running',
  5: 'finished',
  6: 'queued',
  7: 'creating',
  8: 'idle',
  10: 'preempted',
  11: 'loading',
};

/** 0 = all. */
export function descriptorOf(source: LogSource | undefined): number {
  return source === undefined ? 0 : ['stdout', 'stderr', 'system'].indexOf(source) + 1;
}

/** Ways to make an object by name. */
export const objectCreation = { lookUp: 0, failIfExists: 2 } as const;

/** Who asks for a stop: the value of a command-line client. */
export const stoppedByClient = 1;

/** As `stoppedByClient`, of a managed endpoint. */
export const endpointStoppedByClient = 1;

/** Why a client leaves its app: its process ended. */
export const disconnectClientEnded = 3;

export const versionKinds: Readonly<Record<number, VersionKind>> = {
  1: 'standard',
  2: 'rollback',
  3: 'rollover',
  4: 'promotion',
  5: 'staged',
};

/** How a container ended. */
export const containerResults: Readonly<Record<number, string>> = {
  1: 'finished',
  2: 'failed',
  3: 'terminated',
  4: 'timed out',
  5: 'could not start',
  6: 'failed inside Modal',
  7: 'ended because it was idle',
  8: 'ran out of memory',
  9: 'ran out of memory',
  10: 'ran out of memory',
};

export const endpointStates: Readonly<Record<number, EndpointState>> = {
  1: 'provisioning',
  2: 'live',
  3: 'failed',
  4: 'cancelling',
  5: 'cancelled',
  6: 'stopped',
};

/** Whether an endpoint runs on capacity that all share. */
export const endpointModes: Readonly<Record<number, boolean>> = { 1: false, 2: true };
