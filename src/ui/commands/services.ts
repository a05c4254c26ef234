import type { Deployer } from '../../deploy/deployer.ts';
import type { Logger } from '../../domain/logger.ts';
import type { ControlPlanes } from '../../modal/planes.ts';

import type { Config } from '../../platform/config.ts';
import type { EndpointKeys } from '../../platform/endpointKeys.ts';
import type { ChannelLogger } from '../../platform/logger.ts';
import type { Presenter } from '../../platform/present.ts';
import type { AppStore } from '../../store/appStore.ts';
import type { CatalogStore } from '../../store/catalogStore.ts';
import type { DeployTracker } from '../deploy/deployTracker.ts';
import type { LogsController } from '../logs/logsController.ts';
import type { RequestsController } from '../requests/requestsController.ts';
import type { CliFinder } from '../onboarding/cliFinder.ts';
import type { ScriptFinder } from '../scripts/scriptFinder.ts';
import type { ScriptReader } from '../scripts/scriptReader.ts';
import type { ScriptRuns } from '../scripts/scriptRuns.ts';
import type { ScriptsView } from '../scripts/scriptsView.ts';
import type { AppsView } from '../trees/appsView.ts';
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
  readonly deployer: Deployer;
  readonly deploys: DeployTracker;
  readonly appsView: AppsView;
  readonly catalogueView: CatalogueView;
  readonly logs: LogsController;
  readonly requests: RequestsController;
  readonly scriptFinder: ScriptFinder;
  readonly scriptReader: ScriptReader;
  readonly scriptRuns: ScriptRuns;
  readonly scriptsView: ScriptsView;
}
