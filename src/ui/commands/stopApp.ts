import * as vscode from 'vscode';
import type { App } from '../../domain/app.ts';
import { plural } from '../../domain/words.ts';
import type { AppStore, PlaneSource } from '../../store/appStore.ts';

/** Stops an app after one confirmation that says what will be gone. */
export async function stopApp(planes: PlaneSource, store: AppStore, app: App): Promise<void> {
  const { t } = vscode.l10n;
  const stop = t('Stop App');
  const containers =
    app.runningContainers > 0
      ? t('{0} will end, with any request in progress.', plural(app.runningContainers, 'running container'))
      : t('No container is running.');
  const chosen = await vscode.window.showWarningMessage(
    t('Stop {0} in {1}?', app.name, app.environment),
    {
      modal: true,
      detail: `${containers} ${t('Its endpoints stop answering. A stopped app cannot be started again, only deployed anew.')}`,
    },
    stop,
  );
  if (chosen !== stop) return;
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: t('Stopping {0}…', app.name) },
    async () => (await planes.get()).stopApp(app.id),
  );
  vscode.window.setStatusBarMessage(`$(check) ${t('{0} stopped', app.name)}`, 5000);
  await store.refresh();
}
