import * as vscode from 'vscode';
import { text } from '../../domain/text.ts';
import { commands } from '../../contributions.ts';
import type { JournalEntry } from '../../deploy/journal.ts';
import { isAlive, thisOwner } from '../../deploy/owner.ts';
import { recoverDeploy } from '../../deploy/recovery.ts';
import type { DeployArgument } from '../commands/deployArgument.ts';
import { deployArgument } from '../commands/deployArgument.ts';
import type { Services } from '../commands/services.ts';
import { showInformation, showWarning } from '../../platform/shown/messages.ts';

/** Whenever the Catalogue is seen: says what became of deploys that the end of another window has cut off. */
export function reportInterruptedDeploys(services: Services): vscode.Disposable {
  const { view } = services.catalogueView;
  let reporting: Promise<void> | undefined;
  const report = () => {
    reporting ??= recoverAll(services)
      .catch((error: unknown) =>
        services.logger.warn(`Interrupted deploys cannot be looked at: ${String(error)}`),
      )
      .finally(() => (reporting = undefined));
  };
  const subscription = view.onDidChangeVisibility(({ visible }) => visible && report());
  if (view.visible) report();
  return subscription;
}

async function recoverAll(services: Services): Promise<void> {
  const { journal, planes, logger } = services;
  const cutOff = await withoutOwner(services);
  if (cutOff.length === 0) return;
  // Entries of earlier versions know only the profile.
  const accounts = [await planes.workspace(), await planes.account()];
  const plane = await planes.get();
  const owner = await thisOwner();
  for (const entry of cutOff) {
    // Those of another account wait until it is chosen again.
    if (!accounts.includes(entry.account) || !(await journal.take(entry, owner))) continue;
    const { published, live } = await recoverDeploy(entry, plane);
    await journal.remove(entry.id);
    logger.info(`The deploy of ${entry.title} was cut off; published: ${published ?? 'unknown'}`);
    void tell(entry, published, live?.version);
  }
}

/** Deploys that no window sees to any more. One that runs in another window is its own. */
async function withoutOwner({ journal, deploys }: Services): Promise<JournalEntry[]> {
  const running = new Set(deploys.all.map(({ id }) => id));
  const self = await thisOwner();
  const others = (await journal.entries()).filter(({ id }) => !running.has(id));
  const cutOff: JournalEntry[] = [];
  for (const entry of others) {
    const { owner } = entry;
    // What this window took and could not recover, e.g. offline, is tried again.
    const isOwn = owner?.pid === self.pid && owner.began === self.began;
    if (!owner || isOwn || !(await isAlive(owner, entry.startedAt))) cutOff.push(entry);
  }
  return cutOff;
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
