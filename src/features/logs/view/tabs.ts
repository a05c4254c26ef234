import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { TabInfo } from '../messages.ts';
import { tabAfter } from './tabKeys.ts';
import { spokenName, words } from './words.ts';

export interface TabActions {
  readonly select: (id: string) => void;
  readonly close: (id: string) => void;
  readonly follow: () => void;
  readonly merge: () => void;
}

/** The row of tabs. */
export function tabsView(tabs: readonly TabInfo[], selected: string, actions: TabActions): TemplateResult {
  return html`<div class="tabs">
    <div
      class="tab-list"
      role="tablist"
      aria-label=${words.logs}
      @keydown=${(event: KeyboardEvent) => key(event, tabs, selected, actions)}
    >
      ${tabs.map((tab) => tabView(tab, tab.id === selected, actions))}
    </div>
    <vscode-toolbar-button
      icon="add"
      label=${words.follow}
      title=${words.follow}
      @click=${actions.follow}
    ></vscode-toolbar-button>
    <vscode-toolbar-button
      icon="merge"
      label=${words.merge}
      title=${words.merge}
      @click=${actions.merge}
    ></vscode-toolbar-button>
  </div>`;
}

function tabView(tab: TabInfo, isSelected: boolean, { select, close }: TabActions): TemplateResult {
  const [icon = '', modifier] = tab.icon.split('~');
  const closing = tab.kind === 'followed' && !tab.ended ? words.stopFollowing : words.close;
  return html`<div class="tab ${isSelected ? 'selected' : ''} ${tab.bad ? 'bad' : ''}" role="presentation">
    <button
      class="tab-name"
      role="tab"
      id="tab-${tab.id}"
      aria-selected=${isSelected}
      aria-controls="log"
      tabindex=${isSelected ? 0 : -1}
      title="${tab.title}: ${tab.words}"
      aria-label=${spokenName(tab)}
      aria-keyshortcuts="Delete"
      @click=${() => select(tab.id)}
      @auxclick=${(event: MouseEvent) => event.button === 1 && close(tab.id)}
    >
      <vscode-icon name=${icon} ?spin=${modifier === 'spin'} size="14"></vscode-icon>
      <span class="tab-title">${tab.title}</span>
      ${
        tab.unread > 0
          ? html`<span class="unread" title=${words.newLines(tab.unread)}
              >${tab.unread > 999 ? '999+' : tab.unread}</span
            >`
          : nothing
      }
    </button>
    <button
      class="tab-close"
      aria-hidden="true"
      tabindex="-1"
      title=${words.byDelete(closing)}
      @click=${() => close(tab.id)}
    >
      <vscode-icon name="close" size="14"></vscode-icon>
    </button>
  </div>`;
}

function key(
  event: KeyboardEvent,
  tabs: readonly TabInfo[],
  selected: string,
  { select, close }: TabActions,
): void {
  const to = tabAfter(
    event.key,
    tabs.length,
    tabs.findIndex(({ id }) => id === selected),
  );
  const tab = to === undefined ? undefined : tabs[to];
  if (tab) {
    select(tab.id);
    const list = event.currentTarget as HTMLElement;
    // The focus follows the selection once that is painted.
    requestAnimationFrame(() => list.querySelectorAll<HTMLElement>('[role=tab]')[to ?? 0]?.focus());
  } else if (event.key === 'Delete') close(selected);
  else return;
  event.preventDefault();
}
