import type * as vscode from 'vscode';
import type { ControlPlanes } from '../../../modal/planes.ts';
import type { AppStore } from '../../../store/appStore.ts';
import type { CliFinder } from '../../account/index.ts';
import type { AppsView } from './appsView.ts';
import type { ArrangementStore } from './arrangementStore.ts';
import type { LifecycleRows } from './lifecycleRows.ts';

/** What commands on deployed apps work with. */
export interface AppsNeeds {
  readonly planes: ControlPlanes;
  readonly cli: CliFinder;
  readonly store: AppStore;
  readonly arrangement: ArrangementStore;
  readonly appsView: AppsView;
  readonly lifecycle: LifecycleRows;
  /** Python files of the workspace that make an app of that name. */
  readonly sourceFiles: (appName: string) => Promise<readonly vscode.Uri[]>;
}
