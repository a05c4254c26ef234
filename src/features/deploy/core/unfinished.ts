import type { ControlPlane } from '../../../modal/controlPlane.ts';

/** Server and editor may disagree on the time by this much. */
export const clockSkewMs = 5000;

/**
 * Ends the app that a deploy has made and not published, or that a serve or run has left. The CLI does that itself if it
 * gets the time; what was published is left alone. Only the id that the CLI told is ours for certain: by name it may be a colleague's.
 * @throws as the control plane does
 */
export async function endUnfinished(
  { environment, appId }: { readonly environment: string; readonly appId?: string },
  plane: ControlPlane,
  signal?: AbortSignal,
): Promise<void> {
  if (!appId) return;
  const apps = await plane.listApps(environment, signal);
  const app = apps.find(({ id }) => id === appId);
  if (app?.state === 'initializing' || app?.state === 'ephemeral') await plane.disconnectApp(appId, signal);
}
