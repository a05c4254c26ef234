import type * as vscode from 'vscode';
import type { CatalogApp, Sample } from '../../../domain/catalog.ts';
import type { ModalScript } from '../../../domain/script.ts';
import type { AppEndpoint } from '../../../domain/target.ts';
import type { Config } from '../../../editor/config.ts';
import type { EndpointKeys } from '../../../editor/endpointKeys.ts';
import type { Presenter } from '../../../editor/present.ts';
import type { ControlPlanes } from '../../../modal/planes.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { AppStore } from '../../../store/appStore.ts';
import type { CliFinder } from '../../account/index.ts';
import type { LogsController } from '../../logs/index.ts';
import type { RequestSender } from '../../requests/core/index.ts';
import type { DeployJournal } from '../core/journal.ts';
import type { DeployTarget } from '../core/plan.ts';
import type { DeployView } from './deployProgress.ts';
import type { DeployProblems } from './deployProblems.ts';
import type { DeployTracker } from './deployTracker.ts';

/** Sends a sample to what was deployed. */
export interface SampleSender {
  openSample(
    app: CatalogApp,
    sample: Sample,
    target: AppEndpoint,
    how: { readonly send: true },
  ): Promise<void>;
}

/** Reads a Python file as it is now. */
export interface ScriptSource {
  ofFile(path: string): Promise<ModalScript>;
}

/** What a deploy, and what is done after it, works with. */
export interface DeployNeeds {
  readonly planes: ControlPlanes;
  readonly cli: CliFinder;
  readonly store: AppStore;
  readonly config: Config;
  readonly keys: EndpointKeys;
  readonly sender: RequestSender;
  readonly memory: vscode.Memento;
  readonly presenter: Presenter;
  readonly logger: Logger;
  readonly logs: LogsController;
  readonly journal: DeployJournal;
  readonly deploys: DeployTracker;
  readonly problems: DeployProblems;
  readonly requests: SampleSender;
  readonly scriptReader: ScriptSource;
  /** Where the row of what is deployed is shown. */
  readonly deployViews: Readonly<Record<DeployTarget['kind'], DeployView>>;
}
