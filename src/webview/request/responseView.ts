import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Explanation } from '../../domain/request.ts';
import type { ResponseState, ResultState, ToHost } from '../../ui/requests/protocol.ts';
import { bytes, duration } from './format.ts';
import { timingView } from './timingView.ts';

export type Tab = 'summary' | 'body' | 'headers';

const actions: Readonly<
  Record<NonNullable<Explanation['action']>, { words: string; message: ToHost | 'send' }>
> = {
  enterKey: { words: 'Enter Key…', message: { type: 'enterKey' } },
  deploy: { words: 'Deploy…', message: { type: 'deploy' } },
  showLogs: { words: 'Show Log Lines', message: { type: 'showLogs' } },
  retry: { words: 'Try Again', message: 'send' },
};

export type Act = (message: ToHost | 'send') => void;

/** Status line, timing and explanation of an answer. */
export function resultHead(result: ResultState, act: Act): TemplateResult {
  const good = result.status < 400;
  return html`
    <div class="status">
      <span class="chip ${good ? 'good' : 'bad'}">
        <vscode-icon name=${good ? 'pass' : 'error'}></vscode-icon>${result.status} ${result.statusText}
      </span>
      <span class="facts">${duration(result.timing.total)}</span>
      <span class="facts">${bytes(result.size)}</span>
      <span class="spacer"></span>
      <vscode-button secondary icon="output" @click=${() => act({ type: 'showLogs' })}
        >Log Lines</vscode-button
      >
      <vscode-button secondary icon="go-to-file" @click=${() => act({ type: 'openBody' })}
        >Open</vscode-button
      >
    </div>
    ${timingView(result)} ${result.explanation ? notice(result.explanation, act) : nothing}
    ${
      result.truncated
        ? notice({ text: 'The answer is cut at 1 MB here. "Open" shows all of it.' }, act, true)
        : nothing
    }
  `;
}

export function notice(explanation: Explanation, act: Act, info = false): TemplateResult {
  const action = explanation.action ? actions[explanation.action] : undefined;
  return html`<div class="notice ${info ? 'info' : ''}" role="alert">
    <vscode-icon name=${info ? 'info' : 'error'}></vscode-icon>
    <p>${explanation.text}</p>
    ${
      action
        ? html`<vscode-button secondary @click=${() => act(action.message)}>${action.words}</vscode-button>`
        : nothing
    }
  </div>`;
}

/** What stands where the answer will be. */
export function waitingView(response: ResponseState, now: number): TemplateResult {
  if (response.kind === 'sending') {
    const waited = now - response.startedAt;
    const cold = waited > 2000 ? 'Waiting for a container to start or the model to answer…' : 'Sending…';
    const polls =
      response.polls > 0 ? html`<span>Long poll ${response.polls} of Modal's web edge</span>` : nothing;
    return html`<div class="empty" role="status">
      <vscode-progress-ring></vscode-progress-ring>
      <span>${cold} ${(waited / 1000).toFixed(0)} s</span>${polls}
    </div>`;
  }
  if (response.kind === 'cancelled')
    return html`<div class="empty" role="status">Cancelled. Nothing was received.</div>`;
  return html`<div class="empty">
    <vscode-icon name="globe" size="32"></vscode-icon>
    <span>The answer will be shown here.</span>
    <span><kbd>Ctrl</kbd> <kbd>Enter</kbd> sends, <kbd>Esc</kbd> cancels</span>
  </div>`;
}

export function headersView(result: ResultState): TemplateResult {
  return html`<table>
    <tbody>
      ${Object.entries(result.headers).map(
        ([name, value]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td title=${value}>${value}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
