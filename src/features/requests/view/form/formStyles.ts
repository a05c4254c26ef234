import { css } from 'lit';

const controls = css`
  input:not([type='checkbox']),
  select,
  textarea {
    box-sizing: border-box;
    min-width: 0;
    padding: 3px 6px;
    border: 1px solid var(--vscode-input-border, var(--vscode-settings-textInputBorder, transparent));
    border-radius: 2px;
    background: var(--vscode-input-background);
    color: var(--vscode-input-foreground);
    font: inherit;
    line-height: 1.4;
  }
  select {
    border-color: var(--vscode-dropdown-border, transparent);
    background: var(--vscode-dropdown-background);
    color: var(--vscode-dropdown-foreground);
  }
  textarea {
    resize: none;
    field-sizing: content;
    max-height: 220px;
    overflow-y: auto;
  }
  ::placeholder {
    color: var(--vscode-input-placeholderForeground);
    opacity: 1;
  }
  input:focus-visible,
  select:focus-visible,
  textarea:focus-visible,
  button:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  input[type='checkbox'] {
    margin: 0;
    accent-color: var(--vscode-checkbox-selectBackground, var(--vscode-focusBorder));
  }
  [aria-invalid='true'] {
    border-color: var(--vscode-inputValidation-errorBorder, var(--vscode-errorForeground)) !important;
  }
  .mono {
    font-family: var(--vscode-editor-font-family);
    font-size: var(--vscode-editor-font-size);
  }
  button.icon,
  button.plain {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    border: none;
    border-radius: 3px;
    background: none;
    color: inherit;
    font: inherit;
    padding: 3px;
    cursor: pointer;
  }
  button.plain {
    padding: 3px 7px;
    background: var(--vscode-button-secondaryBackground);
    color: var(--vscode-button-secondaryForeground);
    border: 1px solid var(--vscode-button-border, transparent);
    white-space: nowrap;
  }
  button.icon:hover {
    background: var(--vscode-toolbar-hoverBackground);
  }
  button.plain:hover {
    background: var(--vscode-button-secondaryHoverBackground);
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  [hidden] {
    display: none !important;
  }
`;

