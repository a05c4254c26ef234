import type { EndpointKeys } from '../../../editor/endpointKeys.ts';
import type { AppStore } from '../../../store/appStore.ts';
import type { CatalogStore } from '../../../store/catalogStore.ts';
import type { SavedRequest } from '../../../domain/savedRequest.ts';
import type { RequestsController } from './requestsController.ts';

/** Opens what stands in a `.http` file. */
export interface SavedRequestFiles {
  openFromFile(saved: SavedRequest): Promise<void>;
  sendFromFile(saved: SavedRequest): Promise<void>;
}

/** What commands that send requests work with. */
export interface RequestsNeeds {
  readonly requests: RequestsController;
  readonly saved: SavedRequestFiles;
  readonly catalog: CatalogStore;
  readonly store: AppStore;
  readonly keys: EndpointKeys;
}
