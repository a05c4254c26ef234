import type * as vscode from 'vscode';
import type { Rates } from '../../../domain/cost.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { AccountNames } from '../../../store/accountNames.ts';
import type { Snapshot } from '../../../store/snapshot.ts';
import type { DoctorThread } from './doctorThread.ts';

/** Nothing larger is read while somebody types. */
export const largestText = 1 << 20;

/** What completion and hover in Python files need. */
export interface HelpNeeds {
  readonly thread: DoctorThread;
  /** The user wants help in this file. */
  readonly isWanted: (uri: vscode.Uri) => boolean;
  readonly rates: () => Rates;
  readonly names: Pick<AccountNames, 'names' | 'known' | 'isEmpty'>;
  /** Environment that the user works in; '' = the server's default. Rejects where nobody is signed in. */
  readonly environment: () => Promise<string>;
  /** What was last read of the account; nothing is read for it. */
  readonly snapshot: () => Snapshot;
  readonly logger: Logger;
}
