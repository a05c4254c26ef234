import type { ControlPlane } from '../modal/controlPlane.ts';

/** Server and editor may disagree on the time by this much. */
export const clockSkewMs = 5000;

export interface UnfinishedDeploy {
  readonly environment: string;
  /** '' when only the script knows. */
  readonly appName: string;
  /** Where the CLI has told it. */
  readonly appId?: string;
  /** When the deploy began, in unix milliseconds. */
  readonly startedAt: number;
}

/**
 * Ends the app that a deploy has begun and not published. The CLI does that itself if it gets the time; what was
 * published is left alone.
 * @throws as the control plane does
 */
export async function endUnfinished(
  { environment, appName, appId, startedAt }: UnfinishedDeploy,
  plane: ControlPlane,
  signal?: AbortSignal,
): Promise<void> {
  const apps = await plane.listApps(environment, signal);
  const unfinished = apps.filter(
    (app) =>
      app.state === 'initializing' &&
      app.createdAt >= startedAt - clockSkewMs &&
      (appId ? app.id === appId : !appName || app.name === appName),
  );
  // Without a name and with several candidates nobody can tell which one is ours.
  if (!appId && !appName && unfinished.length > 1) return;
  for (const app of unfinished) await plane.disconnectApp(app.id, signal);
}
