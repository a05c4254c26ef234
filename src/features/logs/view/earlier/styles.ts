import { css, unsafeCSS } from 'lit';
import uPlotStyles from 'uplot/dist/uPlot.min.css';

export const styles = [
  unsafeCSS(uPlotStyles),
  css`
    :host {
      display: block;
      flex: none;
      --stdout: var(--vscode-charts-blue);
      --stderr: var(--vscode-charts-red);
      --system: var(--vscode-descriptionForeground);
    }
    .bar,
    .readout,
    .presets,
    .fields {
      display: flex;
      align-items: center;
      flex-wrap: wrap;
      gap: 4px 10px;
    }
    .bar {
      padding: 0 12px 3px;
      min-height: 24px;
    }
    .spacer {
      flex: 1;
    }
    button {
      font: inherit;
      border: none;
      cursor: pointer;
    }
    button.tool,
    button.link {
      display: inline-flex;
      align-items: center;
      gap: 4px;
      padding: 2px 6px;
      border-radius: 4px;
      background: none;
      color: var(--vscode-foreground);
    }
    button.tool:hover,
    button.tool[aria-expanded='true'],
    button.tool[aria-pressed='true'] {
      background: var(--vscode-toolbar-hoverBackground);
      outline: 1px solid var(--vscode-contrastBorder, transparent);
    }
    button.link {
      color: var(--vscode-textLink-foreground);
      padding: 2px 0;
    }
    button.link:hover {
      text-decoration: underline;
    }
    button:focus-visible,
    .chart:focus-visible,
    .table:focus-visible {
      outline: 1px solid var(--vscode-focusBorder);
      outline-offset: 1px;
    }
    button[disabled] {
      cursor: default;
      opacity: 0.6;
    }
    .quiet {
      color: var(--vscode-descriptionForeground);
    }
    .bad {
      color: var(--vscode-errorForeground);
    }
    .picker {
      margin: 0 12px 6px;
      padding: 8px 10px;
      border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
      border-radius: 4px;
      background: var(--vscode-editorWidget-background);
      color: var(--vscode-editorWidget-foreground);
    }
    .picker p {
      margin: 6px 0 0;
    }
    .presets {
      margin-bottom: 8px;
    }
    .presets button {
      padding: 3px 9px;
      border-radius: 10px;
      border: 1px solid var(--vscode-contrastBorder, var(--vscode-widget-border, transparent));
      background: var(--vscode-button-secondaryBackground);
      color: var(--vscode-button-secondaryForeground);
    }
    .presets button:hover:not([disabled]) {
      background: var(--vscode-button-secondaryHoverBackground);
    }
    .fields label {
      display: inline-flex;
      align-items: center;
      gap: 6px;
    }
    .fields input {
      width: 21ch;
      padding: 3px 6px;
      font: inherit;
      color: var(--vscode-input-foreground);
      background: var(--vscode-input-background);
      border: 1px solid var(--vscode-input-border, var(--vscode-contrastBorder, transparent));
      border-radius: 2px;
    }
    .fields input::placeholder {
      color: var(--vscode-input-placeholderForeground);
    }
    .fields input:focus {
      outline: 1px solid var(--vscode-focusBorder);
      outline-offset: -1px;
    }
    .fields input[aria-invalid='true'] {
      border-color: var(--vscode-inputValidation-errorBorder, var(--vscode-errorForeground));
    }
    .strip {
      padding: 0 12px 4px;
    }
    .chart {
      position: relative;
      height: 80px;
      cursor: pointer;
    }
    .chart .u-over {
      overflow: hidden;
    }
    .u-select {
      background: color-mix(in srgb, var(--vscode-editor-selectionBackground) 45%, transparent);
      box-sizing: border-box;
    }
    .selected .u-select {
      outline: 2px solid var(--vscode-foreground);
      outline-offset: -1px;
    }
    .message {
      display: flex;
      align-items: center;
      gap: 8px;
      min-height: 40px;
    }
    .legend {
      display: inline-flex;
      align-items: center;
      gap: 5px;
    }
    .legend::before {
      content: '';
      width: 9px;
      height: 9px;
      border-radius: 2px;
      background: var(--colour);
    }
    .legend.stdout {
      --colour: var(--stdout);
    }
    .legend.stderr {
      --colour: var(--stderr);
    }
    .legend.system {
      --colour: var(--system);
    }
    .readout {
      min-height: 18px;
      font-size: 0.92em;
      font-variant-numeric: tabular-nums;
    }
    .table {
      max-height: 130px;
      overflow: auto;
    }
    table {
      border-collapse: collapse;
      font-variant-numeric: tabular-nums;
    }
    th,
    td {
      padding: 1px 14px 1px 0;
      text-align: right;
      font-weight: normal;
    }
    thead th {
      position: sticky;
      top: 0;
      background: var(--vscode-panel-background);
      color: var(--vscode-descriptionForeground);
    }
    th:first-child {
      text-align: left;
    }
  `,
];
