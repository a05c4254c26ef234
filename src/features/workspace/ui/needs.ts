import type * as vscode from 'vscode';
import type { Config } from '../../../editor/config.ts';
import type { Presenter } from '../../../editor/present.ts';
import type { ControlPlanes } from '../../../modal/planes.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { AppStore } from '../../../store/appStore.ts';
import type { CliFinder } from '../../account/index.ts';
import type { LogsController } from '../../logs/index.ts';
import type { DeployJournal } from '../../deploy/core/index.ts';
import type { DeployProblems, DeployTracker } from '../../deploy/index.ts';
import type { ScriptFinder } from './scriptFinder.ts';
import type { ScriptReader } from './scriptReader.ts';
import type { ScriptRuns } from './scriptRuns.ts';
import type { ScriptsView } from './scriptsView.ts';

/** What commands on the user's own scripts work with. */
export interface WorkspaceNeeds {
  readonly planes: ControlPlanes;
  readonly cli: CliFinder;
  readonly store: AppStore;
  readonly config: Config;
  readonly memory: vscode.Memento;
  readonly presenter: Presenter;
  readonly logger: Logger;
  readonly logs: LogsController;
  readonly journal: DeployJournal;
  readonly deploys: DeployTracker;
  readonly problems: DeployProblems;
  readonly scriptFinder: ScriptFinder;
  readonly scriptReader: ScriptReader;
  readonly scriptRuns: ScriptRuns;
  readonly scriptsView: ScriptsView;
}
