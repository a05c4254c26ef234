import { setTimeout as pause } from 'node:timers/promises';
import type { Container } from '../domain/app.ts';
import { ModalError } from '../domain/errors.ts';
import { steadyNow } from '../shared/steadyNow.ts';
import type { ControlPlane } from './controlPlane.ts';

export interface Replacement {
  readonly appId: string;
  readonly environment: string;
  /** Containers that were asked for before this moment run an older version; 0 = nothing was deployed anew. */
  readonly deployedAt: number | undefined;
  /** Milliseconds from one look to the next. */
  readonly pauseMs?: number;
}

type Plane = Pick<ControlPlane, 'listContainers' | 'stopContainer'>;

const limitMs = 40_000;
const atOnce = 32;

/**
 * Modal's "recreate" strategy, which is the client's work: stops the containers of older versions and waits until they
 * are gone. Their running inputs run again in new containers.
 * @returns how many were stopped
 * @throws kind `timeout` when some are still there after 40 s, `unexpected` when nobody knows which are older
 */
export async function replaceContainers(
  plane: Plane,
  { appId, environment, deployedAt, pauseMs = 1000 }: Replacement,
  signal?: AbortSignal,
): Promise<number> {
  if (deployedAt === undefined) throw momentUnknown();
  if (deployedAt === 0) return 0;
  const stopped = new Set<string>();
  const until = steadyNow() + limitMs;
  for (;;) {
    const containers = await plane.listContainers(environment, appId, signal);
    const old = containers.filter(({ enqueuedAt }) => enqueuedAt && enqueuedAt < deployedAt);
    if (old.length === 0) return stopped.size;
    if (steadyNow() > until) throw stillThere(old);
    await stopAll(
      plane,
      old.filter(({ id }) => !stopped.has(id)),
      signal,
    );
    for (const { id } of old) stopped.add(id);
    await pause(pauseMs, undefined, signal ? { signal } : {});
  }
}

async function stopAll(plane: Plane, containers: readonly Container[], signal?: AbortSignal): Promise<void> {
  for (let at = 0; at < containers.length; at += atOnce) {
    const group = containers.slice(at, at + atOnce);
    await Promise.all(group.map(({ id }) => plane.stopContainer(id, {}, signal)));
  }
}

function momentUnknown(): ModalError {
  return new ModalError(
    'unexpected',
    'The new version is deployed, but Modal did not tell when, so no old container was stopped. Stop them one by one.',
  );
}

function stillThere(old: readonly Container[]): ModalError {
  return new ModalError(
    'timeout',
    `The new version is deployed, but these containers did not end in ${limitMs / 1000} seconds: ${old
      .map(({ id }) => id)
      .join(', ')}. Stop them one by one.`,
  );
}
