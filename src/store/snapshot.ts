import type { App, AppDetails, Container, Environment } from '../domain/app.ts';
import type { ManagedEndpoint } from '../domain/managedEndpoint.ts';
import type { Sandbox } from '../domain/sandbox.ts';

/** What was last read of one Modal workspace. */
export interface Snapshot {
  readonly environments: readonly Environment[];
  readonly apps: readonly App[];
  readonly details: ReadonlyMap<string, AppDetails>;
  /** Without those of the sandboxes that are known. */
  readonly containers: readonly Container[];
  readonly sandboxes: readonly Sandbox[];
  /** Environments with more sandboxes than were read; these are the newest. */
  readonly moreSandboxes: readonly string[];
  readonly endpoints: readonly ManagedEndpoint[];
  /** Unix milliseconds; 0 = never read. */
  readonly readAt: number;
  /** When the apps of each environment were listed, by name, in unix milliseconds: not all are at each read. */
  readonly listedAt: ReadonlyMap<string, number>;
}

export const emptySnapshot: Snapshot = {
  environments: [],
  apps: [],
  details: new Map(),
  containers: [],
  sandboxes: [],
  moreSandboxes: [],
  endpoints: [],
  readAt: 0,
  listedAt: new Map(),
};

/** Where cached rows are kept between windows; the editor's memento in production. */
export interface SnapshotCache {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const format = 3;

interface StoredSnapshot extends Omit<Snapshot, 'details' | 'listedAt'> {
  /** Others are dropped: their rows were checked by other rules. */
  readonly format: typeof format;
  readonly details: readonly AppDetails[];
  /** Of the window that read them. */
  readonly listedAt: undefined;
}

/** More would make the memento slow to load; a refresh fills in the rest. */
const mostCachedApps = 500;

export function storeSnapshot(snapshot: Snapshot): StoredSnapshot {
  const apps = snapshot.apps.slice(0, mostCachedApps);
  const details = apps.flatMap((app) => snapshot.details.get(app.id) ?? []);
  return {
    ...snapshot,
    listedAt: undefined,
    apps,
    containers: [],
    sandboxes: [],
    moreSandboxes: [],
    details,
    format,
  };
}

/** @returns undefined for anything that an older or newer version has stored. */
export function loadSnapshot(value: unknown): Snapshot | undefined {
  const stored = value as Partial<StoredSnapshot> | undefined;
  if (stored?.format !== format || !stored.apps || !stored.environments || !stored.details) return undefined;
  return {
    ...emptySnapshot,
    environments: stored.environments,
    apps: stored.apps,
    details: new Map(stored.details.map((detail) => [detail.appId, detail])),
    endpoints: stored.endpoints ?? [],
    readAt: stored.readAt ?? 0,
  };
}
