import * as vscode from 'vscode';
import type { Logger } from '../shared/logger.ts';
import { text } from '../shared/text.ts';
import { showWarning } from './shown/messages.ts';

/** Says once in a window that something kept by an earlier one could not be read; each file is logged. */
export class AsideNotice {
  readonly #logger: Logger;
  #isTold = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  tell(kept: string): void {
    this.#logger.warn(`A file could not be read and was set aside as ${kept}`);
    if (this.#isTold) return;
    this.#isTold = true;
    void showWarning(
      text`A file with drafts or deploys of an earlier window could not be read in full. It was set aside as ${kept}; the rest is there. Further ones are in the log.`,
      text`Show File`,
    ).then((chosen) => {
      if (chosen)
        vscode.window
          .showTextDocument(vscode.Uri.file(kept))
          .then(undefined, (error: unknown) =>
            this.#logger.warn(`${kept} cannot be shown: ${String(error)}`),
          );
    });
  }
}
