import type { CatalogStore } from '../../../store/catalogStore.ts';
import type { CurrentRates } from '../../../store/rates.ts';

/** What commands on bundled apps work with. */
export interface CatalogueNeeds {
  readonly catalog: CatalogStore;
  readonly rates: CurrentRates;
}
