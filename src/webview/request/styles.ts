import { css } from 'lit';

export const styles = css`
  :host {
    display: grid;
    grid-template-rows: auto auto minmax(0, 1fr);
    height: 100vh;
    color: var(--vscode-foreground);
    font-family: var(--vscode-font-family);
    font-size: var(--vscode-font-size);
  }
  header {
    display: flex;
    gap: 8px;
    align-items: center;
    padding: 12px 16px 8px;
    flex-wrap: wrap;
  }
  .address {
    display: flex;
    flex: 1 1 320px;
    min-width: 0;
    align-items: stretch;
    border: 1px solid var(--vscode-input-border, var(--vscode-widget-border, transparent));
    border-radius: 4px;
    background: var(--vscode-input-background);
  }
  .address:focus-within {
    border-color: var(--vscode-focusBorder);
  }
  .address select {
    border: none;
    background: transparent;
    color: var(--vscode-input-foreground);
    font: inherit;
    font-weight: 600;
    padding: 5px 2px 5px 6px;
  }
  .address select option {
    background: var(--vscode-dropdown-background);
    color: var(--vscode-dropdown-foreground);
  }
  .base {
    align-self: center;
    color: var(--vscode-descriptionForeground);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    direction: rtl;
    min-width: 40px;
  }
  .address input {
    flex: 1 1 80px;
    min-width: 60px;
    border: none;
    background: transparent;
    color: var(--vscode-input-foreground);
    font: inherit;
    padding: 5px 8px 5px 0;
  }
  .address input:focus,
  .address select:focus {
    outline: none;
  }
  .address select:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
  }
  .meta {
    display: flex;
    gap: 8px 16px;
    align-items: center;
    padding: 0 16px 10px;
    color: var(--vscode-descriptionForeground);
    flex-wrap: wrap;
    border-bottom: 1px solid var(--vscode-panel-border, transparent);
  }
  .meta span {
    display: inline-flex;
    gap: 5px;
    align-items: center;
  }
  .meta label {
    display: inline-flex;
    gap: 6px;
    align-items: center;
  }
  .spacer {
    flex: 1;
  }
  .panes {
    display: grid;
    grid-template-columns: minmax(280px, 2fr) minmax(340px, 3fr);
    min-height: 0;
  }
  @media (max-width: 760px) {
    .panes {
      grid-template-columns: minmax(0, 1fr);
      grid-template-rows: minmax(120px, 2fr) minmax(200px, 3fr);
    }
    .request {
      border-right: none !important;
      border-bottom: 1px solid var(--vscode-panel-border, transparent);
    }
  }
  section {
    display: flex;
    flex-direction: column;
    min-height: 0;
    min-width: 0;
  }
  .request {
    border-right: 1px solid var(--vscode-panel-border, transparent);
  }
  h2 {
    margin: 0;
    padding: 10px 16px 6px;
    font-size: 11px;
    font-weight: 600;
    text-transform: uppercase;
    letter-spacing: 0.04em;
    color: var(--vscode-descriptionForeground);
  }
  .editor {
    flex: 1;
    min-height: 0;
    overflow: hidden;
  }
  .editor[hidden],
  [hidden] {
    display: none !important;
  }
  modal-answer {
    flex: 1;
    min-height: 0;
  }
`;