const layout = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
    min-width: 0;
  }
  header {
    display: flex;
    gap: 8px;
    align-items: stretch;
    padding: 10px 12px 6px;
  }
  .address {
    display: flex;
    flex: 1;
    min-width: 0;
    border: 1px solid var(--vscode-input-border, var(--vscode-widget-border, transparent));
    border-radius: 4px;
    background: var(--vscode-input-background);
  }
  .address:focus-within {
    border-color: var(--vscode-focusBorder);
  }
  .address select,
  .address input {
    border: none;
    background: transparent;
    color: var(--vscode-input-foreground);
    padding: 5px 4px 5px 6px;
  }
  .address select {
    font-weight: 600;
  }
  .address input {
    flex: 2 1 90px;
    padding-left: 0;
  }
  .address option {
    background: var(--vscode-dropdown-background);
    color: var(--vscode-dropdown-foreground);
  }
  .base {
    flex: 0 1 auto;
    min-width: 24px;
    align-self: center;
    overflow: hidden;
    direction: rtl;
    color: var(--vscode-descriptionForeground);
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .meta {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
    align-items: center;
    padding: 0 12px 6px;
  }
  .meta .entry {
    flex: 1 1 160px;
    text-overflow: ellipsis;
  }
  .about {
    display: flex;
    flex: 1 0 100%;
    gap: 8px;
    align-items: center;
    margin: 2px 0 0;
    color: var(--vscode-descriptionForeground);
    overflow-wrap: anywhere;
  }
  .about span {
    flex: 1;
  }
  .pathvalues {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 12px;
    padding: 0 12px 6px;
  }
  .pathvalues label {
    display: inline-flex;
    gap: 6px;
    align-items: center;
  }
  .tabs {
    display: flex;
    gap: 2px;
    padding: 0 8px;
    border-bottom: 1px solid var(--vscode-panel-border, transparent);
  }
  .tabs button {
    display: inline-flex;
    gap: 4px;
    align-items: center;
    border: none;
    border-bottom: 1px solid transparent;
    background: none;
    color: var(--vscode-panelTitle-inactiveForeground, inherit);
    font: inherit;
    padding: 6px 8px;
    cursor: pointer;
  }
  .tabs button[aria-selected='true'] {
    color: var(--vscode-panelTitle-activeForeground, inherit);
    border-bottom-color: var(--vscode-panelTitle-activeBorder, currentColor);
  }
  .bar {
    display: flex;
    gap: 8px;
    align-items: center;
    padding: 6px 12px;
  }
  .spacer {
    flex: 1;
  }
  .switch {
    display: inline-flex;
    border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
    border-radius: 3px;
  }
  .switch button {
    border: none;
    background: none;
    color: inherit;
    font: inherit;
    padding: 2px 9px;
    cursor: pointer;
  }
  .switch button[aria-pressed='true'] {
    background: var(--vscode-inputOption-activeBackground);
    color: var(--vscode-inputOption-activeForeground, inherit);
    outline: 1px solid var(--vscode-inputOption-activeBorder, transparent);
    outline-offset: -1px;
  }
  .pane {
    flex: 1;
    min-height: 0;
    overflow: auto;
    padding: 8px 12px 12px;
  }
  .editor {
    flex: 1;
    min-height: 0;
    overflow: hidden;
  }
  .editor > pre {
    margin: 4px 0 0 36px; /* beside where the line numbers will be */
    font-family: var(--vscode-editor-font-family);
    font-size: var(--vscode-editor-font-size);
    line-height: 1.4;
    white-space: pre-wrap;
  }
  .empty {
    margin: 12px 0;
    color: var(--vscode-descriptionForeground);
  }
  .notice {
    display: flex;
    gap: 8px;
    align-items: flex-start;
    margin: 2px 12px 8px;
    padding: 6px 10px;
    border: 1px solid var(--vscode-inputValidation-warningBorder, var(--vscode-contrastBorder));
    border-radius: 4px;
    background: var(--vscode-inputValidation-warningBackground);
    color: var(--vscode-inputValidation-warningForeground, inherit);
  }
  .notice > div,
  .notice > p {
    flex: 1;
    overflow-wrap: anywhere;
  }
  .notice p {
    margin: 2px 0;
  }
  .notice ul {
    margin: 2px 0;
    padding-left: 18px;
  }
`;

const fields = css`
  .form {
    display: flex;
    flex-direction: column;
    gap: 10px;
  }
  .field {
    display: flex;
    flex-direction: column;
    gap: 2px;
    min-width: 0;
    flex: 1;
  }
  .label,
  legend {
    font-weight: 600;
  }
  legend {
    display: inline-flex;
    gap: 4px;
    align-items: center;
    padding: 0 4px;
  }
  .mark {
    margin-left: 2px;
    color: var(--vscode-errorForeground);
  }
  .input {
    display: flex;
    gap: 4px;
    align-items: flex-start;
  }
  .input > input,
  .input > select,
  .input > textarea,
  .input > .filefield {
    flex: 1;
  }
  fieldset {
    display: flex;
    flex-direction: column;
    gap: 8px;
    align-items: stretch;
    min-width: 0;
    margin: 0;
    padding: 4px 10px 10px;
    border: 1px solid var(--vscode-widget-border, var(--vscode-panel-border, transparent));
    border-radius: 4px;
  }
  fieldset.wrong {
    border-color: var(--vscode-inputValidation-errorBorder, var(--vscode-errorForeground));
  }
  fieldset > button.plain {
    align-self: flex-start;
  }
  .item {
    display: flex;
    gap: 4px;
    align-items: flex-start;
  }
  .item > fieldset {
    flex: 1;
  }
  .hint,
  .problem {
    margin: 0;
    font-size: 0.92em;
    color: var(--vscode-descriptionForeground);
    overflow-wrap: anywhere;
  }
  .problem {
    color: var(--vscode-errorForeground);
  }
  .filefield {
    display: flex;
    flex-direction: column;
    gap: 4px;
  }
  .file {
    display: flex;
    flex: 1;
    flex-wrap: wrap;
    gap: 2px 8px;
    align-items: center;
    min-width: 0;
  }
  .chosen {
    display: inline-flex;
    gap: 4px;
    align-items: center;
    overflow-wrap: anywhere;
  }
  .quiet {
    color: var(--vscode-descriptionForeground);
  }
  .file .problem {
    flex: 1 0 100%;
  }
  .pairs {
    display: flex;
    flex-direction: column;
    gap: 4px;
  }
  .pair {
    display: flex;
    gap: 6px;
    align-items: center;
  }
  .pair .name {
    flex: 1 1 80px;
  }
  .pair .value,
  .pair select,
  .pair .file {
    flex: 2 1 120px;
    min-width: 0;
  }
  .pair.off .name,
  .pair.off .value {
    color: var(--vscode-descriptionForeground);
  }
  .nothing {
    width: 22px;
  }
  .pairs .hint,
  .pairs .problem {
    padding: 0 0 2px 20px;
  }
  .auth {
    display: flex;
    flex-direction: column;
    gap: 10px;
    padding: 0;
    overflow: visible;
  }
  .auth .state {
    display: flex;
    gap: 6px;
    align-items: flex-start;
    margin: 0;
  }
`;

export const formStyles = [controls, layout, fields];
