import { ModalError } from '../../../domain/errors.ts';
import type { ControlPlane } from '../../../modal/controlPlane.ts';
import type { LogTarget } from './logTarget.ts';

/** In milliseconds. */
const defaultLimitMs = 15_000;

/**
 * When an app was deployed last.
 * @returns unix milliseconds; undefined = Modal does not say, or another app has taken the name
 * @throws ModalError; kind `timeout` when there is no answer within the limit
 */
export async function lastDeploy(
  planes: { get(signal?: AbortSignal): Promise<Pick<ControlPlane, 'findDeployedApp'>> },
  { appId, appName, environment }: LogTarget,
  cancel: AbortSignal = new AbortController().signal,
  limitMs = defaultLimitMs,
): Promise<number | undefined> {
  const limit = AbortSignal.timeout(limitMs);
  const signal = AbortSignal.any([cancel, limit]);
  try {
    const plane = await planes.get(signal);
    const app = await plane.findDeployedApp(appName, environment, signal);
    return app?.appId === appId ? app.deployedAt : undefined;
  } catch (error) {
    // The call cannot tell the time limit from a cancel by the user.
    if (!limit.aborted || cancel.aborted) throw error;
    throw new ModalError('timeout', 'Modal did not answer in time. Try again.', { cause: error });
  }
}
