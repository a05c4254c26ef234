/** Our words for the enumerations of the protocol, by the names that the official library has for their values. */
import * as wire from '../../src/modal/wire.ts';

export interface Words {
  readonly ours: Readonly<Record<number, string | boolean>>;
  /** By the name without what all have in common; a name without a word counts as unknown. */
  readonly byName: Readonly<Record<string, string | boolean | undefined>>;
}

export const words: Readonly<Record<string, Words>> = {
  AppState: {
    ours: wire.appStateNumbers,
    byName: {
      EPHEMERAL: 'ephemeral',
      DETACHED: 'detached',
      DETACHED_DISCONNECTED: 'detached',
      DEPLOYED: 'deployed',
      STOPPING: 'stopping',
      STOPPED: 'stopped',
      INITIALIZING: 'initializing',
      DISABLED: 'disabled',
    },
  },
  TaskState: {
    ours: wire.containerPhases,
    byName: {
      CREATED: 'queued',
      QUEUED: 'queued',
      WORKER_ASSIGNED: 'loading',
      LOADING_IMAGE: 'loading',
      LOADING_CHECKPOINT_IMAGE: 'loading',
      CREATING_CONTAINER: 'creating',
      ACTIVE: 'running',
      IDLE: 'idle',
      PREEMPTED: 'preempted',
      COMPLETED: 'finished',
    },
  },
  FileDescriptor: {
    ours: wire.logSources,
    byName: { STDOUT: 'stdout', STDERR: 'stderr', INFO: 'system' },
  },
  DeploymentType: {
    ours: wire.versionKinds,
    byName: {
      STANDARD: 'standard',
      ROLLBACK: 'rollback',
      ROLLOVER: 'rollover',
      PROMOTION: 'promotion',
      STAGED: 'staged',
    },
  },
  'GenericResult.GenericStatus': {
    ours: wire.containerResults,
    byName: {
      SUCCESS: 'finished',
      FAILURE: 'failed',
      TERMINATED: 'terminated',
      TIMEOUT: 'timed out',
      INIT_FAILURE: 'could not start',
      INTERNAL_FAILURE: 'failed inside Modal',
      IDLE_TIMEOUT: 'ended because it was idle',
      MEMORY_MANAGER_EVICTION: 'ran out of memory',
      MEMORY_THRASHING_EVICTION: 'ran out of memory',
      KERNEL_OOM_KILL: 'ran out of memory',
    },
  },
  ObjectCreationType: {
    ours: { [wire.objectCreation.failIfExists]: 'failIfExists' },
    byName: { CREATE_FAIL_IF_EXISTS: 'failIfExists' },
  },
  'EndpointGetInfoResponse.EndpointStatus': {
    ours: wire.endpointStates,
    byName: {
      PROVISIONING: 'provisioning',
      LIVE: 'live',
      FAILED: 'failed',
      CANCELLING: 'cancelling',
      CANCELLED: 'cancelled',
      STOPPED: 'stopped',
    },
  },
  EndpointServingMode: { ours: wire.endpointModes, byName: { DEDICATED: false, SHARED: true } },
  EndpointStopSource: { ours: { [wire.endpointStoppedByClient]: 'CLI' }, byName: { CLI: 'CLI' } },
  AppStopSource: { ours: { [wire.stoppedByClient]: 'CLI' }, byName: { CLI: 'CLI' } },
  AppDisconnectReason: {
    ours: { [wire.disconnectClientEnded]: 'ended' },
    byName: { ENTRYPOINT_COMPLETED: 'ended' },
  },
};

/** @returns the part of all names that says which enumeration they are of */
export function commonPart(names: readonly string[]): string {
  const [first = '', ...rest] = names;
  let end = first.length;
  while (!rest.every((name) => name.startsWith(first.slice(0, end)))) end--;
  return first.slice(0, first.lastIndexOf('_', end - 1) + 1);
}
