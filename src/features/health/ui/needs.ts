import type { Config } from '../../../editor/config.ts';
import type { EndpointKeys } from '../../../editor/endpointKeys.ts';
import type { ControlPlanes } from '../../../modal/planes.ts';
import type { AppStore } from '../../../store/appStore.ts';
import type { CatalogStore } from '../../../store/catalogStore.ts';
import type { LogsController } from '../../logs/index.ts';
import type { RequestSender } from '../../requests/core/index.ts';

/** What a health check works with. */
export interface HealthNeeds {
  readonly planes: ControlPlanes;
  readonly catalog: CatalogStore;
  readonly store: AppStore;
  readonly config: Config;
  readonly keys: EndpointKeys;
  readonly sender: RequestSender;
  readonly logs: LogsController;
}
