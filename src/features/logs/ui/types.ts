import type * as vscode from 'vscode';
import type { ModalFunction } from '../../../domain/app.ts';
import type { TimeRange } from '../../../domain/log.ts';
import type { LogFilter } from '../../../domain/logFilter.ts';
import type { ControlPlane } from '../../../modal/controlPlane.ts';
import type { Disposable } from '../../../shared/emitter.ts';
import type { CallRegistry } from '../../../store/callRegistry.ts';
import type { LogTarget } from '../core/logTarget.ts';

/** The way to Modal. */
export interface LogPlanes {
  get(signal?: AbortSignal): Promise<ControlPlane>;
  /** Names the account that is in use now. */
  account(): Promise<string>;
  /** As `get`, for an account that was in use before. */
  getFor(account: string, signal?: AbortSignal): Promise<ControlPlane>;
  /** Profile of an account, for the user to read. */
  profileOf(account: string): string;
  /** Fires when another account may be in use. */
  readonly onDidChange: (listener: () => void) => Disposable;
  /** Makes the next `get` look for the server again. */
  suspect(): void;
}

/** What the Logs panel knows of the rest of the extension. */
export interface LogHost {
  /** As last read, else from Modal. Rejects with `ModalError`. */
  functionsOf(appId: string): Promise<readonly ModalFunction[]>;
  /** Folders that an app of this name may have been deployed from. */
  sourceFolders(appName: string): Promise<readonly vscode.Uri[]>;
  readonly calls: CallRegistry;
  /** Saves how the panel looks, for all windows. */
  readonly memory: vscode.Memento;
}

/** Takes the output of a command as it comes. */
export interface OutputSink {
  append(line: string, stream: 'stdout' | 'stderr'): void;
  end(state: 'done' | 'failed' | 'cancelled', note?: string): void;
  /** A line of our own between those of the command. */
  note(text: string, bad: boolean): void;
  status(words: string, icon: string): void;
  show(): Promise<void>;
}

/** What the panel calls the output of a command, and the states that it begins and ends in. */
export interface OutputWords {
  readonly title: string;
  readonly running: string;
  readonly done: string;
  readonly failed: string;
  readonly cancelled: string;
}

/** What a download of the shown log begins with. */
export interface DownloadSource {
  readonly target: LogTarget;
  readonly filter: LogFilter;
  /** Absent = it is live. */
  readonly range?: TimeRange;
}
