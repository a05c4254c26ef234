import uPlot from 'uplot';
import type { BucketSelection, Histogram } from '../../../../domain/histogram.ts';
import { bucketAt, bucketTotal, moment } from '../../../../domain/histogram.ts';
import type { TimeZone } from '../../../../domain/timeRange.ts';

const height = 80;
/** A drag shorter than this is a click, in pixels. */
const clickWithin = 4;

export interface ChartEvents {
  /** The mouse is over a bucket; undefined = over none. */
  readonly hovered: (bucket: number | undefined) => void;
  readonly clicked: (bucket: number) => void;
  readonly dragged: (selection: BucketSelection) => void;
  /** The mouse button went down on a bar, or up again: until then the bars must not move. */
  readonly pointing: (isDown: boolean) => void;
}

/** Stacked bars of a histogram in the colours of the theme. The element around it says the same in words. */
export class HistogramChart {
  readonly #host: HTMLElement;
  readonly #events: ChartEvents;
  readonly #resize: ResizeObserver;
  readonly #themes: MutationObserver;
  #plot: uPlot | undefined;
  #histogram: Histogram | undefined;
  #selection: BucketSelection | undefined;
  #zone: TimeZone = 'local';

  constructor(host: HTMLElement, events: ChartEvents) {
    this.#host = host;
    this.#events = events;
    this.#resize = new ResizeObserver(() => this.#fit());
    this.#resize.observe(host);
    // The editor changes these when the theme changes; a canvas does not notice.
    this.#themes = new MutationObserver(() => this.#draw());
    this.#themes.observe(document.body, { attributeFilter: ['class'] });
  }

  show(histogram: Histogram, selection: BucketSelection | undefined, zone: TimeZone): void {
    const isOther = histogram !== this.#histogram || zone !== this.#zone || !this.#plot;
    this.#histogram = histogram;
    this.#selection = selection;
    this.#zone = zone;
    if (isOther) this.#draw();
    else this.#paintSelection();
  }

  dispose(): void {
    this.#resize.disconnect();
    this.#themes.disconnect();
    this.#plot?.destroy();
  }

  #draw(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
    const histogram = this.#histogram;
    const width = this.#host.clientWidth;
    if (!histogram || width === 0) return;
    this.#plot = new uPlot(this.#options(histogram, width), stacked(histogram), this.#host);
    this.#paintSelection();
  }

  #fit(): void {
    const width = this.#host.clientWidth;
    if (width === 0) return;
    if (!this.#plot) this.#draw();
    else if (this.#plot.width !== width) {
      this.#plot.setSize({ width, height });
      this.#paintSelection();
    }
  }

  #options(histogram: Histogram, width: number): uPlot.Options {
    const colour = (name: string) => getComputedStyle(this.#host).getPropertyValue(name).trim();
    const text = colour('--vscode-descriptionForeground');
    const grid = { stroke: colour('--vscode-panel-border') || 'transparent', width: 1 };
    const font = `11px ${colour('--vscode-font-family') || 'sans-serif'}`;
    const axis: uPlot.Axis = { stroke: text, font, ticks: { show: false } };
    const bars = uPlot.paths.bars?.({ size: [0.85, 60], align: 1 });
    const series = (name: string): uPlot.Series => ({
      fill: colour(name),
      width: 0,
      points: { show: false },
      ...(bars ? { paths: bars } : {}),
    });
    const first = histogram.buckets[0]?.[0] ?? 0;
    const until = (histogram.buckets.at(-1)?.[0] ?? 0) + histogram.bucketSeconds * 1000;
    const most = Math.max(1, ...histogram.buckets.map(bucketTotal));
    return {
      width,
      height,
      ms: 1,
      padding: [9, 4, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false, dist: clickWithin },
      },
      scales: { x: { time: true, range: [first, until] }, y: { range: [0, most] } },
      axes: [
        {
          ...axis,
          size: 18,
          gap: 2,
          space: 90,
          grid: { show: false },
          values: (_plot, times) => times.map((time) => moment(histogram, time, this.#zone)),
        },
        {
          ...axis,
          size: 44,
          gap: 4,
          space: 24,
          grid,
          values: (_plot, counts) =>
            counts.map((count) => (Number.isInteger(count) ? short.format(count) : '')),
        },
      ],
      // The sums come first, so that the smaller bars are painted over them.
      series: [{}, series('--system'), series('--stderr'), series('--stdout')],
      hooks: {
        ready: [(plot) => this.#listen(plot)],
        setCursor: [(plot) => this.#events.hovered(this.#bucketAt(plot, plot.cursor.left ?? -1))],
      },
    };
  }

  #listen(plot: uPlot): void {
    const at = (event: MouseEvent) => {
      const { left, width } = plot.over.getBoundingClientRect();
      return Math.max(0, Math.min(width - 1, event.clientX - left));
    };
    plot.over.addEventListener('mousedown', (down) => {
      if (down.button !== 0) return;
      const from = at(down);
      // A drag may end outside.
      window.addEventListener('mouseup', (up) => this.#pointed(plot, from, at(up)), { once: true });
      this.#events.pointing(true);
    });
  }

  #pointed(plot: uPlot, from: number, to: number): void {
    if (plot === this.#plot) this.#point(plot, from, to);
    this.#events.pointing(false);
  }

  #point(plot: uPlot, from: number, to: number): void {
    const anchor = this.#bucketAt(plot, from);
    const focus = this.#bucketAt(plot, to);
    if (anchor === undefined || focus === undefined) return;
    if (Math.abs(to - from) <= clickWithin) this.#events.clicked(focus);
    else this.#events.dragged({ anchor, focus });
  }

  #bucketAt(plot: uPlot, left: number): number | undefined {
    if (!this.#histogram || left < 0) return undefined;
    return bucketAt(this.#histogram, plot.posToVal(left, 'x'));
  }

  #paintSelection(): void {
    const [plot, histogram, selection] = [this.#plot, this.#histogram, this.#selection];
    if (!plot || !histogram) return;
    const from = selection && histogram.buckets[Math.min(selection.anchor, selection.focus)]?.[0];
    const to = selection && histogram.buckets[Math.max(selection.anchor, selection.focus)]?.[0];
    const [left, right] =
      from === undefined || to === undefined
        ? [0, 0]
        : [plot.valToPos(from, 'x'), plot.valToPos(to + histogram.bucketSeconds * 1000, 'x')];
    this.#host.classList.toggle('selected', right > left);
    plot.setSelect({ left, width: right - left, top: 0, height: plot.over.clientHeight }, false);
  }
}

const short = new Intl.NumberFormat('en-US', { notation: 'compact' });

function stacked({ buckets }: Histogram): uPlot.AlignedData {
  return [
    buckets.map(([since]) => since),
    buckets.map(bucketTotal),
    buckets.map(([, stdout, stderr]) => stdout + stderr),
    buckets.map(([, stdout]) => stdout),
  ];
}
