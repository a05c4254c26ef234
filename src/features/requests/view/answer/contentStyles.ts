import { css } from 'lit';

/** Of what the tabs show: trees, streams, tables, texts and pictures. */
export const contentStyles = css`
  .pane.full {
    display: flex;
    flex-direction: column;
    padding: 0;
    overflow: hidden;
  }
  modal-tree,
  .stream {
    display: flex;
    flex: 1;
    flex-direction: column;
    min-height: 0;
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 10px;
    align-items: center;
    padding: 6px 16px;
    min-height: 28px;
  }
  .tools h3 {
    margin: 0;
  }
  .tools.compare {
    padding: 0 0 8px;
  }
  .tools output {
    font-weight: 600;
    font-variant-numeric: tabular-nums;
  }
  .tools input,
  .tools select {
    color: var(--vscode-input-foreground);
    background: var(--vscode-input-background);
    border: 1px solid var(--vscode-input-border, var(--vscode-widget-border, transparent));
    border-radius: 3px;
    font: inherit;
    padding: 3px 6px;
    max-width: 240px;
  }
  .tools select {
    color: var(--vscode-dropdown-foreground);
    background: var(--vscode-dropdown-background);
    border-color: var(--vscode-dropdown-border, transparent);
  }
  .tools input[type='search'] {
    width: 220px;
  }
  .tools input::placeholder {
    color: var(--vscode-input-placeholderForeground);
  }
  .tools input:focus-visible,
  .tools select:focus-visible,
  th button:focus-visible,
  a:focus-visible,
  .joined:focus-visible,
  .rows:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  .rows,
  .joined {
    /* A stream grows here many times a second: the rest of the page need not be laid out anew. */
    contain: strict;
  }
  .rows {
    display: block;
    position: relative;
    flex: 1 1 120px;
    min-height: 0;
    overflow: auto;
    font-family: var(--vscode-editor-font-family);
    font-size: var(--vscode-editor-font-size);
  }
  .rows .all {
    overflow: hidden;
  }
  .rows .line {
    display: flex;
    gap: 8px;
    align-items: center;
    height: 22px;
    padding: 0 8px;
    white-space: pre;
    cursor: default;
  }
  .rows .line:hover {
    background: var(--vscode-list-hoverBackground);
  }
  .rows .line[aria-selected='true'] {
    background: var(--vscode-list-inactiveSelectionBackground);
    color: var(--vscode-list-inactiveSelectionForeground, inherit);
    outline: 1px dotted var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  .rows:focus .line[aria-selected='true'] {
    background: var(--vscode-list-activeSelectionBackground);
    color: var(--vscode-list-activeSelectionForeground, inherit);
  }
  .rows .line[aria-selected='true'] span {
    color: inherit;
  }
  .twisty {
    display: inline-flex;
    align-items: center;
    height: 22px;
    flex: none;
    width: 16px;
    margin-right: -4px;
  }
  .line .name {
    flex: none;
    color: var(--vscode-symbolIcon-propertyForeground, var(--vscode-debugTokenExpression-name));
  }
  .line .value {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .line .place,
  .line .time {
    flex: none;
    min-width: 44px;
    text-align: right;
    color: var(--vscode-descriptionForeground);
    font-variant-numeric: tabular-nums;
  }
  .line .time {
    min-width: 60px;
  }
  .value.string {
    color: var(--vscode-debugTokenExpression-string);
  }
  .value.number {
    color: var(--vscode-debugTokenExpression-number);
  }
  .value.boolean,
  .value.null {
    color: var(--vscode-debugTokenExpression-boolean);
  }
  .value.object,
  .value.array,
  .line.more {
    color: var(--vscode-descriptionForeground);
  }
  .line.more {
    cursor: pointer;
    text-decoration: underline;
  }
  .joined {
    flex: 1 1 90px;
    min-height: 48px;
    overflow: auto;
    padding: 10px 16px;
  }
  .joined h3 {
    margin: 12px 0 4px;
  }
  .reasoning {
    margin-bottom: 10px;
    padding-left: 10px;
    border-left: 2px solid var(--vscode-panel-border, var(--vscode-descriptionForeground));
    color: var(--vscode-descriptionForeground);
  }
  .reasoning summary {
    cursor: pointer;
    font-weight: 600;
  }
  .reasoning summary:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
  }
  .cursor {
    color: var(--vscode-editorCursor-foreground);
  }
  .scroll.wide {
    flex: 1;
    min-height: 0;
    overflow: auto;
    padding: 0 16px 12px;
  }
  .wide thead th {
    position: sticky;
    top: 0;
    background: var(--vscode-editor-background);
  }
  th button {
    display: inline-flex;
    gap: 4px;
    align-items: center;
    border: none;
    padding: 0;
    background: none;
    color: inherit;
    font: inherit;
    cursor: pointer;
  }
  td.numbers {
    max-width: none;
    font-family: var(--vscode-editor-font-family);
    white-space: pre;
  }
  .spark {
    display: block;
  }
  .spark polyline {
    fill: none;
    stroke: var(--vscode-charts-blue);
  }
  .spark line {
    stroke: var(--vscode-editorIndentGuide-background1, var(--vscode-descriptionForeground));
  }
  .markdown {
    max-width: 760px;
    line-height: 1.5;
  }
  .markdown h3 {
    font-size: 1.25em;
  }
  .markdown h4 {
    margin: 12px 0 4px;
  }
  .markdown blockquote {
    margin: 8px 0;
    padding: 2px 12px;
    border-left: 3px solid var(--vscode-textBlockQuote-border);
    background: var(--vscode-textBlockQuote-background);
  }
  .markdown p.source {
    color: var(--vscode-descriptionForeground);
    margin: 0;
  }
  .markdown td,
  .markdown th {
    white-space: normal;
  }
  code,
  pre.code {
    font-family: var(--vscode-editor-font-family);
    background: var(--vscode-textCodeBlock-background);
  }
  pre.code {
    padding: 8px 10px;
    overflow: auto;
  }
  a {
    color: var(--vscode-textLink-foreground);
  }
  .images {
    display: flex;
    flex-wrap: wrap;
    gap: 16px;
  }
  figure {
    margin: 0;
    max-width: 100%;
  }
  figure img {
    display: block;
    max-width: 100%;
    max-height: 60vh;
    border: 1px solid var(--vscode-widget-border, var(--vscode-panel-border, transparent));
    background: repeating-conic-gradient(#80808033 0% 25%, transparent 0% 50%) 50% / 16px 16px;
  }
  figcaption {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 10px;
    align-items: center;
    padding-top: 6px;
  }
  .raw .piece {
    display: block;
    content-visibility: auto;
    contain-intrinsic-size: auto 400px;
  }
  pre.hex {
    white-space: pre;
  }
`;
