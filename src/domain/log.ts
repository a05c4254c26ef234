/** Log words shared by the follower, the buffer and the viewer. */

export type LogSource = 'stdout' | 'stderr' | 'system';

export type ContainerPhase =
  'queued' | 'creating' | 'loading' | 'running' | 'idle' | 'preempted' | 'finished';

/** What one stream message carries, already free of wire enums. Text may hold partial lines. */
export interface LogChunk {
  readonly entryId: string;
  readonly time: number;
  readonly source: LogSource;
  readonly text: string;
  readonly containerId: string;
  readonly functionId: string;
  readonly callId: string;
  readonly phase?: ContainerPhase;
}

export interface LogBatch {
  /** Position to resume from; empty when the message has none. */
  readonly entryId: string;
  readonly chunks: readonly LogChunk[];
  /** The app has ended and will log no more. */
  readonly appDone: boolean;
}

export interface LogQuery {
  readonly appId: string;
  readonly functionId?: string;
  readonly containerId?: string;
  readonly callId?: string;
}
