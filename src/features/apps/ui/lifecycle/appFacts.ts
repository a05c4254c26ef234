import { readRates } from '../../../../store/rates.ts';
import type { App, ModalFunction } from '../../../../domain/app.ts';
import type { Rates } from '../../../../domain/cost.ts';
import { text } from '../../../../shared/text.ts';
import type { AppsNeeds } from '../needs.ts';
import { withSignal } from '../../../../editor/withSignal.ts';

export interface AppFacts {
  readonly functions: readonly ModalFunction[];
  readonly rates: Rates;
}

/** What questions about an app name: its functions with their GPUs, and today's prices. */
export function appFacts({ planes }: Pick<AppsNeeds, 'planes'>, app: App): Promise<AppFacts> {
  return withSignal(text`Loading ${app.name}…`, async (signal) => {
    const plane = await planes.get(signal);
    const [details, rates] = await Promise.all([plane.describeApp(app.id, signal), readRates(plane, signal)]);
    return { functions: details.functions, rates };
  });
}
