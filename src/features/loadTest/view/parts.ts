import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import { measures } from '../../../domain/loadReport.ts';
import type { LoadAction, LoadViewState } from '../messages.ts';
import { post } from './vscodeApi.ts';
import { formatCount, formatDuration } from '../../../shared/format.ts';

/** The parts of the panel that are only what the state says. */

type Part = TemplateResult | typeof nothing;

const actionNames: Readonly<Record<LoadAction, string>> = {
  enterKey: 'Enter Key…',
  deploy: 'Deploy…',
  showLogs: 'Show Logs',
};

/** What is tested, how far it is, and what can be done. */
export function headView(state: LoadViewState): TemplateResult {
  return html`<header>
      <div class="what">
        <strong>${state.request}</strong>
        <span
          ><vscode-icon name="cloud"></vscode-icon> ${state.appName}: ${state.endpointName} in
          ${state.environment}</span
        >
        <span><vscode-icon name="layers"></vscode-icon> ${state.plan}</span>
      </div>
      <div class="buttons">${buttons(state)}</div>
    </header>
    ${progressView(state)} ${endView(state)}`;
}

function buttons({ phase, totals }: LoadViewState): TemplateResult {
  if (phase === 'running')
    return html`<vscode-button
      icon="debug-stop"
      title="Stop the test (Escape)"
      @click=${() => post({ type: 'stop' })}
      >Stop</vscode-button
    >`;
  const waiting = phase === 'waiting';
  return html`<vscode-button icon="play" ?disabled=${waiting} @click=${() => post({ type: 'runAgain' })}
      >${totals ? 'Run Again…' : 'Run…'}</vscode-button
    >
    <vscode-button secondary icon="edit" ?disabled=${waiting} @click=${() => post({ type: 'change' })}
      >Change…</vscode-button
    >
    ${
      totals
        ? html`<vscode-button secondary icon="export" @click=${() => post({ type: 'exportJson' })}
              >Export JSON…</vscode-button
            >
            <vscode-button secondary icon="copy" @click=${() => post({ type: 'copyMarkdown' })}
              >Copy Markdown</vscode-button
            >`
        : nothing
    }`;
}

function progressView({ phase, progress }: LoadViewState): Part {
  if (phase !== 'running') return nothing;
  const percent = Math.floor(progress * 100);
  return html`<div
    class="progress"
    role="progressbar"
    aria-label="Progress of the load test"
    aria-valuemin="0"
    aria-valuemax="100"
    aria-valuenow=${percent}
  >
    <div ${ref(widthOf(progress))}></div>
  </div>`;
}

/** Set through the object model, because the page's policy forbids style attributes. */
function widthOf(share: number): (element: Element | undefined) => void {
  return (element) => {
    if (element instanceof HTMLElement) element.style.width = `${(share * 100).toFixed(1)}%`;
  };
}

const endIcons = { good: 'pass', bad: 'error', neutral: 'info' } as const;

function endView({ phase, end }: LoadViewState): TemplateResult {
  return html`<div class="end ${end?.kind ?? ''}" role="status" ?hidden=${phase === 'running' || !end}>
    ${
      end && phase !== 'running'
        ? html`<vscode-icon name=${endIcons[end.kind]}></vscode-icon>
            <p>${end.text}</p>
            ${actionButton(end.action)}`
        : nothing
    }
  </div>`;
}

function actionButton(action: LoadAction | undefined): Part {
  if (!action) return nothing;
  return html`<vscode-button secondary @click=${() => post({ type: 'act', action })}
    >${actionNames[action]}</vscode-button
  >`;
}

const verdictIcons = { better: 'arrow-up', worse: 'arrow-down', same: '' } as const;

