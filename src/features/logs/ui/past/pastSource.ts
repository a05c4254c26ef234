import type { LogQuery, TimeRange } from '../../../../domain/log.ts';
import type { LogFilter } from '../../../../domain/logFilter.ts';
import type { OlderLines } from '../../core/olderLines.ts';
import type { PastLog } from '../../core/pastLog.ts';
import type { LogSession } from '../../core/session.ts';
import type { LogTarget } from '../logsController.ts';

/** A session whose past can be asked for. */
export interface PastSource {
  readonly session: LogSession;
  readonly target: LogTarget;
  readonly query: LogQuery;
  readonly older: OlderLines;
  /** What is shown of the past; absent = it is live. */
  readonly past?: PastLog;
}

/** What a download of the shown log begins with. */
export interface ShownLog {
  readonly target: LogTarget;
  readonly filter: LogFilter;
  /** Absent = it is live. */
  readonly range?: TimeRange;
}

export function queryOf({ appId, functionId, containerId }: LogTarget): LogQuery {
  return { appId, ...(functionId ? { functionId } : {}), ...(containerId ? { containerId } : {}) };
}
