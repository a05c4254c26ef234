import uPlot from 'uplot';

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
}

const height = 130;

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
        scales: { x: { time: false }, y: { range: (_plot, _least, most) => [0, Math.max(most * 1.1, 1)] } },
        axes: [
          { ...axis, size: 24, values: (_plot, seconds) => seconds.map((second) => `${second} s`) },
          { ...axis, size: 64, values: (_plot, values) => values.map((value) => data.format(value)) },
        ],
        series: [
          { label: 'At', value: (_plot, second: number | null) => (second === null ? '–' : `${second} s`) },
          ...data.lines.map((line) => ({
            label: line.label,
            stroke: color(line.color),
            width: 1.5,
            points: { show: data.seconds.length < 3 },
            spanGaps: true,
            ...(line.dash ? { dash: line.dash } : {}),
            value: (_plot: uPlot, value: number | null) => (value === null ? '–' : data.format(value)),
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
