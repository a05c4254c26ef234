import type { ChannelLogger } from '../editor/logger.ts';
import type { AccountNeeds } from '../features/account/index.ts';
import type { AppsNeeds } from '../features/apps/index.ts';
import type { CatalogueNeeds } from '../features/catalogue/index.ts';
import type { DeployNeeds } from '../features/deploy/index.ts';
import type { DoctorStarter } from '../features/doctor/index.ts';
import type { HealthNeeds } from '../features/health/index.ts';
import type { LoadTestNeeds } from '../features/loadTest/index.ts';
import type { LogsNeeds } from '../features/logs/index.ts';
import type { RequestsController, RequestsNeeds } from '../features/requests/index.ts';
import type { RequestMemory } from '../features/savedRequests/index.ts';
import type { ScriptReader, WorkspaceNeeds } from '../features/workspace/index.ts';

/** All that the features need, built once in `composition.ts`. No feature sees more of it than its own part. */
export interface Services
  extends
    AccountNeeds,
    AppsNeeds,
    CatalogueNeeds,
    DeployNeeds,
    HealthNeeds,
    LoadTestNeeds,
    LogsNeeds,
    RequestsNeeds,
    WorkspaceNeeds {
  readonly output: ChannelLogger;
  readonly requests: RequestsController;
  readonly requestMemory: RequestMemory;
  readonly scriptReader: ScriptReader;
  readonly doctor: DoctorStarter;
}
