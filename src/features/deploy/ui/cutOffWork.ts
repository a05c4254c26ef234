import * as vscode from 'vscode';
import type { Disposable } from '../../../shared/emitter.ts';
import { DisposableStore } from '../../../shared/emitter.ts';
import { text } from '../../../shared/text.ts';
import { commands } from '../../../contributions.ts';
import type { JournalEntry } from '../core/journal.ts';
import { thisOwner } from '../core/owner.ts';
import { recoverDeploy } from '../core/recovery.ts';
import type { TargetOf } from '../../../contributions.ts';
import { codeOf } from '../../../domain/target.ts';
import { runCommand } from '../../../editor/command.ts';
import type { DeployNeeds } from './needs.ts';
import { onDidChangeWindow } from '../../../editor/windowInFront.ts';
import type { TreeView } from '../../../editor/shown/surfaces.ts';
import { showInformation, showWarning } from '../../../editor/shown/messages.ts';

/** A view that somebody may look at. */
type SeenView = Pick<TreeView<string>, 'visible' | 'onDidChangeVisibility'>;

/**
 * Whenever the Catalogue or the Scripts view is seen, or the window comes to the front: learns what other windows have
 * under way, and says what became of deploys, serves and runs that the end of one has cut off.
 * @param lookAtOthers gives the work that no window sees to any more
 */
export function watchOtherWindows(
  needs: Pick<DeployNeeds, 'journal' | 'planes' | 'logger'>,
  seen: readonly SeenView[],
  lookAtOthers: () => Promise<readonly JournalEntry[]>,
): Disposable {
  let reporting: Promise<void> | undefined;
  const report = () => {
    reporting ??= recoverAll(needs, lookAtOthers)
      .catch((error: unknown) => needs.logger.warn(`Could not check interrupted deploys: ${String(error)}`))
      .finally(() => (reporting = undefined));
  };
  const disposables = new DisposableStore();
  for (const view of seen) disposables.add(view.onDidChangeVisibility(({ visible }) => visible && report()));
  const anySeen = () => seen.some(({ visible }) => visible);
  disposables.add(onDidChangeWindow((inFront) => inFront && anySeen() && report()));
  if (anySeen()) report();
  return disposables;
}

async function recoverAll(
  { journal, planes, logger }: Pick<DeployNeeds, 'journal' | 'planes' | 'logger'>,
  lookAtOthers: () => Promise<readonly JournalEntry[]>,
): Promise<void> {
  const cutOff = await lookAtOthers();
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
    const { kind = 'deploy', title } = entry;
    logger.info(`The ${kind} of ${title} was interrupted; published: ${published ?? 'unknown'}`);
    void (kind === 'deploy' ? tell(entry, published, live?.version) : tellRun(entry));
  }
}

/** A serve or run ends with its window; what could not be told on leaving is told now. */
async function tellRun({ kind, title, target }: JournalEntry): Promise<void> {
  if (kind === 'run' || target?.kind !== 'script') {
    void showInformation(text`The run of ${title} ended when its window closed.`);
    return;
  }
  const again = text`Serve Again…`;
  if ((await showInformation(text`Serving ${title} stopped when its window closed.`, again)) !== again)
    return;
  const { script, variable } = target;
  const uri = vscode.Uri.file(script).toString();
  await runCommand(commands.serveScript, {
    kind: 'script',
    uri,
    ...(variable === undefined ? {} : { variable }),
  });
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
  if (chosen === again) await runCommand(commands.deploy, targetOf(entry));
}

function targetOf({
  appName,
  environment,
  target,
}: JournalEntry): TargetOf<typeof commands.deploy> | undefined {
  if (!target) return appName ? codeOf({ name: appName, environment }) : undefined;
  if (target.kind === 'bundled') return { kind: 'codeOfBundled', id: target.id, environment };
  const uri = vscode.Uri.file(target.script).toString();
  const { variable } = target;
  return { kind: 'script', uri, environment, ...(variable === undefined ? {} : { variable }) };
}

function liveWords(published: boolean | undefined, version: number | undefined): string {
  if (published === undefined) return text`The Apps view shows what is live now.`;
  return version ? text`Version ${version} is still live.` : text`Nothing was published.`;
}
