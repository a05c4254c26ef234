import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { LogEntry } from '../../domain/logEntry.ts';
import { entryText } from '../../domain/logEntry.ts';
import { ansiText } from './ansiText.ts';

const colours = 6;

/** What one entry shows: time, container, source in words, text. */
export function rowView(entry: LogEntry): TemplateResult {
  return html`<span class="time">${clock(entry.time)}</span>${containerCell(entry)}<span class="source"
      >${sourceWord(entry)}</span
    ><span class="text">${ansiText(entryText(entry))}</span>`;
}

export function rowClass(entry: LogEntry): string {
  if (entry.kind === 'line') return `row line ${entry.source}`;
  return entry.kind === 'mark' && entry.bad ? 'row mark bad' : `row ${entry.kind}`;
}

function containerCell(entry: LogEntry): TemplateResult {
  const id = entry.kind === 'mark' ? '' : entry.containerId;
  return html`<span class="container ${id ? `c${colourOf(id)}` : ''}" title=${id}>${id.slice(-6)}</span>`;
}

function sourceWord(entry: LogEntry): string {
  if (entry.kind === 'mark' || entry.kind === 'phase') return '';
  return entry.source === 'stdout' ? '' : entry.source;
}

/** The same container always has the same colour; its name stands beside it. */
function colourOf(id: string): number {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + character.charCodeAt(0)) % 9973;
  return sum % colours;
}

function clock(time: number): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
