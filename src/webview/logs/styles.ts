import { css } from 'lit';

export const styles = css`
  :host {
    display: flex;
    flex-direction: column;
    height: 100vh;
    overflow: hidden;
    color: var(--vscode-foreground);
    font-family: var(--vscode-font-family);
    font-size: var(--vscode-font-size);
  }
  .toolbar {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 4px 12px;
    min-width: 0;
    flex-wrap: wrap;
  }
  .state {
    display: inline-flex;
    align-items: center;
    gap: 5px;
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
    color: var(--vscode-descriptionForeground);
  }
  .state.bad {
    color: var(--vscode-errorForeground);
  }
  .spacer {
    flex: 1;
  }
  .sessions {
    width: 220px;
  }
  .sources {
    width: 110px;
  }
  .filter {
    flex: 0 1 260px;
    min-width: 120px;
  }
  .count {
    color: var(--vscode-descriptionForeground);
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
  }
  .call {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    padding: 1px 4px 1px 8px;
    border-radius: 10px;
    background: var(--vscode-badge-background);
    color: var(--vscode-badge-foreground);
  }
  .call button {
    border: none;
    background: none;
    color: inherit;
    padding: 0 2px;
    cursor: pointer;
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
  .row {
    position: absolute;
    top: 0;
    left: 0;
    min-width: 100%;
    box-sizing: border-box;
    display: flex;
    gap: 10px;
    padding: 0 12px;
    white-space: pre;
  }
  .list.wrap .row {
    width: 100%;
  }
  .list.wrap .text {
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .row:hover {
    background: var(--vscode-list-hoverBackground);
  }
  .time {
    color: var(--vscode-descriptionForeground);
    user-select: none;
    flex: none;
  }
  .container {
    flex: none;
    width: 9ch;
    user-select: none;
    overflow: hidden;
    color: var(--vscode-descriptionForeground);
  }
  /* The colour is a dot, so that the name keeps the contrast of text in every theme. */
  .container::before {
    content: '';
    display: inline-block;
    width: 7px;
    height: 7px;
    margin-right: 6px;
    border-radius: 50%;
    background: var(--dot, transparent);
  }
  .source {
    flex: none;
    width: 6ch;
    user-select: none;
    color: var(--vscode-descriptionForeground);
  }
  .text {
    flex: 1;
    min-width: 0;
  }
  .row.stderr .source,
  .row.bad .text {
    color: var(--vscode-errorForeground);
  }
  .row.system .text,
  .row.phase .text,
  .row.mark .text {
    color: var(--vscode-descriptionForeground);
    font-style: italic;
  }
  .row.bad .text {
    font-style: normal;
    color: var(--vscode-errorForeground);
  }
  .row.mark {
    border-top: 1px dashed var(--vscode-panel-border, transparent);
  }
  mark {
    background: var(--vscode-editor-findMatchHighlightBackground);
    color: inherit;
  }
  .empty vscode-button {
    pointer-events: auto;
  }
  .pill {
    position: absolute;
    bottom: 12px;
    left: 50%;
    transform: translateX(-50%);
    z-index: 1;
    border: 1px solid var(--vscode-contrastBorder, transparent);
    border-radius: 12px;
    padding: 3px 12px;
    cursor: pointer;
    font: inherit;
    background: var(--vscode-button-background);
    color: var(--vscode-button-foreground);
    box-shadow: 0 2px 8px var(--vscode-widget-shadow);
  }
  .pill:hover {
    background: var(--vscode-button-hoverBackground);
  }
  .frame {
    position: relative;
    flex: 1;
    min-height: 0;
    display: flex;
    flex-direction: column;
  }
  .empty {
    position: absolute;
    inset: 0;
    pointer-events: none;
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
  .announcement {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  .c0 {
    --dot: var(--vscode-terminal-ansiCyan);
  }
  .c1 {
    --dot: var(--vscode-terminal-ansiGreen);
  }
  .c2 {
    --dot: var(--vscode-terminal-ansiYellow);
  }
  .c3 {
    --dot: var(--vscode-terminal-ansiMagenta);
  }
  .c4 {
    --dot: var(--vscode-terminal-ansiBlue);
  }
  .c5 {
    --dot: var(--vscode-terminal-ansiBrightGreen);
  }
  .ansi-bold {
    font-weight: bold;
  }
  .ansi-dim {
    opacity: 0.7;
  }
  .ansi-italic {
    font-style: italic;
  }
  .ansi-underline {
    text-decoration: underline;
  }
  .ansi-black-fg {
    color: var(--vscode-terminal-ansiBlack);
  }
  .ansi-red-fg {
    color: var(--vscode-terminal-ansiRed);
  }
  .ansi-green-fg {
    color: var(--vscode-terminal-ansiGreen);
  }
  .ansi-yellow-fg {
    color: var(--vscode-terminal-ansiYellow);
  }
  .ansi-blue-fg {
    color: var(--vscode-terminal-ansiBlue);
  }
  .ansi-magenta-fg {
    color: var(--vscode-terminal-ansiMagenta);
  }
  .ansi-cyan-fg {
    color: var(--vscode-terminal-ansiCyan);
  }
  .ansi-white-fg {
    color: var(--vscode-terminal-ansiWhite);
  }
  .ansi-bright-black-fg {
    color: var(--vscode-terminal-ansiBrightBlack);
  }
  .ansi-bright-red-fg {
    color: var(--vscode-terminal-ansiBrightRed);
  }
  .ansi-bright-green-fg {
    color: var(--vscode-terminal-ansiBrightGreen);
  }
  .ansi-bright-yellow-fg {
    color: var(--vscode-terminal-ansiBrightYellow);
  }
  .ansi-bright-blue-fg {
    color: var(--vscode-terminal-ansiBrightBlue);
  }
  .ansi-bright-magenta-fg {
    color: var(--vscode-terminal-ansiBrightMagenta);
  }
  .ansi-bright-cyan-fg {
    color: var(--vscode-terminal-ansiBrightCyan);
  }
  .ansi-bright-white-fg {
    color: var(--vscode-terminal-ansiBrightWhite);
  }
`;
