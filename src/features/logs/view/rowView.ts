import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { plainText } from '../../../shared/ansi.ts';
import type { LogEntry } from '../../../domain/logEntry.ts';
import { levelOf, sourceOf } from '../../../domain/logEntry.ts';
import type { LogLook, ShownRow } from '../messages.ts';
import type { RowLook } from './logList.ts';
import type { RowContext } from './rowText.ts';
import { shortId, words } from './words.ts';
import { gpuView, lineView, markView, phaseView, progressView, stepView, tracebackView } from './rowKinds.ts';

const colours = 6;

/** How one entry is drawn: the columns that are not hidden, and its text. */
export function rowLook(row: ShownRow, context: RowContext): RowLook {
  const { entry } = row;
  if (entry.kind === 'mark')
    return {
      className: entry.bad ? 'row mark bad' : 'row mark',
      content: html`${markView(entry, row, context)}`,
      isTall: context.look.wrap,
    };
  const isUnfolded = context.unfolded.has(row.row);
  const level = levelOf(entry);
  return {
    className: `row ${entry.kind} ${sourceOf(entry)} ${level} ${isUnfolded ? 'unfolded' : ''}`,
    content: html`${cells(row, entry, context)}<span class="text" role="gridcell"
        >${content(row, context)}</span
      >`,
    isTall: context.look.wrap || isUnfolded,
  };
}

/** Whether Enter and the arrow keys unfold the row. */
export function canUnfold({ entry }: ShownRow): boolean {
  return entry.kind === 'traceback' || (entry.kind === 'line' && entry.text.length > 4000);
}

function content(row: ShownRow, context: RowContext): TemplateResult {
  const { entry } = row;
  switch (entry.kind) {
    case 'line':
      return lineView(entry.text, row, context);
    case 'traceback':
      return tracebackView(
        plainText(entry.text) === entry.text ? entry : { ...entry, text: plainText(entry.text) },
        row,
        context,
      );
    case 'phase':
      return phaseView(entry);
    case 'step':
      return stepView(entry);
    case 'progress':
      return progressView(entry);
    case 'gpu':
      return gpuView(entry);
    case 'mark':
      return html``;
  }
}

type Origin = Exclude<LogEntry, { kind: 'mark' }>;

function cells(row: ShownRow, entry: Origin, context: RowContext): TemplateResult {
  const { look, streams, functions, calls } = context;
  const { functionId, containerId, callId } = entry;
  const functionName = functions[functionId] ?? shortId(functionId);
  return html`${look.time === 'hidden' ? nothing : timeCell(entry, context)}${
    streams.length > 0 && look.stream
      ? html`<span class="cell stream" role="gridcell">${streams[row.stream ?? -1] ?? ''}</span>`
      : nothing
  }${look.function ? idCell('function', functionId, functionName, context) : nothing}${
    look.container ? idCell('container', containerId, containerId.slice(-6), context) : nothing
  }${look.call ? callCell(callId, calls.has(callId), context) : nothing}${
    look.source ? html`<span class="cell source" role="gridcell">${sourceWord(entry)}</span>` : nothing
  }`;
}

function timeCell(entry: Origin, { look, before }: RowContext): TemplateResult {
  const iso = new Date(entry.time).toISOString();
  return html`<span class="cell time ${look.time}" role="gridcell" title=${iso}
    >${timeText(entry.time, look.time, before?.entry.time)}</span
  >`;
}

function idCell(
  what: 'function' | 'container',
  id: string,
  name: string,
  { isActive }: RowContext,
): TemplateResult {
  if (!id) return html`<span class="cell ${what}" role="gridcell"></span>`;
  const dot = what === 'container' ? `c${colourOf(id)}` : '';
  return html`<span class="cell ${what} ${dot}" role="gridcell"
    ><button
      class="only"
      data-do=${what}
      tabindex=${isActive ? 0 : -1}
      title=${words.onlyThis(what, id)}
      aria-label=${words.onlySpoken(what, name)}
    >
      ${name}
    </button></span
  >`;
}

function callCell(id: string, isKnown: boolean, { isActive }: RowContext): TemplateResult {
  if (!id) return html`<span class="cell call-id" role="gridcell"></span>`;
  const tabindex = isActive ? 0 : -1;
  return html`<span class="cell call-id" role="gridcell"
    ><button
      class="only"
      data-do="call"
      tabindex=${tabindex}
      title=${words.onlyThis('call', id)}
      aria-label=${words.onlySpoken('call', id.slice(-6))}
    >
      ${id.slice(-6)}</button
    >${
      isKnown
        ? html`<button
            class="only"
            data-do="request"
            tabindex=${tabindex}
            title=${words.showRequest}
            aria-label=${words.showRequest}
          >
            <vscode-icon name="play" size="12"></vscode-icon>
          </button>`
        : nothing
    }</span
  >`;
}

function sourceWord(entry: Origin): string {
  return entry.kind === 'phase' || entry.source === 'stdout' ? '' : entry.source;
}

export function timeText(time: number, form: LogLook['time'], before: number | undefined): string {
  if (form === 'relative') return before === undefined ? '' : relativeText(time - before);
  const date = new Date(time);
  if (form === 'utc') return date.toISOString().slice(11, 23);
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** Time since the previous row. */
function relativeText(milliseconds: number): string {
  const sign = milliseconds < 0 ? '-' : '+';
  const value = Math.abs(milliseconds) / 1000;
  if (value < 100) return `${sign}${value.toFixed(3)} s`;
  return value < 6000 ? `${sign}${(value / 60).toFixed(1)} min` : `${sign}${(value / 3600).toFixed(1)} h`;
}

/** The same container always has the same colour; its name stands beside it. */
function colourOf(id: string): number {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + character.charCodeAt(0)) % 9973;
  return sum % colours;
}
