import type * as vscode from 'vscode';
import type { ModalFunction } from '../../../domain/app.ts';
import type { CallRegistry } from '../../../store/callRegistry.ts';

/** What the Logs panel knows of the rest of the extension. */
export interface LogHost {
  /** As last read, else from Modal. Rejects with `ModalError`. */
  functionsOf(appId: string): Promise<readonly ModalFunction[]>;
  /** Folders that an app of this name may have been deployed from. */
  sourceFolders(appName: string): Promise<readonly vscode.Uri[]>;
  readonly calls: CallRegistry;
  /** Keeps how the panel looks, for all windows. */
  readonly memory: vscode.Memento;
}
