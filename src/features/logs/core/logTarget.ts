import type { LogQuery } from '../../../domain/log.ts';

/** What a log is of: an app, or one of its functions or containers. */
export interface LogTarget {
  readonly appId: string;
  readonly appName: string;
  readonly environment: string;
  readonly functionId?: string;
  readonly containerId?: string;
  /** Shows only the lines of this call at first. */
  readonly callId?: string;
}

export function queryOf({ appId, functionId, containerId }: LogTarget): LogQuery {
  return { appId, ...(functionId ? { functionId } : {}), ...(containerId ? { containerId } : {}) };
}
