import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';

/**
 * One choice of a `select`. Whether it is chosen is a property that is compared with what the list shows: the browser
 * ignores the attribute once the user has chosen something.
 */
export function option(value: string | number, text: string, isChosen: boolean): TemplateResult {
  return html`<option value=${value} .selected=${live(isChosen)}>${text}</option>`;
}
