import type { App } from '../../../domain/app.ts';
import type { RequestSpec } from '../../../domain/request.ts';
import type { CallRegistry } from '../../../store/callRegistry.ts';
import type { AppEndpoint } from '../../../domain/target.ts';
import type { LogTarget } from '../../logs/index.ts';

/** What a request panel asks the rest of the extension to do. */
export interface RequestActions {
  readonly showLogs: (target: LogTarget) => void;
  /** Deploys that app anew. */
  readonly deploy: (app: Pick<App, 'name' | 'environment'>) => void;
  readonly openDashboard: (appId: string) => void;
  /** Tests the endpoint with exactly this request. */
  readonly loadTest: (endpoint: AppEndpoint, spec: RequestSpec) => void;
  /** Puts the request on the clipboard as code of the user's choice. */
  readonly copyAs: (spec: RequestSpec) => Promise<void>;
  /** @param title a name to begin with */
  readonly save: (spec: RequestSpec, title?: string) => Promise<void>;
  /** Where the calls that are sent are noted. */
  readonly calls: CallRegistry;
}

/** What is done with a request as it stands in the panel; commands ask for it too. */
export type PanelQuestion = 'copyAs' | 'save';
