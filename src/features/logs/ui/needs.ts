import type { ControlPlanes } from '../../../modal/planes.ts';
import type { AppStore } from '../../../store/appStore.ts';
import type { LogsController } from './logsController.ts';

/** What commands on logs work with. */
export interface LogsNeeds {
  readonly logs: LogsController;
  readonly planes: ControlPlanes;
  readonly store: AppStore;
}
