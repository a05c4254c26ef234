import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { AuthKind } from '../../../../domain/request.ts';
import { authKinds } from '../../../../domain/request.ts';
import { option } from '../option.ts';
import type { Editing } from './editing.ts';
import { valueOf } from './editing.ts';
import { words } from './words.ts';

/** Which key is sent and whether it is stored; the key itself never comes here. */
export function authTab({ context, post }: Editing): TemplateResult {
  const { kind, header, state } = context.auth;
  const set = (nextKind: AuthKind, nextHeader: string) =>
    post({ type: 'setAuth', kind: nextKind, header: nextHeader });
  return html`<div class="pane auth">
    <label class="field">
      <span class="label">${words.auth}</span>
      <select @change=${(event: Event) => set(valueOf(event) as AuthKind, header)}>
        ${authKinds.map((each) => option(each, words.authKinds[each], each === kind))}
      </select>
    </label>
    ${
      kind === 'header'
        ? html`<label class="field">
            <span class="label">${words.headerName}</span>
            <input
              spellcheck="false"
              placeholder="X-API-Key"
              .value=${header}
              @change=${(event: Event) => set(kind, valueOf(event).trim())}
            />
          </label>`
        : nothing
    }
    <p class="state" role="status">
      <vscode-icon name=${icons[state]}></vscode-icon><span>${stateWords(kind, state)}</span>
    </p>
    ${
      state === 'none'
        ? nothing
        : html`<div>
            <vscode-button
              ?secondary=${state === 'stored'}
              icon="key"
              @click=${() => post({ type: 'enterKey' })}
              >${buttonWords(kind, state)}</vscode-button
            >
          </div>`
    }
  </div>`;
}

const icons = { none: 'unlock', stored: 'lock', missing: 'warning' } as const;

function stateWords(kind: AuthKind, state: keyof typeof icons): string {
  if (state === 'none') return words.openEndpoint;
  if (kind === 'proxy') return state === 'stored' ? words.storedToken : words.missingToken;
  return state === 'stored' ? words.stored : words.missing;
}

function buttonWords(kind: AuthKind, state: keyof typeof icons): string {
  if (kind === 'proxy') return state === 'stored' ? words.changeToken : words.enterToken;
  return state === 'stored' ? words.changeKey : words.enterKey;
}
