import { text } from '../../../shared/text.ts';
import type { ControlPlanes } from '../../../modal/planes.ts';
import { openAddress } from '../../../editor/openAddress.ts';
import { withSignal } from '../../../editor/withSignal.ts';

/** Opens the page of an app in Modal's dashboard. @throws as the connection does */
export async function openDashboard(planes: Pick<ControlPlanes, 'get'>, appId: string): Promise<void> {
  const plane = await withSignal(text`Connecting to Modal…`, (signal) => planes.get(signal));
  await openAddress(plane.dashboardUrl(appId));
}
