import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { AnswerEvent } from '../../answerMessages.ts';
import { growingText } from './growingText.ts';
import type { Post } from './headView.ts';
import { formatCount, formatDuration, plural } from '../../../../shared/format.ts';
import './virtualRows.ts';

/** A stream as the view has it; grows while it comes. */
export interface ShownStream {
  readonly text: string;
  readonly reasoning: string;
  /** Names of tools, and what they are called with. */
  readonly tools: string;
  readonly events: readonly AnswerEvent[];
  readonly count: number;
  readonly selected: number;
  /** More will come. */
  readonly isLive: boolean;
}

/** The joined text with a cursor, and the events with their times. */
export function streamView(
  { text, reasoning, tools, events, count, selected, isLive }: ShownStream,
  post: Post,
  select: (index: number) => void,
): TemplateResult {
  const chosen = events[selected];
  return html`<div class="stream">
    ${
      text || reasoning || tools || events.length === 0
        ? html`<div class="joined" tabindex="0" role="region" aria-label="Text of the stream">
            ${reasoning ? reasoningView(reasoning, text === '') : nothing}
            <pre>
${growingText(text)}${isLive ? html`<span class="cursor" aria-hidden="true">▌</span>` : nothing}</pre>
            ${
              tools
                ? html`<h3>Tool Calls</h3>
                    <pre>${growingText(tools)}</pre>`
                : nothing
            }
          </div>`
        : nothing
    }
    ${
      count > 0
        ? html`<div class="tools">
              <h3>Events</h3>
              <span class="facts">${countWords(count, events.length)}</span>
              <span class="spacer"></span>
              ${
                chosen && !isLive
                  ? html`<vscode-button
                      secondary
                      @click=${() => post({ type: 'answer/copyEvent', index: chosen.index })}
                      >Copy Event</vscode-button
                    >`
                  : nothing
              }
            </div>
            <modal-rows
              id="events"
              class="rows events"
              role="listbox"
              aria-label="Events"
              .count=${events.length}
              .selected=${selected}
              .follow=${isLive}
              .row=${(index: number, id: string) => eventRow(events[index], id, index === selected, () => select(index))}
              @chosen=${(event: CustomEvent<number>) => select(event.detail)}
            ></modal-rows>`
        : nothing
    }
  </div>`;
}

/** Thoughts are folded away once there is an answer, unless somebody unfolds them. */
function reasoningView(text: string, isOpen: boolean): TemplateResult {
  return html`<details class="reasoning" ?open=${isOpen}>
    <summary>Reasoning</summary>
    <pre>${growingText(text)}</pre>
  </details>`;
}

function eventRow(
  event: AnswerEvent | undefined,
  id: string,
  isSelected: boolean,
  select: () => void,
): TemplateResult {
  if (!event) return html``;
  return html`<div id=${id} class="line" role="option" aria-selected=${isSelected} @click=${select}>
    <span class="place">${event.index + 1}</span><span class="time">${formatDuration(event.at)}</span>
    ${event.type === 'message' ? nothing : html`<span class="name">${event.type}</span>`}
    <span class="value">${event.data}</span>
  </div>`;
}

function countWords(count: number, kept: number): string {
  const all = plural(count, 'event');
  return kept < count ? `${all}, showing the newest ${formatCount(kept)}` : all;
}
