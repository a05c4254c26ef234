import { css } from 'lit';

export const answerStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
    min-width: 0;
  }
  [hidden] {
    display: none !important;
  }
  .spacer {
    flex: 1;
  }
  /* For screen readers only. */
  .spoken {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: 0;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .status {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
    align-items: center;
    padding: 10px 16px 6px;
  }
  .chip {
    display: inline-flex;
    gap: 6px;
    align-items: center;
    font-weight: 600;
  }
  .chip.good vscode-icon {
    color: var(--vscode-testing-iconPassed, var(--vscode-charts-green));
  }
  .chip.bad vscode-icon {
    color: var(--vscode-testing-iconFailed, var(--vscode-errorForeground));
  }
  .facts {
    color: var(--vscode-descriptionForeground);
  }
  .actions {
    display: flex;
    gap: 4px;
    align-items: center;
    margin-left: auto;
  }
  .receiving {
    display: inline-flex;
    gap: 5px;
    align-items: center;
  }
  .cost {
    margin: 2px 0 0;
    font-size: 0.92em;
    color: var(--vscode-descriptionForeground);
  }
  .timing {
    padding: 0 16px 8px;
  }
  .bar {
    display: flex;
    height: 6px;
    border-radius: 3px;
    overflow: hidden;
    background: var(--vscode-editorWidget-border, var(--vscode-panel-border));
  }
  .bar span {
    display: block;
    height: 100%;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 14px;
    margin-top: 4px;
    font-size: 0.92em;
    color: var(--vscode-descriptionForeground);
  }
  .legend i {
    display: inline-block;
    width: 8px;
    height: 8px;
    border-radius: 2px;
    margin-right: 5px;
  }
  .connect {
    background: var(--vscode-charts-blue);
  }
  .wait {
    background: var(--vscode-charts-yellow);
  }
  .notice {
    display: flex;
    gap: 8px;
    align-items: flex-start;
    margin: 4px 16px 8px;
    padding: 8px 10px;
    border-radius: 4px;
    border: 1px solid var(--vscode-inputValidation-errorBorder, var(--vscode-contrastBorder));
    background: var(--vscode-inputValidation-errorBackground);
    color: var(--vscode-inputValidation-errorForeground, inherit);
  }
  .notice.info {
    border-color: var(--vscode-inputValidation-infoBorder, var(--vscode-contrastBorder));
    background: var(--vscode-inputValidation-infoBackground);
    color: var(--vscode-inputValidation-infoForeground, inherit);
  }
  .notice p {
    margin: 2px 0;
    flex: 1;
    overflow-wrap: anywhere;
  }
  .tabs {
    display: flex;
    gap: 2px;
    padding: 0 12px;
    border-bottom: 1px solid var(--vscode-panel-border, transparent);
  }
  .tabs button {
    border: none;
    background: none;
    color: var(--vscode-panelTitle-inactiveForeground, inherit);
    font: inherit;
    padding: 6px 8px;
    cursor: pointer;
    border-bottom: 1px solid transparent;
  }
  .tabs button[aria-selected='true'] {
    color: var(--vscode-panelTitle-activeForeground, inherit);
    border-bottom-color: var(--vscode-panelTitle-activeBorder, currentColor);
  }
  .tabs button:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  .pane {
    flex: 1;
    min-height: 0;
    overflow: auto;
    padding: 12px 16px;
  }
  .scroll:focus-visible,
  .pane:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  .cards {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(120px, 1fr));
    gap: 8px;
    margin: 0 0 16px;
  }
  .cards div {
    border: 1px solid var(--vscode-widget-border, var(--vscode-panel-border, transparent));
    border-radius: 6px;
    padding: 8px 10px;
    background: var(--vscode-editorWidget-background);
  }
  .cards dt {
    color: var(--vscode-descriptionForeground);
    font-size: 0.92em;
  }
  .cards dd {
    margin: 2px 0 0;
    font-size: 1.25em;
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  h3 {
    margin: 14px 0 6px;
    font-size: 1em;
    font-weight: 600;
  }
  .scroll {
    overflow-x: auto;
  }
  table {
    border-collapse: collapse;
    width: 100%;
    font-variant-numeric: tabular-nums;
  }
  th,
  td {
    text-align: left;
    padding: 4px 10px 4px 0;
    border-bottom: 1px solid var(--vscode-panel-border, transparent);
    white-space: nowrap;
    max-width: 340px;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  th {
    font-weight: 600;
    color: var(--vscode-descriptionForeground);
  }
  tbody tr:hover {
    background: var(--vscode-list-hoverBackground);
  }
  pre {
    margin: 0;
    font-family: var(--vscode-editor-font-family);
    font-size: var(--vscode-editor-font-size);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .empty {
    display: grid;
    place-content: center;
    justify-items: center;
    gap: 10px;
    flex: 1;
    padding: 24px;
    text-align: center;
    color: var(--vscode-descriptionForeground);
  }
  kbd {
    font: inherit;
    padding: 1px 5px;
    border-radius: 3px;
    border: 1px solid var(--vscode-keybindingLabel-border);
    background: var(--vscode-keybindingLabel-background);
    color: var(--vscode-keybindingLabel-foreground);
  }
  .chip.other vscode-icon {
    color: var(--vscode-descriptionForeground);
  }
  .queue {
    background: var(--vscode-descriptionForeground);
  }
  .start {
    background: var(--vscode-charts-purple);
  }
  .pane > .notice {
    margin: 0 0 8px;
  }
  .body {
    background: var(--vscode-charts-green);
  }
`;
