import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { ContentOf } from '../../answerMessages.ts';
import type { Post } from './headView.ts';
import { formatSize } from '../../../../shared/format.ts';

/** Pictures that were in the answer. None is ever loaded from elsewhere. */
export function imagesView({ images }: ContentOf<'images'>, post: Post): TemplateResult {
  return html`<div class="images">
    ${images.map(
      ({ label, type, size, source }, index) =>
        html`<figure>
          ${
            source
              ? html`<img src=${source} alt=${`Picture ${label}`} @load=${loaded} @error=${failed} />`
              : html`<p>Too large to display. Save it to view it.</p>`
          }
          <figcaption>
            <span>${label}</span>
            <span class="facts">${type}, ${formatSize(size)}<span class="measure"></span></span>
            <vscode-button secondary @click=${() => post({ type: 'answer/saveImage', index })}
              >Save…</vscode-button
            >
          </figcaption>
        </figure>`,
    )}
  </div>`;
}

function loaded({ target }: Event): void {
  const { naturalWidth, naturalHeight } = target as HTMLImageElement;
  say(target as HTMLImageElement, `, ${naturalWidth} × ${naturalHeight} pixels`);
}

function failed({ target }: Event): void {
  say(target as HTMLImageElement, "; it can't be displayed: damaged, or not of the declared type");
}

function say(image: HTMLImageElement, words: string): void {
  const measure = image.closest('figure')?.querySelector('.measure');
  if (measure) measure.textContent = words;
}
