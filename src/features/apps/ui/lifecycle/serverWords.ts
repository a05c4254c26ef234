import type { ServerStats } from '../../../../domain/server.ts';
import { formatDuration, plural, pluralOf } from '../../../../shared/format.ts';

/** A tooltip line, e.g. `Last hour: 12 requests (11 × 2xx, 1 × 5xx), half within 20 ms, 95% within 80 ms, 1 container`. */
export function serverStatsLine(
  { requests, byStatus, latency, containers }: ServerStats,
  hours: number,
): string {
  const span = hours === 1 ? 'Last hour' : `Last ${plural(hours, 'hour')}`;
  const codes = Object.entries(byStatus).map(([code, count]) => `${count} × ${code.charAt(0)}xx`);
  const { p50, p95 } = latency ?? {};
  return [
    `${span}: ${pluralOf(requests, 'request')}${codes.length > 0 ? ` (${codes.join(', ')})` : ''}`,
    ...(p50 === undefined ? [] : [`half within ${formatDuration(p50)}`]),
    ...(p95 === undefined ? [] : [`95% within ${formatDuration(p95)}`]),
    pluralOf(containers, 'container'),
  ].join(', ');
}
