import type * as vscode from 'vscode';
import type { DeployJournal } from '../../deploy/journal.ts';
import type { Logger } from '../../domain/logger.ts';
import type { ControlPlanes } from '../../modal/planes.ts';
import type { Config } from '../../platform/config.ts';
import type { EndpointKeys } from '../../platform/endpointKeys.ts';
import type { ChannelLogger } from '../../platform/logger.ts';
import type { Presenter } from '../../platform/present.ts';
import type { RequestSender } from '../../requests/send.ts';
import type { AppStore } from '../../store/appStore.ts';
import type { CatalogStore } from '../../store/catalogStore.ts';
import type { DeployProblems } from '../deploy/deployProblems.ts';
import type { DeployTracker } from '../deploy/deployTracker.ts';
import type { LogsController } from '../logs/logsController.ts';
import type { RequestsController } from '../requests/requestsController.ts';
import type { CliFinder } from '../onboarding/cliFinder.ts';
import type { ArrangementStore } from '../trees/arrangementStore.ts';
import type { AppsView } from '../trees/appsView.ts';
import type { LifecycleRows } from '../trees/lifecycleRows.ts';
import type { CatalogueView } from '../trees/catalogueView.ts';

/** What command bodies work with; built once in `composition.ts`. */
export interface Services {
  readonly logger: Logger;
  readonly output: ChannelLogger;
  readonly config: Config;
  readonly presenter: Presenter;
  readonly planes: ControlPlanes;
  readonly cli: CliFinder;
  readonly keys: EndpointKeys;
  readonly store: AppStore;
  readonly catalog: CatalogStore;
  readonly sender: RequestSender;
  readonly memory: vscode.Memento;
  readonly journal: DeployJournal;
  readonly problems: DeployProblems;
  readonly deploys: DeployTracker;
  readonly arrangement: ArrangementStore;
  readonly appsView: AppsView;
  readonly catalogueView: CatalogueView;
  readonly lifecycle: LifecycleRows;
  readonly logs: LogsController;
  readonly requests: RequestsController;
}
