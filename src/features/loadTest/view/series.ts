import type { LoadViewState } from '../messages.ts';
import type { ChartData } from './chart.ts';
import { formatDuration, formatNumber } from '../../../shared/format.ts';

export type ChartName = 'throughput' | 'latency' | 'containers';

export const chartTitles: Readonly<Record<ChartName, string>> = {
  throughput: 'Requests per second',
  latency: 'Latency',
  containers: 'Containers',
};

/** What the three charts show, and the table that says the same. */
export function chartsOf(state: LoadViewState): Readonly<Record<ChartName, ChartData>> {
  const { containers } = state;
  const points = wholeSeconds(state);
  const length = Math.max(5, points.at(-1)?.second ?? 0, Math.ceil(containers.at(-1)?.second ?? 0));
  const seconds = points.map(({ second }) => second);
  const told = (value: number, has: boolean) => (has ? value : null);
  return {
    throughput: {
      seconds,
      length,
      format: formatNumber,
      whole: true,
      lines: [
        { label: 'Succeeded', color: '--vscode-charts-green', values: points.map(({ ok }) => ok) },
        {
          label: 'Failed',
          color: '--vscode-charts-red',
          dash: [4, 3],
          values: points.map(({ failed }) => failed),
        },
      ],
    },
    latency: {
      seconds,
      length,
      format: (value) => formatDuration(value, 3),
      lines: [
        {
          label: 'p50',
          color: '--vscode-charts-blue',
          values: points.map(({ ok, p50 }) => told(p50, ok > 0)),
        },
        {
          label: 'p95',
          color: '--vscode-charts-yellow',
          dash: [4, 3],
          values: points.map(({ ok, p95 }) => told(p95, ok > 0)),
        },
      ],
    },
    containers: {
      seconds: containers.map(({ second }) => Math.round(second * 10) / 10),
      length,
      whole: true,
      format: formatNumber,
      lines: [
        {
          label: 'Running',
          color: '--vscode-charts-purple',
          values: containers.map(({ running }) => running),
        },
        {
          label: 'Starting',
          color: '--vscode-charts-blue',
          dash: [4, 3],
          values: containers.map(({ starting }) => starting),
        },
        {
          label: 'Requests in the queue',
          color: '--vscode-charts-foreground',
          dash: [1, 3],
          values: containers.map(({ queued }) => queued ?? null),
        },
      ],
    },
  };
}

/** The last second is seldom a whole one: its rate would look like a fall. */
function wholeSeconds({ phase, points, totals }: LoadViewState): LoadViewState['points'] {
  if (phase !== 'ended' || points.length < 3) return points;
  return points.filter(({ second }) => second * 1000 <= (totals?.elapsed ?? 0));
}

/** The largest of each line, for those who cannot see it. */
export function spoken(name: ChartName, { lines, format }: ChartData): string {
  const parts = lines.map(({ label, values }) => {
    const known = values.filter((value) => value !== null);
    return `${label} at most ${known.length > 0 ? format(Math.max(...known)) : 'unknown'}`;
  });
  return `${chartTitles[name]}: ${parts.join(', ')}. The values are in the table below.`;
}
