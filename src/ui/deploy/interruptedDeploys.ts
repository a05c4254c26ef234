import * as vscode from 'vscode';
import { text } from '../../domain/text.ts';
import { commands } from '../../contributions.ts';
import { recoverDeploy } from '../../deploy/recovery.ts';
import type { Services } from '../commands/services.ts';
import { showInformation, showWarning } from '../../platform/shown/messages.ts';

/** Once the Catalogue is seen: says what became of deploys that the end of an earlier window has cut off. */
export function reportInterruptedDeploys(services: Services): vscode.Disposable {
  const { view } = services.catalogueView;
  const report = () => {
    subscription.dispose();
    recoverAll(services).catch((error: unknown) =>
      services.logger.warn(`Interrupted deploys cannot be looked at: ${String(error)}`),
    );
  };
  const subscription = view.onDidChangeVisibility(({ visible }) => visible && report());
  if (view.visible) report();
  return subscription;
}

async function recoverAll({ journal, planes, deploys, logger }: Services): Promise<void> {
  if (journal.entries.length === 0) return;
  const account = await planes.cacheKey();
  const running = new Set(deploys.all.map(({ id }) => id));
  // Those of another account wait until it is chosen again.
  const cutOff = journal.entries.filter((entry) => !running.has(entry.id) && entry.account === account);
  if (cutOff.length === 0) return;
  const plane = await planes.get();
  for (const entry of cutOff) {
    const { published, live } = await recoverDeploy(entry, plane);
    await journal.remove(entry.id);
    logger.info(`The deploy of ${entry.title} was cut off; published: ${published ?? 'unknown'}`);
    void tell(entry.title, published, live?.version);
  }
}

async function tell(
  title: string,
  published: boolean | undefined,
  version: number | undefined,
): Promise<void> {
  if (published) {
    void showInformation(text`${title} was deployed while the window was closed.`);
    return;
  }
  const now = liveWords(published, version);
  const again = text`Deploy Again…`;
  const chosen = await showWarning(
    text`Deploying ${title} was interrupted when the window closed. ${now}`,
    again,
  );
  if (chosen === again) await vscode.commands.executeCommand(commands.deploy);
}

function liveWords(published: boolean | undefined, version: number | undefined): string {
  if (published === undefined) return text`The Apps view shows what is live now.`;
  return version ? text`Version ${version} is live as before.` : text`Nothing was published.`;
}
