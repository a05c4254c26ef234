import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import type { ResultState } from '../../ui/requests/protocol.ts';
import { duration } from './format.ts';

/** Connect, wait and download as one bar, with the same in words. */
export function timingView({ timing }: ResultState): TemplateResult {
  const wait = Math.max(0, timing.firstByte - timing.connect);
  const download = Math.max(0, timing.total - timing.firstByte);
  const polls = timing.polls > 0 ? ` (${timing.polls} long polls)` : '';
  const parts = [
    { name: 'connect', words: 'Connect', time: timing.connect, note: '' },
    { name: 'wait', words: 'First byte', time: wait, note: polls },
    { name: 'download', words: 'Download', time: download, note: '' },
  ];
  return html`<div class="timing">
    <div class="bar" aria-hidden="true">
      ${parts.map(({ name, time }) => html`<span class=${name} ${ref(widthOf(time / timing.total))}></span>`)}
    </div>
    <div class="legend">
      ${parts.map(({ name, words, time, note }) => html`<span><i class=${name}></i>${words} ${duration(time)}${note}</span>`)}
    </div>
  </div>`;
}

/** Set through the object model, because the page's policy forbids style attributes. */
function widthOf(share: number): (element: Element | undefined) => void {
  return (element) => {
    if (element instanceof HTMLElement) element.style.width = `${(share * 100).toFixed(2)}%`;
  };
}
