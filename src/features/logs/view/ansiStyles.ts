import { css } from 'lit';

/** The terminal's colours, as the theme has them. */
export const ansiStyles = css`
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
  .ansi-strike {
    text-decoration: line-through;
  }
  .ansi-inverse {
    background: var(--vscode-foreground);
    color: var(--vscode-panel-background, var(--vscode-editor-background));
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
  .ansi-black-bg {
    background: color-mix(in srgb, var(--vscode-terminal-ansiBlack) 35%, transparent);
  }
  .ansi-red-bg {
    background: color-mix(in srgb, var(--vscode-terminal-ansiRed) 35%, transparent);
  }
  .ansi-green-bg {
    background: color-mix(in srgb, var(--vscode-terminal-ansiGreen) 35%, transparent);
  }
  .ansi-yellow-bg {
    background: color-mix(in srgb, var(--vscode-terminal-ansiYellow) 35%, transparent);
  }
  .ansi-blue-bg {
    background: color-mix(in srgb, var(--vscode-terminal-ansiBlue) 35%, transparent);
  }
  .ansi-magenta-bg {
    background: color-mix(in srgb, var(--vscode-terminal-ansiMagenta) 35%, transparent);
  }
  .ansi-cyan-bg {
    background: color-mix(in srgb, var(--vscode-terminal-ansiCyan) 35%, transparent);
  }
  .ansi-white-bg {
    background: color-mix(in srgb, var(--vscode-terminal-ansiWhite) 35%, transparent);
  }
  .ansi-bright-black-bg {
    background: color-mix(in srgb, var(--vscode-terminal-ansiBrightBlack) 35%, transparent);
  }
  .ansi-bright-red-bg {
    background: color-mix(in srgb, var(--vscode-terminal-ansiBrightRed) 35%, transparent);
  }
  .ansi-bright-green-bg {
    background: color-mix(in srgb, var(--vscode-terminal-ansiBrightGreen) 35%, transparent);
  }
  .ansi-bright-yellow-bg {
    background: color-mix(in srgb, var(--vscode-terminal-ansiBrightYellow) 35%, transparent);
  }
  .ansi-bright-blue-bg {
    background: color-mix(in srgb, var(--vscode-terminal-ansiBrightBlue) 35%, transparent);
  }
  .ansi-bright-magenta-bg {
    background: color-mix(in srgb, var(--vscode-terminal-ansiBrightMagenta) 35%, transparent);
  }
  .ansi-bright-cyan-bg {
    background: color-mix(in srgb, var(--vscode-terminal-ansiBrightCyan) 35%, transparent);
  }
  .ansi-bright-white-bg {
    background: color-mix(in srgb, var(--vscode-terminal-ansiBrightWhite) 35%, transparent);
  }
`;
