import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { plainText, visibleText } from '../../../shared/ansi.ts';
import type {
  GpuEntry,
  MarkEntry,
  PhaseEntry,
  ProgressEntry,
  StepEntry,
  TracebackEntry,
} from '../../../domain/logEntry.ts';
import { entryText, exceptionOf, phaseWords, seconds } from '../../../domain/logEntry.ts';
import type { TracebackBlock, TracebackLine } from './tracebackText.ts';
import { foldLibraries, tracebackBlocks } from './tracebackText.ts';
import type { ShownRow } from '../messages.ts';
import type { RowContext } from './rowText.ts';
import { cutText, matchesIn, textView } from './rowText.ts';
import { words } from './words.ts';

/** Text without escape sequences or invisible characters. */
const readable = (text: string) => visibleText(plainText(text));

/** Width of the bar for the longest state, in pixels. */
const longestBar = 60;

/** A container's state, after the states before it, each with its name, seconds, and a bar of that length. */
export function phaseView(entry: PhaseEntry): TemplateResult {
  const before = entry.before ?? [];
  const sum = before.reduce((all, each) => all + each.seconds, 0);
  const longest = Math.max(...before.map((each) => each.seconds), 0.001);
  const took = entry.endedAt === undefined ? undefined : (entry.endedAt - entry.time) / 1000;
  const isStart = entry.phase === 'running' || entry.phase === 'idle';
  return html`<span class="phase-words">${words.container(phaseWords[entry.phase])}</span>${
      before.length > 0
        ? html`<span class="timeline"
            >${before.map(
              (each) =>
                html`<span class="stage">${words.phases[each.phase]} ${seconds(each.seconds)}</span
                  >${stageBar((each.seconds / longest) * longestBar)}<span class="arrow" aria-hidden="true"
                    >→</span
                  >`,
            )}<span class="stage">${words.phases[entry.phase]}</span></span
          >`
        : nothing
    }${isStart && before.length > 0 ? html`<span class="aside">${words.after(seconds(sum))}</span>` : nothing}${
      !isStart && took !== undefined && entry.phase !== 'finished'
        ? html`<span class="aside">${seconds(took)}</span>`
        : nothing
    }`;
}

export function stepView(entry: StepEntry): TemplateResult {
  return html`<vscode-icon name=${entry.ok ? 'pass' : 'error'} size="14"></vscode-icon
    ><span>${readable(entryText(entry))}</span>`;
}

export function progressView(entry: ProgressEntry): TemplateResult {
  const { done, total, name } = entry;
  const percent = total > 0 ? Math.min(100, Math.max(0, Math.round((done / total) * 100))) : 0;
  return html`${bar(percent, words.progress(readable(name), percent))}<span class="percent"
      >${words.percent(percent)}</span
    ><span>${readable(entryText(entry))}</span>`;
}

export function gpuView(entry: GpuEntry): TemplateResult {
  const { usedGib, totalGib, index } = entry;
  const percent = totalGib > 0 ? Math.min(100, Math.max(0, Math.round((usedGib / totalGib) * 100))) : 0;
  return html`${bar(percent, words.gpuMemory(index, percent))}<span class="percent"
      >${words.percent(percent)}</span
    ><span>${readable(entryText(entry))}</span>`;
}

function stageBar(width: number): TemplateResult {
  const pixels = Math.max(2, Math.round(width));
  return html`<svg class="stage-bar" aria-hidden="true" width=${pixels} height="6">
    <rect width=${pixels} height="6"></rect>
  </svg>`;
}

/** The length is set by an attribute of the drawing: the page allows no style in markup. */
function bar(percent: number, label: string): TemplateResult {
  return html`<svg class="bar" role="img" aria-label=${label} viewBox="0 0 100 8" preserveAspectRatio="none">
    <rect class="track" width="100" height="8"></rect>
    <rect class="fill" width=${percent} height="8"></rect>
  </svg>`;
}

const markIcons = {
  broke: 'debug-disconnect',
  resumed: 'debug-continue',
  dropped: 'warning',
  note: 'info',
} as const;

export function markView(entry: MarkEntry, row: ShownRow, context: RowContext): TemplateResult {
  const stream = context.streams[row.stream ?? -1];
  const icon = entry.event === 'note' && entry.bad ? 'error' : markIcons[entry.event];
  return html`<span class="rule" role="gridcell"
    ><vscode-icon name=${icon} size="14"></vscode-icon
    ><span class="text"
      >${stream ? `${stream}: ` : ''}${textView(entry.text, row.matches ?? [], context)}</span
    ></span
  >`;
}

export function lineView(text: string, row: ShownRow, context: RowContext): TemplateResult {
  const isWhole = context.unfolded.has(row.row);
  const { text: shown, left } = isWhole ? { text, left: 0 } : cutText(text);
  return html`${textView(shown, row.matches ?? [], context)}${
    left > 0
      ? html`<button class="more" data-do="fold" tabindex=${context.isActive ? 0 : -1}>
          ${words.moreCharacters(left)}
        </button>`
      : nothing
  }`;
}

/** The exception as a button, and below it the whole traceback when unfolded. A button must not contain links. */
export function tracebackView(entry: TracebackEntry, row: ShownRow, context: RowContext): TemplateResult {
  const isUnfolded = context.unfolded.has(row.row);
  const frames = entry.parts.reduce((sum, part) => sum + part.frames.length, 0);
  const title = exceptionOf(entry) || (entry.open ? words.openTraceback : words.traceback);
  return html`<button
      class="fold"
      data-do="fold"
      aria-expanded=${isUnfolded}
      tabindex=${context.isActive ? 0 : -1}
    >
      <vscode-icon name=${isUnfolded ? 'chevron-down' : 'chevron-right'} size="14"></vscode-icon
      ><span class="exception">${readable(title).slice(0, 1000)}</span
      ><span class="aside">${words.frames(frames)}</span></button
    >${isUnfolded ? html`<div class="traceback">${blocksView(entry.text, row, context)}</div>` : nothing}`;
}

function blocksView(text: string, row: ShownRow, context: RowContext): TemplateResult[] {
  const withLibraries = context.withLibraries.has(row.row);
  return foldLibraries(tracebackBlocks(text)).map((block) => {
    if (!Array.isArray(block)) return blockView(block, row, context);
    if (withLibraries) return html`${block.map((each) => blockView(each, row, context))}`;
    return html`<div class="block library">
      <button class="more" data-do="libraries" tabindex=${context.isActive ? 0 : -1}>
        ${words.libraryFrames(block.length)}
      </button>
    </div>`;
  });
}

function blockView(block: TracebackBlock, row: ShownRow, context: RowContext): TemplateResult {
  return html`<div class="block ${block.isLibrary ? 'library' : block.kind}">
    ${block.lines.map((line) => html`<div>${lineOf(line, row, context)}</div>`)}
  </div>`;
}

function lineOf({ text, start }: TracebackLine, row: ShownRow, context: RowContext): TemplateResult | string {
  return textView(text, matchesIn(row.matches, start, start + text.length), context, start);
}
