import * as vscode from 'vscode';
import type { App, Container } from '../../domain/app.ts';
import { ModalError } from '../../domain/errors.ts';
import { spokenAge } from '../../domain/words.ts';
import { connectionEnvironment } from '../../modal/cli.ts';
import { pick } from '../commands/pick.ts';
import type { Services } from '../commands/services.ts';
import { runInTerminal } from '../commands/terminal.ts';
import { withSignal } from '../withSignal.ts';

export interface AppContainer {
  readonly app: App;
  readonly container: Container;
}

/** The container of a row, or the user's choice among all that run. @throws kind `notFound` when none runs */
export async function resolveContainer(
  { appsView, store }: Services,
  argument: unknown,
  title: string,
): Promise<AppContainer | undefined> {
  const target = appsView.target(typeof argument === 'string' ? argument : undefined);
  if (target?.kind === 'container') return { app: target.app, container: target.container };
  await store.refresh();
  const { apps, containers } = store.state.snapshot;
  const running = containers.flatMap((container) => {
    const app = apps.find(({ id }) => id === container.appId);
    return app ? [{ app, container }] : [];
  });
  if (running.length === 0)
    throw new ModalError(
      'notFound',
      vscode.l10n.t('No container is running. One starts with the next request.'),
    );
  return pick(
    title,
    vscode.l10n.t('Choose a container'),
    running.map((value) => ({
      label: value.container.id,
      description: `${value.app.name} · ${value.app.environment}`,
      detail:
        value.container.startedAt === undefined
          ? vscode.l10n.t('starting')
          : vscode.l10n.t('running since {0}', spokenAge(value.container.startedAt, Date.now())),
      iconPath: new vscode.ThemeIcon('server-process'),
      value,
    })),
  );
}

/** Ends one container after a question that says what happens to its inputs. */
export async function stopContainer(services: Services, { app, container }: AppContainer): Promise<void> {
  const { t } = vscode.l10n;
  const gently = t('Stop After Running Inputs');
  const now = t('Stop Now');
  const chosen = await vscode.window.showWarningMessage(
    t('Stop container {0} of {1} in {2}?', container.id, app.name, app.environment),
    {
      modal: true,
      detail: [
        t('Stop After Running Inputs: it takes no more and ends when they are done.'),
        t('Stop Now: its running inputs are interrupted and rescheduled to another container.'),
        t('The app stays deployed. A new container starts when there is work, or when a minimum is set.'),
      ].join('\n'),
    },
    gently,
    now,
  );
  if (chosen !== gently && chosen !== now) return;
  const graceful = chosen === gently;
  await withSignal(t('Stopping container {0}…', container.id), async (signal) =>
    (await services.planes.get(signal)).stopContainer(container.id, { graceful }, signal),
  );
  const done = graceful
    ? t('{0} ends when its inputs are done', container.id)
    : t('{0} stopped', container.id);
  vscode.window.setStatusBarMessage(`$(check) ${done}`, 5000);
  await services.store.refresh();
}

/** Opens a shell inside a running container, through the user's own `modal shell`. */
export async function openShell({ cli, planes }: Services, { app, container }: AppContainer): Promise<void> {
  const { t } = vscode.l10n;
  if (process.platform === 'win32')
    throw new ModalError(
      'unsupported',
      t('The Modal CLI has no shell on Windows. Open this folder in WSL and try again.'),
    );
  const { command, args } = await cli.find();
  const connection = await planes.connection();
  runInTerminal(t('Shell in {0}', app.name), [command, ...args, 'shell', container.id], {
    icon: 'terminal',
    env: connectionEnvironment(connection),
  });
}
