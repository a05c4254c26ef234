import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as vscode from 'vscode';
import { noFilter } from '../../../src/domain/logFilter.ts';
import { LogSession } from '../../../src/features/logs/core/session.ts';
import type { LogsViewActions } from '../../../src/features/logs/ui/logsView.ts';
import { LogsView } from '../../../src/features/logs/ui/logsView.ts';
import type { ToView } from '../../../src/features/logs/messages.ts';
import { defaultLook } from '../../../src/features/logs/messages.ts';
import { line } from './support.ts';

// The page itself needs the editor; what is said to it does not.
vi.mock('../../../src/editor/webviewHtml.ts', () => ({ webviewHtml: () => '', webviewOptions: () => ({}) }));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const session = (id: string) => new LogSession(id, id, { words: 'Live', icon: '', bad: false });

/** The host's side of a panel that can be seen, with what it sends. */
function panel() {
  const sent: ToView[] = [];
  let receive: (message: unknown) => unknown = () => undefined;
  let changeVisibility: () => void = () => undefined;
  const shown = { isVisible: true };
  const unused = { dispose: () => undefined };
  const webviewView = {
    get visible() {
      return shown.isVisible;
    },
    webview: {
      onDidReceiveMessage: (listener: typeof receive) => {
        receive = listener;
        return unused;
      },
      postMessage: (message: ToView) => sent.push(message),
    },
    onDidChangeVisibility: (listener: () => void) => {
      changeVisibility = listener;
      return unused;
    },
    onDidDispose: () => unused,
  } as unknown as vscode.WebviewView;
  const actions = { functionsOf: () => ({}), calls: () => [], shown: () => undefined, look: defaultLook };
  const view = new LogsView(
    undefined as unknown as vscode.Uri,
    { ...actions, saveLook: () => undefined } as unknown as LogsViewActions,
  );
  view.resolve(webviewView, 'Modal Logs');
  return {
    view,
    sent,
    last: <T extends ToView['type']>(type: T) =>
      sent.findLast((message): message is Extract<ToView, { type: T }> => message.type === type),
    receive: async (message: unknown) => {
      await receive(message);
    },
    setVisible: (isVisible: boolean) => {
      shown.isVisible = isVisible;
      changeVisibility();
    },
  };
}

describe('the host of the log viewer', () => {
  it('leaves the rows where they are when the log that is shown is chosen again', async () => {
    const { view, sent, last } = panel();
    const log = session('a');
    view.add(log);
    view.select(log);
    log.buffer.add(line('one'));
    await vi.advanceTimersByTimeAsync(100);
    expect(last('entries')?.end).toBe(1);
    sent.length = 0;
    view.select(log);
    view.select(log, { callId: '' });
    await vi.advanceTimersByTimeAsync(100);
    expect(sent.filter(({ type }) => type === 'entries')).toEqual([]);
    view.select(log, { text: 'two' });
    expect(view.filter).toEqual({ ...noFilter, text: 'two' });
    await vi.advanceTimersByTimeAsync(100);
    expect(last('entries')).toMatchObject({ reset: true, rows: [] });
  });

  it('leaves the filter of a log that it does not know to the view', () => {
    const { view, last } = panel();
    const [a, b] = [session('a'), session('b')];
    for (const each of [a, b]) view.add(each);
    view.select(a, view.filterOf(a) && { callId: '' });
    expect(last('sessions')).not.toHaveProperty('filter');
    // Only what says so can be followed again.
    expect(last('sessions')?.sessions.map(({ kind }) => kind)).toEqual(['output', 'output']);
    view.changeFilter({ text: 'x' });
    view.select(b, noFilter);
    expect(last('sessions')?.filter).toEqual(noFilter);
    view.select(a, view.filterOf(a) && { callId: '' });
    expect(last('sessions')?.filter).toEqual({ ...noFilter, text: 'x' });
  });

  it('shows the look that was chosen last when it is seen again', async () => {
    const { receive, setVisible, last, sent } = panel();
    const look = { ...defaultLook, wrap: true, time: 'utc' };
    await receive({ type: 'look', look });
    setVisible(false);
    sent.length = 0;
    setVisible(true);
    expect(last('look')?.look).toEqual(look);
  });
});
