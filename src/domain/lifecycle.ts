import type { CommitHash } from './identifiers.ts';

/**
 * Words for the life of a deployed app: versions, containers, autoscaling. All times are unix milliseconds; what is
 * undefined is not known.
 */

/** Why a version was made. */
export type VersionKind = 'standard' | 'rollback' | 'rollover' | 'promotion' | 'staged' | 'unknown';

/** State of the Git checkout that a version was deployed from. */
export interface VersionCommit {
  readonly hash: CommitHash;
  readonly branch: string;
  /** The checkout had changes that are in no commit. */
  readonly dirty: boolean | undefined;
  readonly author: string;
  readonly time?: number;
  readonly repoUrl: string;
}

/** One entry of an app's deployment history. */
export interface AppVersion {
  readonly number: number;
  readonly deployedAt?: number | undefined;
  readonly deployedBy: string;
  readonly clientVersion: string;
  /** Given with `modal deploy --tag`; '' = none. */
  readonly tag: string;
  readonly kind: VersionKind;
  /** The version that a rollback went back to. */
  readonly rollbackOf?: number;
  readonly rollbackAllowed: boolean | undefined;
  /** It answers now. */
  readonly live: boolean | undefined;
  readonly commit?: VersionCommit;
  /** It names a commit, but in a form that Git does not have. */
  readonly unusableCommit?: boolean;
}

/** What a rollback or rollover has made. */
export interface Redeployed {
  /** 0 when nothing was deployed anew. */
  readonly deployedAt?: number | undefined;
  readonly warnings: readonly string[];
}

export interface ContainerInfo {
  readonly id: string;
  /** As in `gpu=`, e.g. `A10:2`; '' without a GPU. */
  readonly gpu?: string | undefined;
  readonly state: 'starting' | 'running' | 'finished' | 'unknown';
  readonly enqueuedAt?: number | undefined;
  /** When it was ready for its first input. */
  readonly readyAt?: number;
  readonly finishedAt?: number;
  /** How it ended, in words; absent while it runs. */
  readonly result?: string;
}

/** What decides how many containers a function has. */
export interface AutoscalerValues {
  readonly minContainers: number;
  /** 0 = no limit of its own. */
  readonly maxContainers: number;
  readonly bufferContainers: number;
  /** Seconds that an idle container is kept. */
  readonly scaledownWindow: number;
}

export type AutoscalerField = keyof AutoscalerValues;

/** A change made by hand; it lasts until the next deploy. */
export interface AutoscalerOverride {
  readonly by: string;
  readonly at?: number;
}

export interface Autoscaler {
  readonly inForce: AutoscalerValues;
  /** What the code asks for. */
  readonly coded: Partial<AutoscalerValues>;
  readonly defaults: Partial<AutoscalerValues>;
  readonly overrides: Readonly<Partial<Record<AutoscalerField, AutoscalerOverride>>>;
}

/** Numbers of a function at this moment. */
export interface FunctionStats {
  /** Inputs that wait for a container. */
  readonly backlog: number;
  readonly containers: number;
  readonly runningInputs: number;
}

export const autoscalerFields: readonly AutoscalerField[] = [
  'minContainers',
  'maxContainers',
  'bufferContainers',
  'scaledownWindow',
];

/** Bounds of the scale-down window in seconds, as the Modal SDK has them. */
export const scaledownBounds = { least: 2, most: 3600 } as const;

/** What the next deploy would set: the code's values over the defaults. */
export function deployedValues({ coded, defaults, inForce, overrides }: Autoscaler): AutoscalerValues {
  const value = (field: AutoscalerField): number =>
    coded[field] ?? defaults[field] ?? (overrides[field] ? zeroes[field] : inForce[field]);
  return {
    minContainers: value('minContainers'),
    maxContainers: value('maxContainers'),
    bufferContainers: value('bufferContainers'),
    scaledownWindow: value('scaledownWindow'),
  };
}

/** Modal's own defaults, for servers that do not say theirs. */
const zeroes: AutoscalerValues = {
  minContainers: 0,
  maxContainers: 0,
  bufferContainers: 0,
  scaledownWindow: 60,
};

/** The fields in which two settings differ. */
export function changedFields(before: AutoscalerValues, after: AutoscalerValues): AutoscalerField[] {
  return autoscalerFields.filter((field) => before[field] !== after[field]);
}
