import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { LogFilter } from '../../domain/logFilter.ts';
import { noFilter } from '../../domain/logFilter.ts';
import type { LogLook, SessionTab } from '../../ui/logs/protocol.ts';
import type { MenuItem } from './menu.ts';
import { problemText, statusWords } from './words.ts';

export interface ToolbarState {
  readonly session: SessionTab;
  readonly filter: LogFilter;
  readonly look: LogLook;
  readonly isMerged: boolean;
  readonly following: boolean;
  readonly problem: string;
  readonly isFiltering: boolean;
  /** Rows that match, rows that are held, and which of the matching ones the keyboard is at, from 1. */
  readonly shown: number;
  readonly total: number;
  readonly at: number | undefined;
  readonly now: number;
}

export interface ToolbarActions {
  readonly changeFilter: (change: Partial<LogFilter>) => void;
  readonly pickFilter: (what: 'function' | 'container' | 'call') => void;
  readonly changeLook: (change: Partial<LogLook>) => void;
  readonly follow: (on: boolean) => void;
  /** By so many matching rows. */
  readonly step: (by: 1 | -1) => void;
  readonly tryNow: () => void;
  readonly followAgain: () => void;
  readonly remove: () => void;
  readonly copyAll: (format: 'text' | 'json') => void;
  readonly openDocument: () => void;
}

export function toolbarView(state: ToolbarState, actions: ToolbarActions): TemplateResult {
  const { filter, look, problem } = state;
  const { changeFilter, changeLook } = actions;
  const isFiltered = filter.text !== '';
  return html`<div class="toolbar" role="toolbar" aria-label="Log viewer">
    ${statusView(state, actions)}
    <span class="spacer"></span>
    ${countView(state)}
    <span class="filter-box">
      <vscode-textfield
        id="filter"
        class="filter"
        placeholder="Filter (Ctrl+F)"
        label="Filter"
        ?invalid=${problem !== ''}
        .value=${filter.text}
        @input=${(event: Event) => changeFilter({ text: (event.target as HTMLInputElement).value })}
      ></vscode-textfield>
      ${toggle('case-sensitive', 'Match Case', filter.matchCase, (on) => changeFilter({ matchCase: on }))}
      ${toggle('regex', 'Use Regular Expression', filter.regex, (on) => changeFilter({ regex: on }))}
    </span>
    ${
      isFiltered
        ? html`${button('arrow-up', 'Previous Match (Shift+F3)', () => actions.step(-1))}
          ${button('arrow-down', 'Next Match (F3)', () => actions.step(1))}`
        : nothing
    }
    <modal-log-menu icon="filter" label="Filter By" .items=${filterItems(state, actions)}></modal-log-menu>
    ${toggle('fold-down', 'Follow New Lines (End)', state.following, actions.follow)}
    ${toggle('word-wrap', 'Wrap Lines', look.wrap, (on) => changeLook({ wrap: on }))}
    <modal-log-menu
      icon="ellipsis"
      label="Columns and More"
      .items=${moreItems(state, actions)}
    ></modal-log-menu>
    ${
      problem
        ? html`<span class="problem" role="alert"
            ><vscode-icon name="warning" size="14"></vscode-icon>${problemText(problem, filter)}</span
          >`
        : nothing
    }
  </div>`;
}

function statusView({ session, now }: ToolbarState, actions: ToolbarActions): TemplateResult {
  const [icon = '', modifier] = session.icon.split('~');
  return html`<span class="state ${session.bad ? 'bad' : ''}"
      ><vscode-icon name=${icon} ?spin=${modifier === 'spin'}></vscode-icon
      ><span class="words" title=${session.words}>${statusWords(session, now)}</span></span
    >
    ${
      session.nextTryAt
        ? html`<vscode-button class="next" secondary @click=${actions.tryNow}>Try Now</vscode-button>`
        : nothing
    }
    ${
      session.ended && session.kind === 'followed'
        ? html`<vscode-button class="next" secondary @click=${actions.followAgain}>Follow Again</vscode-button
            ><vscode-button class="next" secondary @click=${actions.remove}>Remove</vscode-button>`
        : nothing
    }`;
}

