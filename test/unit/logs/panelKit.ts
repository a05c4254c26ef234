/** The Logs panel around a page that the test plays. With `vi.mock('vscode', …)` of the file that uses it. */
import type * as vscode from 'vscode';
import type { Logger } from '../../../src/shared/logger.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { CallRegistry } from '../../../src/store/callRegistry.ts';
import type { ControlPlane } from '../../../src/modal/controlPlane.ts';
import type { ToHost, ToView } from '../../../src/features/logs/messages.ts';
import type { LogDocuments } from '../../../src/features/logs/ui/logDocuments.ts';
import { LogsPanel } from '../../../src/features/logs/ui/logsPanel.ts';
import type { LogHost, LogPlanes } from '../../../src/features/logs/ui/types.ts';
import { Uri } from '../support/flowEditor.ts';

export const target = { appId: 'ap-1', appName: 'demo', environment: 'main' };

const nothing = { dispose: () => undefined };

/** Planes of one account, whose way to Modal the test gives. */
export const planesOver = (getFor: (signal?: AbortSignal) => Promise<ControlPlane>): LogPlanes => ({
  get: (signal) => getFor(signal),
  account: () => Promise.resolve('me'),
  getFor: (_account, signal) => getFor(signal),
  profileOf: () => 'me',
  onDidChange: () => nothing,
  suspect: () => undefined,
});

/** A server that a log is following, without a line and without an end. */
export const quietPlane = (others: Partial<ControlPlane> = {}): ControlPlane =>
  ({
    streamLogs: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) }),
    answersOnLogs: () => Promise.resolve(),
    fetchLogs: () => Promise.resolve([]),
    countLogs: () => Promise.resolve([]),
    ...others,
  }) as unknown as ControlPlane;

export const hostOf = (): LogHost =>
  ({
    functionsOf: () => Promise.resolve([{ id: 'fu-1', tag: 'hello.*' }]),
    sourceFolders: () => Promise.resolve([]),
    calls: new CallRegistry(),
    memory: { get: () => undefined, update: () => Promise.resolve() },
  }) as unknown as LogHost;

/** A panel that can be seen, and its page, which is loaded. */
export function openPanel(planes: LogPlanes, logger: Logger = silentLogger) {
  const sent: ToView[] = [];
  let receive: (message: ToHost) => void = () => undefined;
  let changeVisibility: () => void = () => undefined;
  const shown = { isVisible: true };
  const webviewView = {
    get visible() {
      return shown.isVisible;
    },
    webview: {
      onDidReceiveMessage: (listener: typeof receive) => {
        receive = listener;
        return nothing;
      },
      postMessage: (message: ToView) => sent.push(message),
    },
    onDidChangeVisibility: (listener: () => void) => {
      changeVisibility = listener;
      return nothing;
    },
    onDidDispose: () => nothing,
  } as unknown as vscode.WebviewView;
  const documents = { open: () => Promise.resolve() } as unknown as LogDocuments;
  const panel = new LogsPanel(Uri.file('/') as never, planes, logger, documents, hostOf());
  panel.resolve(webviewView);
  return {
    panel,
    sent,
    last: <T extends ToView['type']>(type: T) =>
      sent.findLast((message): message is Extract<ToView, { type: T }> => message.type === type),
    /** The page says something. */
    receive: (message: ToHost) => receive(message),
    setVisible: (isVisible: boolean) => {
      shown.isVisible = isVisible;
      changeVisibility();
    },
  };
}
