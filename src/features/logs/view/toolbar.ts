import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { LogFilter } from '../../../domain/logFilter.ts';
import { noFilter } from '../../../domain/logFilter.ts';
import type { LogLook, TabInfo } from '../messages.ts';
import type { MenuItem } from './menu.ts';
import { problemText, statusWords, words } from './words.ts';

export interface ToolbarState {
  readonly tab: TabInfo;
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
  /** Moves by one matching row. */
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
  return html`<div class="toolbar" role="toolbar" aria-label=${words.viewer}>
    ${statusView(state, actions)}
    <span class="spacer"></span>
    ${countView(state)}
    <span class="filter-box">
      <vscode-textfield
        id="filter"
        class="filter"
        placeholder=${words.filterHint}
        label=${words.filter}
        ?invalid=${problem !== ''}
        .value=${filter.text}
        @input=${(event: Event) => changeFilter({ text: (event.target as HTMLInputElement).value })}
      ></vscode-textfield>
      ${toggle('case-sensitive', words.matchCase, filter.matchCase, (on) => changeFilter({ matchCase: on }))}
      ${toggle('regex', words.regex, filter.regex, (on) => changeFilter({ regex: on }))}
    </span>
    ${
      isFiltered
        ? html`${button('arrow-up', words.previousMatch, () => actions.step(-1))}
          ${button('arrow-down', words.nextMatch, () => actions.step(1))}`
        : nothing
    }
    <modal-log-menu
      icon="filter"
      label=${words.filterBy}
      .items=${filterItems(state, actions)}
    ></modal-log-menu>
    ${toggle('fold-down', words.followEnd, state.following, actions.follow)}
    ${toggle('word-wrap', words.wrap, look.wrap, (on) => changeLook({ wrap: on }))}
    <modal-log-menu icon="ellipsis" label=${words.more} .items=${moreItems(state, actions)}></modal-log-menu>
    ${
      problem
        ? html`<span class="problem" role="alert"
            ><vscode-icon name="warning" size="14"></vscode-icon>${problemText(problem, filter)}</span
          >`
        : nothing
    }
  </div>`;
}

function statusView({ tab, now }: ToolbarState, actions: ToolbarActions): TemplateResult {
  const [icon = '', modifier] = tab.icon.split('~');
  return html`<span class="state ${tab.bad ? 'bad' : ''}"
      ><vscode-icon name=${icon} ?spin=${modifier === 'spin'}></vscode-icon
      ><span class="words" title=${tab.words}>${statusWords(tab, now)}</span></span
    >
    ${
      tab.nextTryAt
        ? html`<vscode-button class="next" secondary @click=${actions.tryNow}>${words.tryNow}</vscode-button>`
        : nothing
    }
    ${
      tab.ended && tab.kind === 'followed'
        ? html`<vscode-button class="next" secondary @click=${actions.followAgain}
              >${words.followAgain}</vscode-button
            ><vscode-button class="next" secondary @click=${actions.remove}>${words.remove}</vscode-button>`
        : nothing
    }`;
}

function countView({ shown, total, at, isFiltering, filter }: ToolbarState): TemplateResult {
  const position = at !== undefined && filter.text ? words.position(at) : '';
  const count = shown >= total ? words.lines(shown) : `${position}${words.shownOf(shown, total)}`;
  return html`<span class="count" title=${words.linesShown}
    >${isFiltering ? words.stillFiltering : ''}${count}</span
  >`;
}

/** Radio items. */
function choice<Value extends string>(
  labels: Readonly<Record<Value, string>>,
  chosen: Value,
  choose: (value: Value) => void,
): (value: Value) => MenuItem {
  return (value) => ({
    kind: 'radio',
    label: labels[value],
    checked: chosen === value,
    run: () => choose(value),
  });
}

function filterItems({ filter }: ToolbarState, actions: ToolbarActions): MenuItem[] {
  const { changeFilter, pickFilter } = actions;
  const level = choice(words.levels, filter.level, (value) => changeFilter({ level: value }));
  const source = choice(words.sources, filter.source, (value) => changeFilter({ source: value }));
  return [
    { kind: 'heading', label: words.level },
    level('debug'),
    level('info'),
    level('warning'),
    level('error'),
    { kind: 'heading', label: words.source },
    source('all'),
    source('stdout'),
    source('stderr'),
    source('system'),
    { kind: 'heading', label: words.origin },
    { kind: 'action', label: words.origins.function, run: () => pickFilter('function') },
    { kind: 'action', label: words.origins.container, run: () => pickFilter('container') },
    { kind: 'action', label: words.origins.call, run: () => pickFilter('call') },
    { kind: 'action', label: words.resetFilters, run: () => changeFilter(noFilter) },
  ];
}

function moreItems({ look, isMerged, tab }: ToolbarState, actions: ToolbarActions): MenuItem[] {
  const { changeLook } = actions;
  const time = choice(words.times, look.time, (value) => changeLook({ time: value }));
  const column = (name: keyof typeof words.columns): MenuItem => ({
    kind: 'check',
    label: words.columns[name],
    checked: look[name],
    run: () => changeLook({ [name]: !look[name] }),
  });
  return [
    { kind: 'heading', label: words.time },
    time('local'),
    time('utc'),
    time('relative'),
    time('hidden'),
    { kind: 'heading', label: words.columnsOf },
    ...(isMerged ? [column('stream')] : []),
    column('function'),
    column('container'),
    column('call'),
    column('source'),
    { kind: 'heading', label: words.linesOf },
    { kind: 'action', label: words.copyAll, run: () => actions.copyAll('text') },
    { kind: 'action', label: words.copyAllAsJson, run: () => actions.copyAll('json') },
    { kind: 'action', label: words.openDocument, run: actions.openDocument },
    { kind: 'heading', label: tab.title },
    {
      kind: 'action',
      label: tab.kind === 'followed' && !tab.ended ? words.stopFollowing : words.close,
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