function countView({ shown, total, at, isFiltering, filter }: ToolbarState): TemplateResult {
  const lines = (count: number) => `${count.toLocaleString()} ${count === 1 ? 'line' : 'lines'}`;
  const isAll = shown >= total;
  const position = at !== undefined && filter.text ? `${at.toLocaleString()}, ` : '';
  const words = isAll ? lines(shown) : `${position}${shown.toLocaleString()} of ${lines(total)}`;
  return html`<span class="count" title="Lines shown">${isFiltering ? 'filtering… ' : ''}${words}</span>`;
}

function filterItems({ filter }: ToolbarState, actions: ToolbarActions): MenuItem[] {
  const { changeFilter, pickFilter } = actions;
  const level = (label: string, value: LogFilter['level']): MenuItem => ({
    kind: 'radio',
    label,
    checked: filter.level === value,
    run: () => changeFilter({ level: value }),
  });
  const source = (label: string, value: LogFilter['source']): MenuItem => ({
    kind: 'radio',
    label,
    checked: filter.source === value,
    run: () => changeFilter({ source: value }),
  });
  return [
    { kind: 'heading', label: 'Level' },
    level('All levels', 'debug'),
    level('Info and worse', 'info'),
    level('Warnings and errors', 'warning'),
    level('Errors', 'error'),
    { kind: 'heading', label: 'Source' },
    source('All sources', 'all'),
    source('stdout', 'stdout'),
    source('stderr', 'stderr'),
    source('system', 'system'),
    { kind: 'heading', label: 'Origin' },
    { kind: 'action', label: 'Function…', run: () => pickFilter('function') },
    { kind: 'action', label: 'Container…', run: () => pickFilter('container') },
    { kind: 'action', label: 'Call…', run: () => pickFilter('call') },
    { kind: 'action', label: 'Reset Filters', run: () => changeFilter(noFilter) },
  ];
}

function moreItems({ look, isMerged, session }: ToolbarState, actions: ToolbarActions): MenuItem[] {
  const { changeLook } = actions;
  const time = (label: string, value: LogLook['time']): MenuItem => ({
    kind: 'radio',
    label,
    checked: look.time === value,
    run: () => changeLook({ time: value }),
  });
  const column = (
    label: string,
    name: 'stream' | 'source' | 'function' | 'container' | 'call',
  ): MenuItem => ({
    kind: 'check',
    label,
    checked: look[name],
    run: () => changeLook({ [name]: !look[name] }),
  });
  return [
    { kind: 'heading', label: 'Time' },
    time('Local time', 'local'),
    time('UTC', 'utc'),
    time('Since the line before', 'relative'),
    time('No time', 'hidden'),
    { kind: 'heading', label: 'Columns' },
    ...(isMerged ? [column('Log', 'stream')] : []),
    column('Function', 'function'),
    column('Container', 'container'),
    column('Call', 'call'),
    column('Source', 'source'),
    { kind: 'heading', label: 'Lines' },
    { kind: 'action', label: 'Copy All Shown', run: () => actions.copyAll('text') },
    { kind: 'action', label: 'Copy All Shown as JSON', run: () => actions.copyAll('json') },
    { kind: 'action', label: 'Open as Document', run: actions.openDocument },
    { kind: 'heading', label: session.title },
    {
      kind: 'action',
      label: session.kind === 'followed' && !session.ended ? 'Stop Following' : 'Close',
      run: actions.remove,
    },
  ];
}

function button(icon: string, label: string, run: () => void): TemplateResult {
  return html`<vscode-toolbar-button
    icon=${icon}
    label=${label}
    title=${label}
    @click=${run}
  ></vscode-toolbar-button>`;
}

function toggle(icon: string, label: string, on: boolean, set: (on: boolean) => void): TemplateResult {
  return html`<vscode-toolbar-button
    icon=${icon}
    label=${label}
    title=${label}
    toggleable
    .checked=${on}
    @change=${(event: Event) => set((event.target as HTMLInputElement).checked)}
  ></vscode-toolbar-button>`;
}
