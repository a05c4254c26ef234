import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { AnswerState, DoneState, FromAnswerView } from '../../answerMessages.ts';
import { timingView } from './timingView.ts';
import { formatCount, formatDuration, formatNumber, formatSize, plural } from '../../../../shared/format.ts';

type Explanation = NonNullable<DoneState['explanation']>;
type Action = NonNullable<Explanation['action']>;

export type Post = (message: FromAnswerView) => void;

const actionWords: Readonly<Record<Action, string>> = {
  enterKey: 'Enter Key…',
  deploy: 'Deploy…',
  showLogs: 'Show Log Lines',
  retry: 'Try Again',
  openDashboard: 'Open Dashboard',
  raiseTimeout: 'Change Timeout…',
  openNetworkSettings: 'Open Network Settings',
};

/** Status, figures, timing, explanation and notes of a complete answer. */
export function doneHead(state: DoneState, post: Post, act: (action: Action) => void): TemplateResult {
  const canCopy = state.tabs.includes('raw');
  return html`<div class="status">
      ${statusChip(state.head, state.explanation !== undefined)}
      <span class="facts">${formatDuration(state.totalMs)}</span>
      <span class="facts">${sizeWords(state)}</span>
      ${tokensView(state.tokens)}
      <span class="actions">
        <vscode-button secondary icon="output" @click=${() => act('showLogs')}
          >${state.hasCall ? 'Log Lines' : 'App Log'}</vscode-button
        >
        <vscode-button secondary icon="go-to-file" @click=${() => post({ type: 'answer/open' })}
          >Open</vscode-button
        >
        ${
          canCopy
            ? html`<vscode-toolbar-button
                icon="copy"
                label="Copy response"
                title="Copy Response"
                @click=${() => post({ type: 'answer/copy' })}
              ></vscode-toolbar-button>`
            : nothing
        }
        <vscode-toolbar-button
          icon="save"
          label="Save answer"
          title="Save Response…"
          @click=${() => post({ type: 'answer/save' })}
        ></vscode-toolbar-button>
      </span>
    </div>
    ${timingView(state)} ${state.explanation ? notice(state.explanation, act) : nothing}
    ${state.notes.map((text) => notice({ text }, act, true))}`;
}

/** Status of an answer that still comes. */
export function streamHead(
  { head, startedAt }: Extract<AnswerState, { kind: 'sending' }>,
  now: number,
  tokens: DoneState['tokens'],
): TemplateResult {
  return html`<div class="status">
    ${head ? statusChip(head, false) : nothing}
    <span class="facts">${formatDuration(Math.max(0, now - startedAt))}</span>
    ${tokensView(tokens)}
    <span class="spacer"></span>
    <span class="facts receiving"><vscode-icon name="loading" spin></vscode-icon> Receiving</span>
  </div>`;
}

/** @param isExplained something must be said of it; of a success only that its answer tells of an error */
function statusChip({ status, statusText }: DoneState['head'], isExplained: boolean): TemplateResult {
  const kind = status < 300 && !isExplained ? 'good' : status >= 300 && status < 400 ? 'other' : 'bad';
  const icon = { good: 'pass', other: 'arrow-right', bad: 'error' }[kind];
  return html`<span class="chip ${kind}">
    <vscode-icon name=${icon}></vscode-icon>${status} ${statusText}
  </span>`;
}

function sizeWords({ size, compressedSize }: DoneState): string {
  return compressedSize === undefined
    ? formatSize(size)
    : `${formatSize(size)} (${formatSize(compressedSize)} compressed)`;
}

function tokensView(tokens: DoneState['tokens']): TemplateResult | typeof nothing {
  if (!tokens) return nothing;
  const { firstTokenMs, tokensPerSecond, isCounted, reasoningTokens } = tokens;
  const about = isCounted ? '' : '≈ ';
  const thoughts = reasoningTokens === undefined ? '' : `, ${formatCount(reasoningTokens)} reasoning`;
  const count = `${about}${plural(tokens.tokens, 'token')} (${isCounted ? 'usage' : 'chunks'}${thoughts})`;
  const speed = tokensPerSecond === undefined ? '' : `, ${about}${formatNumber(tokensPerSecond)} tokens/s`;
  const basis = isCounted
    ? 'Reported by the server'
    : 'Estimated: one token per chunk, because the server sent no usage';
  return html`<span class="facts" title=${basis}
    >First token ${formatDuration(firstTokenMs)}, ${count}${speed}</span
  >`;
}

/** A message in the place of the answer, or above it. */
export function notice(
  explanation: Explanation,
  act: (action: Action) => void,
  info = false,
): TemplateResult {
  const { action } = explanation;
  return html`<div class="notice ${info ? 'info' : ''}" role=${info ? 'note' : 'alert'}>
    <vscode-icon name=${info ? 'info' : 'error'}></vscode-icon>
    <p>${explanation.text}</p>
    ${action ? html`<vscode-button secondary @click=${() => act(action)}>${actionWords[action]}</vscode-button>` : nothing}
  </div>`;
}

/** What stands where the answer will be. */
export function waitingView(state: AnswerState, now: number): TemplateResult {
  if (state.kind === 'sending') {
    const waited = now - state.startedAt;
    const cold = waited > 2000 ? 'Waiting for a container to start or the model to respond…' : 'Sending…';
    return html`<div class="empty" role="status">
      <vscode-progress-ring></vscode-progress-ring>
      <span>${cold} ${formatDuration(Math.round(waited / 1000) * 1000)}</span>
      ${state.polls > 0 ? html`<span>Long poll ${state.polls} by Modal's web layer</span>` : nothing}
    </div>`;
  }
  if (state.kind === 'cancelled')
    return html`<div class="empty" role="status">Cancelled. Nothing was received.</div>`;
  return html`<div class="empty">
    <vscode-icon name="globe" size="32"></vscode-icon>
    <span>The response will be shown here.</span>
    <span><kbd>Ctrl</kbd> <kbd>Enter</kbd> sends, <kbd>Esc</kbd> cancels</span>
  </div>`;
}
