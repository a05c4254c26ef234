import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Text } from '../shared/text.ts';
import { withProgress } from './shown/messages.ts';

/** A job that is done sooner shows nothing: a message that flashes by only disturbs. */
const shownAfterMs = 400;

/** Runs a job; if it takes a while, a message with a Cancel button appears, which ends the job through its signal. */
export async function withSignal<T>(title: Text, job: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const work = job(abort.signal);
  const settled = work.then(
    () => true,
    () => true,
  );
  if (await Promise.race([settled, pause(shownAfterMs, false)])) return work;
  return withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (_progress, token) => {
      const subscription = token.onCancellationRequested(() => abort.abort());
      try {
        return await work;
      } finally {
        subscription.dispose();
      }
    },
  );
}
