import { text } from '../../domain/text.ts';
import type { ControlPlanes } from '../../modal/planes.ts';
import { openAddress } from '../../platform/openAddress.ts';
import { withSignal } from '../withSignal.ts';

/** Opens the page of an app in Modal's dashboard. @throws as the connection does */
export async function openDashboard(planes: Pick<ControlPlanes, 'get'>, appId: string): Promise<void> {
  const plane = await withSignal(text`Connecting to Modal…`, (signal) => planes.get(signal));
  await openAddress(plane.dashboardUrl(appId));
}
