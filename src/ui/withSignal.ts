import * as vscode from 'vscode';

/** Shows a message with a Cancel button while a job runs; the button ends the job through its signal. */
export function withSignal<T>(title: string, job: (signal: AbortSignal) => Promise<T>): Thenable<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (_progress, token) => {
      const abort = new AbortController();
      const subscription = token.onCancellationRequested(() => abort.abort());
      try {
        return await job(abort.signal);
      } finally {
        subscription.dispose();
      }
    },
  );
}
