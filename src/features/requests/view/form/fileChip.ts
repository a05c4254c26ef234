import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { FileReference } from '../../../../domain/requestDraft.ts';
import type { ViewFileTarget } from '../../draftMessages.ts';
import type { Editing } from './editing.ts';
import { words } from './words.ts';
import { formatSize } from '../../../../shared/format.ts';

/** A file with its size or what is wrong with it, and the button that chooses another. Files can be dropped on it. */
export function fileChip(
  editing: Editing,
  target: ViewFileTarget,
  label: string,
  file: FileReference | undefined,
): TemplateResult {
  const state = file && editing.context.files[file.uri];
  const choose = () => editing.post({ type: 'chooseFile', target });
  return html`<div class="file" data-target=${JSON.stringify(target)}>
    <button class="plain" aria-label=${`${label}: ${words.chooseFile}`} @click=${choose}>
      ${words.chooseFile}
    </button>
    ${
      file
        ? html`<span class="chosen" title=${file.uri}>
            <vscode-icon name=${state?.problem ? 'error' : 'file'}></vscode-icon>${file.name}
            ${state && !state.problem ? html`<span class="quiet">${formatSize(state.size)}</span>` : nothing}
          </span>`
        : html`<span class="quiet">${words.noFile}, ${words.dropHint}</span>`
    }
    ${state?.problem ? html`<p class="problem">${state.problem}</p>` : nothing}
  </div>`;
}
