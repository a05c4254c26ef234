import type { App, AppDetails, Container, Environment } from '../domain/app.ts';
import type { ManagedEndpoint } from '../domain/managedEndpoint.ts';
import type { Sandbox } from '../domain/sandbox.ts';
import { isRecord } from '../shared/memory.ts';

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

/**
 * Rows that cannot be used are as if they were not there: Modal has them.
 * @returns undefined for anything that an older or newer version has stored
 */
export function loadSnapshot(value: unknown): Snapshot | undefined {
  if (!isRecord(value) || value['format'] !== format) return undefined;
  const details = rows<AppDetails>(value['details'], ['appId']).filter(({ functions }) =>
    Array.isArray(functions),
  );
  const readAt = value['readAt'];
  return {
    ...emptySnapshot,
    environments: rows(value['environments'], ['name']),
    apps: rows(value['apps'], ['id', 'name', 'environment', 'state']),
    details: new Map(details.map((detail) => [detail.appId, detail])),
    endpoints: rows(value['endpoints'], ['id', 'name', 'environment']),
    readAt: typeof readAt === 'number' ? readAt : 0,
  };
}

/** Those that have what names them. */
function rows<T>(value: unknown, names: readonly (keyof T & string)[]): T[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [];
  return all.filter((row) => isRecord(row) && names.every((name) => typeof row[name] === 'string')) as T[];
}
