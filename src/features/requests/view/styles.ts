import { css } from 'lit';

export const styles = css`
  :host {
    display: grid;
    grid-template-rows: minmax(0, 1fr);
    height: 100vh;
    color: var(--vscode-foreground);
    font-family: var(--vscode-font-family);
    font-size: var(--vscode-font-size);
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
  /* For screen readers, which jump from heading to heading; the rest see it by its place. */
  h2 {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  modal-answer {
    flex: 1;
    min-height: 0;
  }
`;
