import type { App } from '../../../../domain/app.ts';
import { lines, text } from '../../../../shared/text.ts';
import type { AppsNeeds } from '../needs.ts';
import { withSignal } from '../../../../editor/withSignal.ts';
import { appFacts } from './appFacts.ts';
import { stopLines } from './stopWords.ts';
import { showStatus, showWarning } from '../../../../editor/shown/messages.ts';

/** Stops an app after one question that says what will be gone. */
export async function stopApp(services: AppsNeeds, app: App): Promise<void> {
  const { planes, store } = services;
  const stop = text`Stop App`;
  const facts = await appFacts(services, app);
  const chosen = await showWarning(
    text`Stop ${app.name} in ${app.environment}?`,
    { modal: true, detail: lines(stopLines(app, facts.functions, facts.rates)) },
    stop,
  );
  if (chosen !== stop) return;
  await withSignal(text`Stopping ${app.name}…`, async (signal) =>
    (await planes.get(signal)).stopApp(app.id, signal),
  );
  showStatus('check', text`${app.name} stopped`, 5000);
  await store.refresh();
}
