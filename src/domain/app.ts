/** The product's words for what runs on Modal. All times are unix milliseconds; what is undefined is not known. */

export const appStates = [
  'initializing',
  'ephemeral',
  'detached',
  'deployed',
  'stopping',
  'stopped',
  'disabled',
  'unknown',
] as const;
export type AppState = (typeof appStates)[number];

export interface Environment {
  readonly name: string;
  readonly isDefault: boolean | undefined;
  readonly runningContainers?: number | undefined;
  readonly runningGpus?: number | undefined;
  /** US dollars of this billing cycle, where the server tells. */
  readonly spend?: { readonly usd: number; readonly limitUsd: number };
}

export interface App {
  readonly id: string;
  /** Deployment name, or the label of an ephemeral run. */
  readonly name: string;
  readonly environment: string;
  readonly state: AppState;
  readonly createdAt?: number | undefined;
  readonly stoppedAt?: number;
  /** Of the live version; absent on servers that do not list it. */
  readonly deployedAt?: number | undefined;
  readonly version?: number | undefined;
  readonly runningContainers?: number | undefined;
}

export interface AppDetails {
  readonly appId: string;
  readonly version?: number;
  readonly deployedAt?: number;
  readonly deployedBy?: string;
  readonly functions: readonly ModalFunction[];
}

export interface ModalFunction {
  readonly id: string;
  /** As Modal tags it: `name` for a function or server, `Cls.*` for a class. */
  readonly tag: string;
  /** A server (`@app.server`) takes requests at its address and no calls. */
  readonly kind: 'function' | 'class' | 'server';
  /** GPU choices in order of preference, e.g. `['L40S', 'A100:2']`; empty on a CPU function. */
  readonly gpus: readonly string[] | undefined;
  readonly schedule?: string;
  readonly endpoints: readonly Endpoint[];
}

/** A web URL of a function or of one method of a class. */
export interface Endpoint {
  readonly functionId: string;
  /** The function's tag, or `Cls.method`. */
  readonly name: string;
  readonly url: string;
  readonly requiresProxyAuth?: boolean | undefined;
}

export interface Container {
  readonly id: string;
  readonly appId: string;
  readonly enqueuedAt?: number | undefined;
  /** Absent while the container is still starting. */
  readonly startedAt?: number;
  /** Whether it has started cannot be told from what the server sent. */
  readonly startUnknown?: true;
  /** As in `gpu=`, e.g. `A10:2`; empty = none, absent = not known yet. */
  readonly gpu?: string;
}

/** Whether an app still answers calls or may start containers. */
export function isLive(state: AppState): boolean {
  return state === 'deployed' || state === 'ephemeral' || state === 'detached' || state === 'initializing';
}
