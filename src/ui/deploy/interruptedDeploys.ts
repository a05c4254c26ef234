import * as vscode from 'vscode';
import { text } from '../../domain/text.ts';
import { commands } from '../../contributions.ts';
import type { JournalEntry } from '../../deploy/journal.ts';
import { recoverDeploy } from '../../deploy/recovery.ts';
import type { DeployArgument } from '../commands/deployArgument.ts';
import { deployArgument } from '../commands/deployArgument.ts';
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
  // Entries of earlier versions know only the profile.
  const accounts = [await planes.workspace(), await planes.account()];
  const running = new Set(deploys.all.map(({ id }) => id));
  // Those of another account wait until it is chosen again.
  const cutOff = journal.entries.filter(
    (entry) => !running.has(entry.id) && accounts.includes(entry.account),
  );
  if (cutOff.length === 0) return;
  const plane = await planes.get();
  for (const entry of cutOff) {
    const { published, live } = await recoverDeploy(entry, plane);
    await journal.remove(entry.id);
    logger.info(`The deploy of ${entry.title} was cut off; published: ${published ?? 'unknown'}`);
    void tell(entry, published, live?.version);
  }
}

async function tell(
  entry: JournalEntry,
  published: boolean | undefined,
  version: number | undefined,
): Promise<void> {
  const { title } = entry;
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
  if (chosen === again) await vscode.commands.executeCommand(commands.deploy, argumentOf(entry));
}

function argumentOf({ appName, environment, target }: JournalEntry): DeployArgument | undefined {
  if (!target) return appName ? deployArgument({ name: appName, environment }) : undefined;
  if (target.kind === 'bundled') return { deploy: 'bundled', id: target.id, environment };
  const uri = vscode.Uri.file(target.script).toString();
  const { variable } = target;
  return { deploy: 'script', uri, environment, ...(variable === undefined ? {} : { variable }) };
}

function liveWords(published: boolean | undefined, version: number | undefined): string {
  if (published === undefined) return text`The Apps view shows what is live now.`;
  return version ? text`Version ${version} is live as before.` : text`Nothing was published.`;
}
