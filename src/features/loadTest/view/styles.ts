import { css, unsafeCSS } from 'lit';
import plotStyles from 'uplot/dist/uPlot.min.css';

export const styles = [
  unsafeCSS(plotStyles),
  css`
    :host {
      --chart-grid: color-mix(in srgb, var(--vscode-foreground) 14%, transparent);
      display: block;
      padding: 12px 16px 24px;
      color: var(--vscode-foreground);
      font-family: var(--vscode-font-family);
      font-size: var(--vscode-font-size);
    }
    [hidden] {
      display: none !important;
    }
    header {
      display: flex;
      flex-wrap: wrap;
      gap: 8px 16px;
      align-items: flex-start;
      justify-content: space-between;
    }
    .what {
      display: flex;
      flex: 1 1 260px;
      flex-wrap: wrap;
      gap: 4px 16px;
      align-items: center;
      min-height: 26px;
      color: var(--vscode-descriptionForeground);
    }
    .what strong {
      color: var(--vscode-foreground);
      overflow-wrap: anywhere;
    }
    .what span {
      display: inline-flex;
      gap: 5px;
      align-items: center;
    }
    .buttons {
      display: flex;
      flex-wrap: wrap;
      gap: 6px;
    }
    .progress {
      height: 4px;
      margin-top: 10px;
      border-radius: 2px;
      overflow: hidden;
      background: var(--chart-grid);
      outline: 1px solid var(--vscode-contrastBorder, transparent);
    }
    .progress div {
      height: 100%;
      background: var(--vscode-progressBar-background, var(--vscode-focusBorder));
    }
    .end {
      display: flex;
      gap: 8px;
      align-items: center;
      margin-top: 10px;
      padding: 6px 10px;
      border-radius: 4px;
      border: 1px solid var(--vscode-contrastBorder, var(--vscode-panel-border, transparent));
      background: var(--vscode-textBlockQuote-background);
    }
    .end p {
      flex: 1;
      margin: 0;
      overflow-wrap: anywhere;
    }
    .end.good vscode-icon {
      color: var(--vscode-testing-iconPassed, var(--vscode-charts-green));
    }
    .end.bad {
      border-color: var(--vscode-inputValidation-errorBorder, var(--vscode-contrastBorder));
      background: var(--vscode-inputValidation-errorBackground);
      color: var(--vscode-inputValidation-errorForeground, inherit);
    }
    .charts {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr));
      gap: 4px 16px;
      margin-top: 12px;
    }
    figure {
      margin: 0;
      min-width: 0;
    }
    figcaption,
    h2,
    summary {
      margin: 8px 0 4px;
      font-size: 11px;
      font-weight: 600;
      text-transform: uppercase;
      letter-spacing: 0.04em;
      color: var(--vscode-descriptionForeground);
    }
    h2 {
      margin-top: 18px;
    }
    summary {
      margin-top: 18px;
      cursor: pointer;
    }
    .plot {
      overflow: hidden;
    }
    .u-legend {
      text-align: left;
      font-size: 0.92em;
      color: var(--vscode-descriptionForeground);
    }
    .u-legend th,
    .u-legend td {
      border: none;
      padding: 0 6px 0 0;
    }
    .u-legend th {
      font-weight: normal;
    }
    .u-legend .u-marker {
      width: 14px;
      height: 0;
    }
    .u-cursor-x,
    .u-cursor-y {
      border-color: var(--vscode-descriptionForeground);
    }
    .counts,
    .note,
    .cost {
      margin: 0 0 6px;
    }
    .note,
    .cost {
      margin-top: 8px;
      color: var(--vscode-descriptionForeground);
      overflow-wrap: anywhere;
    }
    .cost vscode-icon {
      vertical-align: text-bottom;
    }
    .scroll {
      overflow-x: auto;
    }
    .scroll:focus-visible,
    summary:focus-visible {
      outline: 1px solid var(--vscode-focusBorder);
    }
    .seconds .scroll {
      max-height: 320px;
      overflow-y: auto;
    }
    .scroll table {
      border-collapse: collapse;
      font-variant-numeric: tabular-nums;
    }
    .scroll th,
    .scroll td {
      padding: 4px 20px 4px 0;
      text-align: left;
      vertical-align: top;
      border-bottom: 1px solid var(--vscode-panel-border, var(--chart-grid));
      white-space: nowrap;
      font-weight: normal;
    }
    .scroll thead th {
      font-weight: 600;
      color: var(--vscode-descriptionForeground);
    }
    .scroll tbody tr:hover {
      background: var(--vscode-list-hoverBackground);
    }
    .scroll td.message {
      min-width: 200px;
      max-width: 520px;
      white-space: normal;
      overflow-wrap: anywhere;
    }
    .errors th vscode-icon {
      color: var(--vscode-testing-iconFailed, var(--vscode-errorForeground));
      vertical-align: text-bottom;
    }
    td vscode-icon {
      vertical-align: text-bottom;
    }
    .better vscode-icon {
      color: var(--vscode-testing-iconPassed, var(--vscode-charts-green));
    }
    .worse vscode-icon {
      color: var(--vscode-testing-iconFailed, var(--vscode-errorForeground));
    }
    code {
      display: block;
      margin-top: 2px;
      font-family: var(--vscode-editor-font-family);
      color: var(--vscode-descriptionForeground);
    }
    .empty {
      padding: 48px 16px;
      text-align: center;
      color: var(--vscode-descriptionForeground);
    }
  `,
];
