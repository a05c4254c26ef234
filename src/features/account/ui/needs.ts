import type { ControlPlanes } from '../../../modal/planes.ts';
import type { Config } from '../../../editor/config.ts';
import type { Presenter } from '../../../editor/present.ts';
import type { AppStore } from '../../../store/appStore.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { CliFinder } from './cliFinder.ts';

/** What the flows of profile, environment, sign-in and the CLI work with. */
export interface AccountNeeds {
  readonly planes: ControlPlanes;
  readonly cli: CliFinder;
  readonly config: Config;
  readonly store: AppStore;
  readonly presenter: Presenter;
  readonly logger: Logger;
}
