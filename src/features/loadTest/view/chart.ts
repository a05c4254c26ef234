import uPlot from 'uplot';
import { formatDuration } from '../../../shared/format.ts';

export interface Line {
  readonly label: string;
  /** Theme variable, e.g. `--vscode-charts-blue`. */
  readonly color: string;
  /** Lines are told apart without colour as well. */
  readonly dash?: number[];
  readonly values: readonly (number | null)[];
}

export interface ChartData {
  readonly seconds: readonly number[];
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  /** Right end of the axis of time. */
  readonly length: number;
  /** Values are counts, so that the axis has no halves. */
  readonly whole?: boolean;
}

const height = 130;

/** Steps of the axis of time, in seconds. */
const timeSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300];
const wholeSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000];

/** One small chart over the seconds of a test. It is painted on a canvas, so the same stands in a table beside it. */
export class Chart {
  readonly #parent: HTMLElement;
  readonly #group: string;
  #plot: uPlot | undefined;
  #data: ChartData | undefined;
  readonly #resized: ResizeObserver;

  /** @param group charts of one group show the same moment under the mouse */
  constructor(parent: HTMLElement, group: string) {
    this.#parent = parent;
    this.#group = group;
    this.#resized = new ResizeObserver(() => {
      const width = this.#parent.clientWidth;
      if (width > 0) this.#plot?.setSize({ width, height });
    });
    this.#resized.observe(parent);
  }

  setData(data: ChartData): void {
    const same = this.#data?.lines.length === data.lines.length;
    this.#data = data;
    if (!this.#plot || !same) this.#build();
    else this.#plot.setData(toPlot(data));
  }

  /** Colours are read when it is built. */
  repaint(): void {
    if (this.#data) this.#build();
  }

  dispose(): void {
    this.#resized.disconnect();
    this.#plot?.destroy();
  }

  /** Without a mouse over the chart its legend shows the latest values. */
  #latest(line: number): number | null {
    return this.#data?.lines[line]?.values.at(-1) ?? null;
  }

  #legend(value: number | null): string {
    return value === null ? '–' : (this.#data?.format(value) ?? '');
  }

  #build(): void {
    const data = this.#data;
    if (!data) return;
    this.#plot?.destroy();
    const style = getComputedStyle(this.#parent);
    const color = (name: string) => style.getPropertyValue(name).trim() || style.color;
    const axis = {
      stroke: color('--vscode-descriptionForeground'),
      font: `11px ${style.fontFamily}`,
      grid: { stroke: color('--chart-grid'), width: 1 },
      ticks: { show: false },
    };
    this.#plot = new uPlot(
      {
        width: Math.max(200, this.#parent.clientWidth),
        height,
        padding: [8, 12, 0, 0],
        cursor: { sync: { key: this.#group }, drag: { x: false, y: false } },
        legend: { show: true, live: true },
        scales: {
          x: { time: false, range: () => [0, this.#data?.length ?? 1] },
          y: { range: (_plot, _least, most) => [0, Math.max(most * 1.1, 1)] },
        },
        axes: [
          {
            ...axis,
            size: 24,
            incrs: timeSteps,
            values: (_plot, seconds) => seconds.map((second) => formatDuration(second * 1000)),
          },
          {
            ...axis,
            size: 64,
            ...(data.whole ? { incrs: wholeSteps } : {}),
            values: (_plot, values) => values.map((value) => data.format(value)),
          },
        ],
        series: [
          {
            label: 'At',
            value: (_plot, second: number | null) =>
              formatDuration((second ?? this.#data?.seconds.at(-1) ?? 0) * 1000),
          },
          ...data.lines.map((line, at) => ({
            label: line.label,
            stroke: color(line.color),
            width: 1.5,
            points: { show: data.seconds.length < 3 },
            spanGaps: true,
            ...(line.dash ? { dash: line.dash } : {}),
            value: (plot: uPlot, value: number | null) =>
              this.#legend(value ?? (typeof plot.cursor.idx === 'number' ? null : this.#latest(at))),
          })),
        ],
      },
      toPlot(data),
      this.#parent,
    );
  }
}

function toPlot({ seconds, lines }: ChartData): uPlot.AlignedData {
  return [[...seconds], ...lines.map(({ values }) => [...values])];
}
