import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { choicesOf } from '../../../../domain/operationDraft.ts';
import { ownValue } from '../../../../shared/ownValue.ts';
import { pathNames } from '../../../../domain/requestDraft.ts';
import { option } from '../option.ts';
import { withValue } from './choices.ts';
import type { Editing } from './editing.ts';
import { valueOf } from './editing.ts';
import { words } from './words.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

/** Method, address and what sends it. */
export function topLine(editing: Editing, sending: boolean, send: () => void): TemplateResult {
  const { draft, context, change, post } = editing;
  return html`<header>
    <div class="address">
      <select
        aria-label=${words.method}
        @change=${(event: Event) => change({ ...draft, method: valueOf(event) })}
      >
        ${withValue(methods, draft.method).map((method) => option(method, method, method === draft.method))}
      </select>
      <span class="base" title=${context.baseUrl}><bdi>${context.baseUrl}</bdi></span>
      <input
        aria-label=${words.path}
        spellcheck="false"
        .value=${draft.path}
        @input=${(event: Event) => change({ ...draft, path: valueOf(event) })}
      />
    </div>
    ${
      sending
        ? html`<vscode-button secondary icon="debug-stop" @click=${() => post({ type: 'cancel' })}
            >${words.cancel}</vscode-button
          >`
        : html`<vscode-button icon="play" @click=${send}>${words.send}</vscode-button>`
    }
  </header>`;
}

/** Which request is open, and what is known of it. */
export function entryLine(editing: Editing): TemplateResult {
  const { context, post } = editing;
  const groups = Map.groupBy(context.entries, ({ group }) => group);
  const current = context.entries.find(({ id }) => id === context.entry);
  return html`<div class="meta">
    <select
      class="entry"
      aria-label=${words.entry}
      @change=${(event: Event) => post({ type: 'selectEntry', id: valueOf(event) })}
    >
      ${[...groups].map(([group, entries]) => {
        const options = entries.map(({ id, label, title, edited }) =>
          option(
            id,
            `${label}${title ? ` · ${title}` : ''}${edited ? ` (${words.edited})` : ''}`,
            id === context.entry,
          ),
        );
        return group ? html`<optgroup label=${group}>${options}</optgroup>` : options;
      })}
    </select>
    ${
      current?.edited
        ? html`<button
            class="icon"
            title=${words.startOverHint}
            aria-label=${words.startOver}
            @click=${() => post({ type: 'startOver' })}
          >
            <vscode-icon name="discard"></vscode-icon>
          </button>`
        : nothing
    }
    ${iconButton('save', words.save, () => post({ type: 'save' }))}
    ${iconButton('copy', words.copyAs, () => post({ type: 'copyAs' }))}
    ${iconButton('graph-line', words.loadTest, () => post({ type: 'loadTest' }))} ${about(editing)}
  </div>`;
}

function iconButton(icon: string, title: string, press: () => void): TemplateResult {
  return html`<button class="icon" title=${title} aria-label=${title} @click=${press}>
    <vscode-icon name=${icon}></vscode-icon>
  </button>`;
}

function about({ context, post }: Editing): TemplateResult | typeof nothing {
  const { api, note, operation } = context;
  if (api.kind === 'asks')
    return html`<p class="about" role="status">
      <span>${words.asks(api.words)}</span>
      <button class="plain" @click=${() => post({ type: 'readApi' })}>${words.readApi}</button>
    </p>`;
  if (api.kind === 'failed')
    return html`<p class="about" role="status">
      <span>${api.words}</span>
      <button class="plain" @click=${() => post({ type: 'readApi' })}>${words.tryAgain}</button>
    </p>`;
  const text =
    api.kind === 'reading'
      ? words.reading
      : api.kind === 'absent'
        ? words.absent
        : [api.words, operation?.note, note || operation?.description].filter(Boolean).join(' ');
  return text ? html`<p class="about" role="status">${text}</p>` : nothing;
}

/** The values that the braces of the path stand for. */
export function pathLine({ draft, context, change }: Editing): TemplateResult | typeof nothing {
  const names = pathNames(draft.path);
  if (names.length === 0) return nothing;
  return html`<div class="pathvalues">
    ${names.map((name) => {
      const known = context.operation?.parameters.find((each) => each.in === 'path' && each.name === name);
      const value = ownValue(draft.pathValues, name) ?? '';
      const choices = known ? choicesOf(known.schema, known.schema) : [];
      const put = (event: Event) =>
        change({ ...draft, pathValues: { ...draft.pathValues, [name]: valueOf(event) } });
      return html`<label title=${known?.description ?? ''}>
        <span>{${name}}</span>
        ${
          choices.length > 0
            ? html`<select @change=${put}>
                ${withValue(choices, value).map((each) => option(each, each || words.empty, each === value))}
              </select>`
            : html`<input
                spellcheck="false"
                aria-invalid=${value ? 'false' : 'true'}
                .value=${value}
                @input=${put}
              />`
        }
      </label>`;
    })}
  </div>`;
}
