import * as vscode from 'vscode';
import type { App } from '../../domain/app.ts';
import type { Services } from '../commands/services.ts';
import { withSignal } from '../withSignal.ts';
import { appFacts } from './appFacts.ts';
import { stopLines } from './stopWords.ts';

/** Stops an app after one question that says what will be gone. */
export async function stopApp(services: Services, app: App): Promise<void> {
  const { t } = vscode.l10n;
  const { planes, store } = services;
  const stop = t('Stop App');
  const facts = await appFacts(services, app);
  const chosen = await vscode.window.showWarningMessage(
    t('Stop {0} in {1}?', app.name, app.environment),
    { modal: true, detail: stopLines(app, facts.functions, facts.rates).join('\n') },
    stop,
  );
  if (chosen !== stop) return;
  await withSignal(t('Stopping {0}…', app.name), async (signal) =>
    (await planes.get(signal)).stopApp(app.id, signal),
  );
  vscode.window.setStatusBarMessage(`$(check) ${t('{0} stopped', app.name)}`, 5000);
  await store.refresh();
}
