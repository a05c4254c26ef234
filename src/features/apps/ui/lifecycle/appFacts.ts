import { readRates } from '../../../deploy/core/planParts.ts';
import type { App, ModalFunction } from '../../../../domain/app.ts';
import type { Rates } from '../../../../domain/cost.ts';
import { text } from '../../../../shared/text.ts';
import type { Services } from '../../../../commands/services.ts';
import { withSignal } from '../../../../editor/withSignal.ts';

export interface AppFacts {
  readonly functions: readonly ModalFunction[];
  readonly rates: Rates;
}

/** What questions about an app name: its functions with their GPUs, and today's prices. */
export function appFacts({ planes }: Services, app: App): Promise<AppFacts> {
  return withSignal(text`Reading ${app.name}…`, async (signal) => {
    const plane = await planes.get(signal);
    const [details, rates] = await Promise.all([plane.describeApp(app.id, signal), readRates(plane, signal)]);
    return { functions: details.functions, rates };
  });
}
