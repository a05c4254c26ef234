import { hasAnsi } from '../domain/ansi.ts';
import type { LogQuery, PastQuery } from '../domain/log.ts';
import type { LogFilter } from '../domain/logFilter.ts';

/**
 * What of a filter the server can do, without losing a line that the filter here would show. It is applied here again
 * in any case.
 *
 * The server chooses chunks, not lines, so a text that it searches for may be missed where a line was sent in two parts.
 * It is therefore only sent when that is accepted, and only where capitals cannot make a difference.
 */
export function serverQuery(query: LogQuery, filter: LogFilter, searches = false): PastQuery {
  const { source, functionId, containerId, callId, text } = filter;
  const capitalsMatter = text.toLowerCase() !== text.toUpperCase();
  const isSent = searches && text && !filter.regex && !hasAnsi(text) && (filter.matchCase || !capitalsMatter);
  return {
    ...query,
    ...(source === 'all' ? {} : { source }),
    ...(functionId && !query.functionId ? { functionId } : {}),
    ...(containerId && !query.containerId ? { containerId } : {}),
    ...(callId && !query.callId ? { callId } : {}),
    ...(isSent ? { searchText: text } : {}),
  };
}
