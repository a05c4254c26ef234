import { css } from 'lit';
import { ansiStyles } from './ansiStyles.ts';
import { rowStyles } from './rowStyles.ts';

const frameStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    height: 100vh;
    overflow: hidden;
    color: var(--vscode-foreground);
    font-family: var(--vscode-font-family);
    font-size: var(--vscode-font-size);
  }
  .tabs {
    display: flex;
    align-items: center;
    flex: none;
    min-width: 0;
    padding: 0 8px;
    border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
  }
  .tab-list {
    display: flex;
    min-width: 0;
    overflow-x: auto;
    scrollbar-width: none;
  }
  .tab {
    display: inline-flex;
    align-items: center;
    flex: none;
    height: 28px;
    box-sizing: border-box;
    border-bottom: 2px solid transparent;
    color: var(--vscode-panelTitle-inactiveForeground);
  }
  .tab.selected {
    border-bottom-color: var(--vscode-panelTitle-activeBorder);
    color: var(--vscode-panelTitle-activeForeground);
  }
  .tab.bad vscode-icon {
    color: var(--vscode-errorForeground);
  }
  .tab button {
    display: inline-flex;
    align-items: center;
    gap: 5px;
    height: 100%;
    border: none;
    background: none;
    color: inherit;
    font: inherit;
    cursor: pointer;
  }
  .tab-name {
    padding: 0 2px 0 8px;
  }
  .tab-title {
    max-width: 220px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .tab-close {
    padding: 0 4px;
    opacity: 0;
  }
  .tab:hover .tab-close,
  .tab.selected .tab-close,
  .tab-close:focus-visible {
    opacity: 1;
  }
  .unread {
    padding: 0 5px;
    border-radius: 8px;
    font-size: 0.85em;
    background: var(--vscode-badge-background);
    color: var(--vscode-badge-foreground);
    outline: 1px solid var(--vscode-contrastBorder, transparent);
  }
  button:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  .toolbar {
    display: flex;
    align-items: center;
    gap: 4px 6px;
    padding: 3px 8px 3px 12px;
    min-width: 0;
    flex: none;
    flex-wrap: wrap;
  }
  .state {
    display: inline-flex;
    align-items: center;
    gap: 5px;
    min-width: 0;
    max-width: 100%;
    color: var(--vscode-descriptionForeground);
  }
  .state .words {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .state.bad,
  .problem {
    color: var(--vscode-errorForeground);
  }
  .problem {
    flex-basis: 100%;
    display: flex;
    align-items: center;
    justify-content: flex-end;
    gap: 5px;
  }
  .spacer {
    flex: 1;
  }
  .filter-box {
    display: inline-flex;
    align-items: center;
    flex: 0 1 320px;
    min-width: 190px;
  }
  .filter {
    flex: 1;
    min-width: 80px;
  }
  .count {
    color: var(--vscode-descriptionForeground);
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
  }
  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 6px;
    padding: 0 12px 4px 12px;
    flex: none;
  }
  .chip {
    display: inline-flex;
    align-items: center;
    gap: 2px;
    padding: 1px 2px 1px 8px;
    border-radius: 10px;
    background: var(--vscode-badge-background);
    color: var(--vscode-badge-foreground);
    outline: 1px solid var(--vscode-contrastBorder, transparent);
  }
  .chip button,
  .reset {
    display: inline-flex;
    border: none;
    border-radius: 8px;
    background: none;
    color: inherit;
    padding: 1px 3px;
    font: inherit;
    cursor: pointer;
  }
  .reset {
    color: var(--vscode-textLink-foreground);
  }
  .reset:hover {
    text-decoration: underline;
  }
  .frame {
    position: relative;
    flex: 1;
    min-height: 0;
    display: flex;
    flex-direction: column;
  }
  .list {
    position: relative;
    flex: 1;
    min-height: 0;
    overflow: auto;
    font-family: var(--vscode-editor-font-family, monospace);
    font-size: var(--vscode-editor-font-size, 12px);
    line-height: 18px;
    overflow-anchor: none;
  }
  .list:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  .rows {
    position: relative;
    width: 100%;
  }
  .pill {
    position: absolute;
    bottom: 12px;
    left: 50%;
    transform: translateX(-50%);
    z-index: 1;
    display: inline-flex;
    align-items: center;
    gap: 4px;
    border: 1px solid var(--vscode-contrastBorder, transparent);
    border-radius: 12px;
    padding: 3px 12px 3px 8px;
    cursor: pointer;
    font: inherit;
    background: var(--vscode-button-background);
    color: var(--vscode-button-foreground);
    box-shadow: 0 2px 8px var(--vscode-widget-shadow);
  }
  .pill:hover {
    background: var(--vscode-button-hoverBackground);
  }
  .dropped {
    flex: none;
    padding: 2px 12px;
    color: var(--vscode-descriptionForeground);
    border-bottom: 1px dashed var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
  }
  .empty {
    position: absolute;
    inset: 0;
    display: grid;
    place-content: center;
    justify-items: center;
    gap: 10px;
    padding: 16px;
    text-align: center;
    color: var(--vscode-descriptionForeground);
  }
  [hidden] {
    display: none !important;
  }
  .announcement,
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      animation: none !important;
      transition: none !important;
    }
  }
  :host-context(.vscode-reduce-motion) * {
    animation: none !important;
    transition: none !important;
  }
`;

export const styles = [frameStyles, rowStyles, ansiStyles];
