import * as vscode from 'vscode';
import type { App, Container } from '../../../../domain/app.ts';
import { ModalError } from '../../../../domain/errors.ts';
import { spokenAge } from '../../../../shared/format.ts';
import { connectionEnvironment } from '../../../../modal/cli.ts';
import { findCli } from '../../../account/index.ts';
import { pick } from '../../../../editor/pick.ts';
import type { AppsNeeds } from '../needs.ts';
import { runInTerminal } from '../../../../editor/terminal.ts';
import type { Target } from '../../../../domain/target.ts';
import type { Text } from '../../../../shared/text.ts';
import { lines, plain, text } from '../../../../shared/text.ts';
import { withSignal } from '../../../../editor/withSignal.ts';
import { showStatus, showWarning } from '../../../../editor/shown/messages.ts';

export interface AppContainer {
  readonly app: App;
  readonly container: Container;
}

/** The container of a row, or the user's choice among all that run. @throws kind `notFound` when none runs */
export async function resolveContainer(
  { store }: Pick<AppsNeeds, 'store'>,
  target: Target | undefined,
  title: Text,
): Promise<AppContainer | undefined> {
  if (target?.kind === 'container') return { app: target.app, container: target.container };
  await store.refresh();
  const { apps, containers } = store.state.snapshot;
  const running = containers.flatMap((container) => {
    const app = apps.find(({ id }) => id === container.appId);
    return app ? [{ app, container }] : [];
  });
  if (running.length === 0)
    throw new ModalError('notFound', 'No containers are running. One starts with the next request.');
  return pick(
    title,
    text`Select a container`,
    running.map((value) => ({
      label: plain(value.container.id),
      description: text`${value.app.name} · ${value.app.environment}`,
      detail:
        value.container.startedAt === undefined
          ? value.container.startUnknown
            ? text`in an unknown state`
            : text`starting`
          : text`running since ${spokenAge(value.container.startedAt, Date.now())}`,
      iconPath: new vscode.ThemeIcon('server-process'),
      value,
    })),
  );
}

/** Ends one container after a question that says what happens to its inputs. */
export async function stopContainer(services: AppsNeeds, { app, container }: AppContainer): Promise<void> {
  const gently = text`Stop Gracefully`;
  const now = text`Stop Now`;
  const chosen = await showWarning(
    text`Stop container ${container.id} of ${app.name} in ${app.environment}?`,
    {
      modal: true,
      detail: lines([
        text`Stop Gracefully: finishes current inputs and accepts no new ones.`,
        text`Stop Now: interrupts running inputs and reschedules them to another container.`,
        text`The app stays deployed. A new container starts when there is work, or if min containers is set.`,
      ]),
    },
    gently,
    now,
  );
  if (chosen !== gently && chosen !== now) return;
  const graceful = chosen === gently;
  await withSignal(text`Stopping container ${container.id}…`, async (signal) =>
    (await services.planes.get(signal)).stopContainer(container.id, { graceful }, signal),
  );
  const done = graceful
    ? text`${container.id} stops after its current inputs`
    : text`${container.id} stopped`;
  showStatus('check', done, 5000);
  await services.store.refresh();
}

/** Where a shell opens: a container or a sandbox. */
export interface ShellTarget {
  readonly id: string;
  readonly name: string;
}

/** The sandbox or container of a row, or the user's choice among the containers. @throws as `resolveContainer` does */
export async function resolveShellTarget(
  services: Pick<AppsNeeds, 'store'>,
  target: Target | undefined,
  title: Text,
): Promise<ShellTarget | undefined> {
  if (target?.kind === 'sandbox') {
    const { id, name } = target.sandbox;
    return { id, name: name || (target.app?.name ?? id) };
  }
  const chosen = await resolveContainer(services, target, title);
  return chosen && { id: chosen.container.id, name: chosen.app.name };
}

/** Opens a shell inside a running container or sandbox, through the user's own `modal shell`. */
export async function openShell(services: AppsNeeds, { id, name }: ShellTarget): Promise<void> {
  if (process.platform === 'win32')
    throw new ModalError(
      'unsupported',
      "The Modal CLI doesn't support shells on Windows. Open this folder in WSL and try again.",
    );
  const { planes } = services;
  const { command, args } = await findCli(services);
  const connection = await planes.connection();
  runInTerminal(text`Shell in ${name}`, [command, ...args, 'shell', id], {
    icon: 'terminal',
    env: { ...(await planes.proxyVariables()), ...connectionEnvironment(connection) },
  });
}
