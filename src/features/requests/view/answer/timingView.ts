import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import type { DoneState } from '../../answerMessages.ts';
import { formatDuration } from '../../../../shared/format.ts';

/** Where the time went: as a bar, in words, and as a table for those who do not see the bar. */
export function timingView({ parts, totalMs, startNote, cost }: DoneState): TemplateResult {
  return html`<div class="timing">
    <div class="bar" aria-hidden="true">
      ${parts.map(({ kind, ms }) => html`<span class=${kind} ${ref(widthOf(ms / totalMs))}></span>`)}
    </div>
    <div class="legend" aria-hidden="true">
      ${parts.map(
        ({ kind, label, ms, note }) =>
          html`<span
            ><i class=${kind}></i>${label} ${formatDuration(ms)}${note ? html` (${note})` : nothing}</span
          >`,
      )}
      <span>${startNote}</span>
    </div>
    <table class="spoken">
      <caption>
        Timing, ${formatDuration(totalMs)} in all. ${startNote}
      </caption>
      <tbody>
        ${parts.map(
          ({ label, ms, note }) =>
            html`<tr>
              <th scope="row">${label}</th>
              <td>${formatDuration(ms)} ${note}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${cost ? html`<p class="cost">${cost}</p>` : nothing}
  </div>`;
}

/** Set through the object model, because the page's policy forbids style attributes. */
function widthOf(share: number): (element: Element | undefined) => void {
  return (element) => {
    if (element instanceof HTMLElement) element.style.width = `${(share * 100).toFixed(2)}%`;
  };
}
