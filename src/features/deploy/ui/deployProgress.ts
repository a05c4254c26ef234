import * as vscode from 'vscode';
import { plain, text } from '../../../shared/text.ts';
import type { DeployRun } from '../core/deployRun.ts';
import type { DeployTracker } from './deployTracker.ts';
import { deployStatus } from './deployTracker.ts';
import { withProgress } from '../../../editor/shown/messages.ts';

/** The view whose row shows the deploy. */
export interface DeployView {
  readonly id: string;
  readonly view: Pick<vscode.TreeView<string>, 'visible' | 'onDidChangeVisibility'>;
}

/**
 * Shows that a deploy runs, where the user looks: the progress bar of the view that has its row, and a notification
 * with the stage and a cancel button only while that view is hidden.
 */
export async function withDeployProgress<T>(
  deploy: DeployRun,
  tracker: DeployTracker,
  { id, view }: DeployView,
  job: () => Promise<T>,
): Promise<T> {
  tracker.add(deploy);
  const running = job();
  const ended = running.then(
    () => undefined,
    () => undefined,
  );
  void withProgress({ location: { viewId: id } }, () => ended);
  let shown: (() => void) | undefined;
  const update = () => {
    if (view.visible) {
      shown?.();
      shown = undefined;
    } else shown ??= notify(deploy, tracker, ended);
  };
  const subscription = view.onDidChangeVisibility(update);
  update();
  try {
    return await running;
  } finally {
    subscription.dispose();
    shown?.();
    tracker.end(deploy);
  }
}

/** @returns takes the notification away */
function notify(deploy: DeployRun, tracker: DeployTracker, ended: Promise<void>): () => void {
  const { promise: closed, resolve: close } = Promise.withResolvers<undefined>();
  void withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: text`Deploying ${deploy.title}`,
      cancellable: true,
    },
    async (progress, token) => {
      const report = () => progress.report({ message: plain(deployStatus(deploy).text) });
      report();
      const changes = tracker.onDidChange(report);
      const cancels = token.onCancellationRequested(() => deploy.cancel());
      await Promise.race([closed, ended]);
      changes.dispose();
      cancels.dispose();
    },
  );
  return () => close(undefined);
}
