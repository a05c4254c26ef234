import type { ChannelLogger } from '../editor/logger.ts';
import type { AccountNeeds } from '../features/account/ui/needs.ts';
import type { AppsNeeds } from '../features/apps/ui/needs.ts';
import type { CatalogueNeeds } from '../features/catalogue/ui/needs.ts';
import type { DeployNeeds } from '../features/deploy/ui/needs.ts';
import type { DoctorStarter } from '../features/doctor/ui/startDoctor.ts';
import type { HealthNeeds } from '../features/health/ui/needs.ts';
import type { LoadTestNeeds } from '../features/loadTest/ui/needs.ts';
import type { LogsNeeds } from '../features/logs/ui/needs.ts';
import type { RequestsController } from '../features/requests/ui/requestsController.ts';
import type { RequestsNeeds } from '../features/requests/ui/needs.ts';
import type { RequestMemory } from '../features/savedRequests/ui/requestMemory.ts';
import type { ScriptReader } from '../features/workspace/ui/scriptReader.ts';
import type { WorkspaceNeeds } from '../features/workspace/ui/needs.ts';

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
