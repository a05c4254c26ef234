import { ModalError } from '../../../domain/errors.ts';
import type { AppRowTarget, Target } from '../../../domain/target.ts';
import { appOf } from '../../../domain/target.ts';
import { withSignal } from '../../../editor/withSignal.ts';
import type { Text } from '../../../shared/text.ts';
import { text } from '../../../shared/text.ts';
import { pickApp } from '../../apps/index.ts';
import type { LogTarget } from '../core/logTarget.ts';
import type { LogsNeeds } from './needs.ts';

/** The log that a command is about, or that of an app of the user's choice. @returns undefined when the user left */
export async function resolveLogTarget(
  needs: Pick<LogsNeeds, 'store' | 'planes'>,
  target: Target | undefined,
  title: Text,
): Promise<LogTarget | undefined> {
  if (target?.kind === 'sandbox') return logTargetOfSandbox(needs, target);
  if (target?.kind === 'managed') return logTargetOfManaged(target);
  const app = appOf(target) ?? (await pickApp(needs.store, title));
  if (!app) return undefined;
  return {
    appId: app.id,
    appName: app.name,
    environment: app.environment,
    ...(target?.kind === 'function' || target?.kind === 'server' ? { functionId: target.fn.id } : {}),
    ...(target?.kind === 'container' ? { containerId: target.container.id } : {}),
  };
}

/** The log of the container that a sandbox runs in. @throws kind `notFound` while it has none */
async function logTargetOfSandbox(
  { planes }: Pick<LogsNeeds, 'planes'>,
  { app, sandbox }: Extract<AppRowTarget, { kind: 'sandbox' }>,
): Promise<LogTarget> {
  const { id, name, appId, environment } = sandbox;
  const containerId =
    sandbox.containerId ||
    (await withSignal(text`Reading sandbox ${id}…`, async (signal) =>
      (await planes.get(signal)).sandboxContainer(id, signal),
    ));
  if (!containerId)
    throw new ModalError('notFound', `The sandbox ${id} has not started yet. Try again in a moment.`);
  if (!appId) throw new ModalError('notFound', `Modal does not tell which app the sandbox ${id} belongs to.`);
  return { appId, appName: name || (app?.name ?? id), environment, containerId };
}

/** @throws kind `notFound` for one on capacity that all share, which has no log of its own */
function logTargetOfManaged({ managed }: Extract<AppRowTarget, { kind: 'managed' }>): LogTarget {
  const { name, environment, info } = managed;
  const { appId, serverId } = info ?? {};
  if (appId === undefined || serverId === undefined)
    throw new ModalError(
      'notFound',
      `${name} has no log: only dedicated endpoints have a server of their own.`,
    );
  return { appId, appName: name, environment, functionId: serverId };
}
