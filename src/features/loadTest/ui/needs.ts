import type * as vscode from 'vscode';
import type { Config } from '../../../editor/config.ts';
import type { EndpointKeys } from '../../../editor/endpointKeys.ts';
import type { Presenter } from '../../../editor/present.ts';
import type { ControlPlanes } from '../../../modal/planes.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { AppStore } from '../../../store/appStore.ts';
import type { CatalogStore } from '../../../store/catalogStore.ts';
import type { LogsController } from '../../logs/index.ts';
import type { RequestSender } from '../../requests/core/index.ts';

/** What a load test works with. */
export interface LoadTestNeeds {
  readonly extensionUri: vscode.Uri;
  readonly planes: ControlPlanes;
  readonly catalog: CatalogStore;
  readonly store: AppStore;
  readonly config: Config;
  readonly keys: EndpointKeys;
  readonly sender: RequestSender;
  readonly memory: vscode.Memento;
  readonly logs: LogsController;
  readonly presenter: Presenter;
  readonly logger: Logger;
}
