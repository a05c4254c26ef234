import { css } from 'lit';

/** Rows, their cells, and the kinds of entries. */
export const rowStyles = css`
  .row {
    position: absolute;
    top: 0;
    left: 0;
    min-width: 100%;
    min-height: 18px;
    box-sizing: border-box;
    display: flex;
    gap: 10px;
    padding: 0 12px;
    white-space: pre;
  }
  .row.waiting::before {
    content: '';
    width: 40%;
    height: 8px;
    margin-top: 5px;
    border-radius: 4px;
    background: var(--vscode-list-hoverBackground);
  }
  .list.wrap .row {
    width: 100%;
  }
  .list.wrap .text,
  .row.line.unfolded .text {
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .row.line.unfolded {
    width: 100%;
  }
  .row:hover {
    background: var(--vscode-list-hoverBackground);
  }
  .row[aria-selected='true'] {
    background: var(--vscode-list-inactiveSelectionBackground);
    color: var(--vscode-list-inactiveSelectionForeground, inherit);
  }
  .list:focus .row[aria-selected='true'],
  .list:focus-within .row[aria-selected='true'] {
    background: color-mix(in srgb, var(--vscode-list-activeSelectionBackground) 45%, transparent);
  }
  .row[data-active] {
    outline: 1px dotted var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  .list:focus .row[data-active] {
    outline: 1px solid var(--vscode-list-focusOutline, var(--vscode-focusBorder));
  }
  /* Its own markup has line breaks, which rows keep. */
  vscode-icon {
    white-space: normal;
  }
  .cell {
    flex: none;
    overflow: hidden;
    text-overflow: ellipsis;
    user-select: none;
    color: var(--vscode-descriptionForeground);
  }
  .time.local,
  .time.utc {
    width: 12ch;
  }
  .time.relative {
    width: 11ch;
    text-align: end;
  }
  .stream {
    width: 16ch;
  }
  .function {
    width: 14ch;
  }
  .container {
    width: 9ch;
  }
  .call-id {
    width: 9ch;
  }
  .source {
    width: 6ch;
  }
  .only {
    white-space: nowrap;
    border: none;
    background: none;
    padding: 0;
    max-width: 100%;
    overflow: hidden;
    text-overflow: ellipsis;
    color: inherit;
    font: inherit;
    cursor: pointer;
  }
  .only:hover,
  .only:focus-visible {
    text-decoration: underline;
    color: var(--vscode-textLink-foreground);
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
  .container {
    display: inline-flex;
    align-items: center;
    height: 18px;
  }
  /* The colours of a selection are made for its own text colour. */
  .row[aria-selected='true'] .cell,
  .row[aria-selected='true'] .aside,
  .row[aria-selected='true'] .percent,
  .row[aria-selected='true'] .block.library {
    color: inherit;
  }
  .text {
    flex: 1;
    min-width: 0;
  }
  .row.stderr .source {
    color: var(--vscode-errorForeground);
  }
  .row.line.error .text,
  .row.line.warning .text {
    box-shadow: -8px 0 0 -5px var(--level);
  }
  .row.error {
    --level: var(--vscode-errorForeground);
  }
  .row.warning {
    --level: var(--vscode-editorWarning-foreground);
  }
  .row.line.system .text {
    color: var(--vscode-descriptionForeground);
    font-style: italic;
  }
  .link {
    color: inherit;
    text-decoration: underline;
    text-decoration-color: var(--vscode-textLink-foreground);
    text-underline-offset: 2px;
    cursor: pointer;
  }
  .link:hover {
    color: var(--vscode-textLink-activeForeground);
  }
  .link:focus-visible,
  .only:focus-visible,
  .more:focus-visible,
  .fold:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  mark {
    background: var(--vscode-editor-findMatchHighlightBackground);
    color: inherit;
    outline: 1px solid var(--vscode-editor-findMatchHighlightBorder, transparent);
  }
  .more {
    white-space: nowrap;
    margin-left: 8px;
    border: 1px solid var(--vscode-contrastBorder, transparent);
    border-radius: 3px;
    padding: 0 6px;
    background: var(--vscode-button-secondaryBackground);
    color: var(--vscode-button-secondaryForeground);
    font: inherit;
    font-family: var(--vscode-font-family);
    font-size: 0.9em;
    cursor: pointer;
  }
  .block .more {
    margin-left: 2ch;
  }
  .aside {
    color: var(--vscode-descriptionForeground);
    font-family: var(--vscode-font-family);
  }
  .row.phase .text,
  .row.progress .text,
  .row.step .text,
  .row.gpu .text {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .phase-words {
    font-weight: 600;
  }
  .timeline {
    display: inline-flex;
    align-items: center;
    gap: 6px;
  }
  .stage-bar {
    flex: none;
    fill: var(--vscode-progressBar-background);
    border: 1px solid var(--vscode-contrastBorder, transparent);
  }
  .arrow {
    color: var(--vscode-descriptionForeground);
  }
  .bar {
    flex: none;
    width: 90px;
    height: 9px;
    border: 1px solid var(--vscode-contrastBorder, var(--vscode-widget-border, transparent));
    border-radius: 3px;
  }
  .bar .track {
    fill: var(--vscode-list-hoverBackground);
  }
  .bar .fill {
    fill: var(--vscode-progressBar-background);
  }
  .percent {
    width: 5ch;
    text-align: end;
    color: var(--vscode-descriptionForeground);
  }
  .rule {
    flex: 1;
    display: flex;
    align-items: center;
    gap: 8px;
    font-family: var(--vscode-font-family);
    color: var(--vscode-descriptionForeground);
  }
  .rule::after {
    content: '';
    flex: 1;
    border-top: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, currentColor));
  }
  .rule .text {
    flex: none;
    max-width: 100%;
  }
  .list.wrap .rule .text {
    flex: 0 1 auto;
  }
  .row.bad .rule {
    color: var(--vscode-errorForeground);
  }
  .traceback {
    white-space: normal;
  }
  .traceback .block > div {
    white-space: pre;
    min-height: 18px;
  }
  .fold {
    white-space: nowrap;
    display: inline-flex;
    align-items: center;
    gap: 4px;
    max-width: 100%;
    border: none;
    background: none;
    padding: 0;
    color: inherit;
    font: inherit;
    line-height: 18px;
    text-align: start;
    user-select: text;
    cursor: pointer;
  }
  .exception {
    overflow: hidden;
    text-overflow: ellipsis;
    font-weight: 600;
    color: var(--vscode-errorForeground);
  }
  .traceback .block {
    padding-left: 18px;
  }
  .block.library {
    color: var(--vscode-descriptionForeground);
  }
  .list.wrap .block > div {
    white-space: pre-wrap;
    overflow-wrap: anywhere;
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
  @media (max-width: 600px) {
    .row {
      gap: 6px;
      padding: 0 6px;
    }
    .function,
    .stream {
      width: 9ch;
    }
  }
`;
