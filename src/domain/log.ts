/** Log words shared by the follower, the buffer and the viewer. */

export type LogSource = 'stdout' | 'stderr' | 'system';

export type ContainerPhase =
  'queued' | 'creating' | 'loading' | 'running' | 'idle' | 'preempted' | 'finished';

/** Where something in a log comes from; '' where the server does not say. */
export interface LogOrigin {
  readonly source: LogSource;
  readonly containerId: string;
  readonly functionId: string;
  readonly callId: string;
}

/** What Modal itself says about work that has not begun: an image being uploaded, calls that wait. */
export interface TaskProgress {
  readonly done: number;
  readonly total: number;
  readonly description: string;
}

/**
 * What one stream message carries, already free of wire enums. Text may hold partial lines. The wire carries UTF-8, so
 * a character is cut at most between the halves of a surrogate pair, which joining heals.
 */
export interface LogChunk extends LogOrigin {
  readonly entryId: string;
  /** Unix milliseconds. */
  readonly time: number;
  /** Unix nanoseconds as the server wrote them; tells equal lines of one millisecond apart. */
  readonly stamp?: string;
  readonly text: string;
  readonly phase?: ContainerPhase;
  readonly progress?: TaskProgress;
}

export interface LogBatch {
  /** Position to resume from; empty when the message has none. */
  readonly entryId: string;
  readonly chunks: readonly LogChunk[];
  /** The app has ended and will log no more. */
  readonly appDone: boolean;
  /** Entries that the server sent and that are no chunks: how many, and the unix milliseconds of the oldest. */
  readonly leftOut?: { readonly count: number; readonly oldest: number };
  /** How long the server keeps these entries, in days, where it says so. */
  readonly keptDays?: number;
}

export interface LogQuery {
  readonly appId: string;
  readonly functionId?: string;
  readonly containerId?: string;
  readonly callId?: string;
}

/** A query of the past, where the server can also choose the source. */
export interface PastQuery extends LogQuery {
  readonly source?: LogSource;
}

/** Unix milliseconds; `until` is not part of it. */
export interface TimeRange {
  readonly since: number;
  readonly until: number;
}

/** How many entries the server holds of one span of time. */
export interface LogCount extends TimeRange {
  readonly stdout: number;
  readonly stderr: number;
  readonly system: number;
}
