import type { LogQuery, PastQuery } from '../../../domain/log.ts';
import type { LogFilter } from '../../../domain/logFilter.ts';

/**
 * What of a filter the server can do, without losing a line that the filter here would show. It is applied here again
 * in any case. The text is not sent: the server chooses chunks, not lines, so it would miss a line that was sent in two.
 */
export function serverQuery(query: LogQuery, filter: LogFilter): PastQuery {
  const { source, functionId, containerId, callId } = filter;
  return {
    ...query,
    ...(source === 'all' ? {} : { source }),
    ...(functionId && !query.functionId ? { functionId } : {}),
    ...(containerId && !query.containerId ? { containerId } : {}),
    ...(callId && !query.callId ? { callId } : {}),
  };
}