/** Percentiles and rates, beside those of the run before. */
export function figuresView({ totals, before, cost }: LoadViewState): Part {
  if (!totals) return nothing;
  const rows = measures(totals, before?.totals);
  return html`<h2>Figures</h2>
    <p class="counts">
      ${formatCount(totals.sent)} sent in ${formatDuration(totals.elapsed)}: ${counts(totals).join(', ')}.
    </p>
    <div class="scroll" tabindex="0" role="group" aria-label="Figures of the load test">
      <table>
        <thead>
          <tr>
            <th scope="col">Measure</th>
            <th scope="col">This run</th>
            ${
              before
                ? html`<th scope="col">Previous run (${before.plan})</th>
                    <th scope="col">Change</th>`
                : nothing
            }
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                <th scope="row">${row.name}</th>
                <td>${row.value}</td>
                ${
                  before
                    ? html`<td>${row.before || '–'}</td>
                        <td class=${row.verdict}>
                          ${verdictIcons[row.verdict] ? html`<vscode-icon name=${verdictIcons[row.verdict]}></vscode-icon>` : nothing}
                          ${row.change ? `${row.change}${row.verdict === 'same' ? '' : ` (${row.verdict})`}` : '–'}
                        </td>`
                    : nothing
                }
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="note">Latency of successful requests, including connecting and polling.</p>
    ${cost ? html`<p class="cost"><vscode-icon name="credit-card"></vscode-icon> ${cost}</p>` : nothing}`;
}

function counts(totals: NonNullable<LoadViewState['totals']>): string[] {
  const words: (readonly [number, string])[] = [
    [totals.ok, 'succeeded'],
    [totals.failed, 'failed'],
    [totals.open, 'open'],
    [totals.unfinished, 'without a response at the end'],
    [totals.polls, 'long polls followed'],
  ];
  return words
    .filter(([count], at) => at === 0 || count > 0)
    .map(([count, word]) => `${formatCount(count)} ${word}`);
}

/** Failures by kind, with what the first of each said and what to do. */
export function errorsView({ totals, advice }: LoadViewState): Part {
  if (!totals || totals.errors.length === 0) return nothing;
  return html`<section class="errors" aria-label="Errors">
    <h2>Errors</h2>
    <div class="scroll" tabindex="0" role="group" aria-label="Errors by kind">
      <table>
        <thead>
          <tr>
            <th scope="col">Error</th>
            <th scope="col">Count</th>
            <th scope="col">First message</th>
            <th scope="col">Next step</th>
          </tr>
        </thead>
        <tbody>
          ${totals.errors.map((error) => {
            const told = advice[`${error.kind} ${error.status}`];
            const explained = told && told.text !== error.first ? told.text : '';
            return html`<tr>
              <th scope="row"><vscode-icon name="error"></vscode-icon> ${told?.label ?? error.kind}</th>
              <td>${formatCount(error.count)}</td>
              <td class="message">
                ${explained || error.first || '–'}
                ${explained && error.first && !explained.includes(error.first) ? html`<code>${error.first}</code>` : nothing}
              </td>
              <td>${told?.action ? actionButton(told.action) : '–'}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>
  </section>`;
}

/** What the charts show, as text. */
export function secondsView({ points, containers }: LoadViewState): Part {
  if (points.length === 0) return nothing;
  return html`<details class="seconds">
    <summary>Values per second</summary>
    <div class="scroll" tabindex="0" role="group" aria-label="Values per second">
      <table>
        <thead>
          <tr>
            ${['Second', 'Succeeded', 'Failed', 'p50', 'p95', 'Containers', 'Queue'].map((name) => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${points.map((point) => {
            const look = containers.findLast(({ second }) => second <= point.second);
            return html`<tr>
              <th scope="row">${point.second}</th>
              <td>${formatCount(point.ok)}</td>
              <td>${formatCount(point.failed)}</td>
              <td>${point.ok > 0 ? formatDuration(point.p50, 3) : '–'}</td>
              <td>${point.ok > 0 ? formatDuration(point.p95, 3) : '–'}</td>
              <td>${look ? `${look.running} running, ${look.starting} starting` : '–'}</td>
              <td>${look?.queued ?? '–'}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>
  </details>`;
}
