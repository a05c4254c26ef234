/** The Logs panel: what is followed, and what comes of each message of its page and of each command. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commands, contextKeys, views } from '../../../src/contributions.ts';
import { findLinks } from '../../../src/domain/logLinks.ts';
import { noFilter } from '../../../src/domain/logFilter.ts';
import { defaultLook } from '../../../src/features/logs/messages.ts';
import { batchOf, chunk, done } from '../logs/support.ts';
import { endpointInfoOf } from '../support/running.ts';
import type { Started } from '../support/whole/extension.ts';
import { account, did, editor, happens, start } from '../support/whole/extension.ts';
import { populate } from '../support/whole/scene.ts';
import type { OpenTree } from '../support/whole/views.ts';
import { OpenView } from '../support/whole/views.ts';

vi.mock('vscode', () => import('../support/whole/editor.ts'));
vi.mock('../../../src/modal/sdk.ts', () => import('../support/whole/account.ts'));

const patience = { timeout: 5000 };
const focus = 'command: modalGpu.logs.focus {"preserveFocus":true}';
let window: Started;
let tree: OpenTree;
let panel: OpenView;
beforeEach(async () => {
  window = await start({ files: { 'app.py': 'import modal\napp = modal.App("demo-app")\n' } });
  populate();
  account.log = [
    batchOf(
      '1-1',
      chunk('see https://example.com/x\n', { time: 1000, functionId: 'fu-1', callId: 'fc-1' }),
      chunk('two fc-0123456789 ta-0123456789 im-0123456789 fu-0123456789\n', {
        time: 2000,
        containerId: 'ta-2',
      }),
      chunk('Traceback (most recent call last):\n  File "/root/app.py", line 2, in go\nValueError: no\n', {
        time: 3000,
        source: 'stderr',
      }),
      chunk('after\n', { time: 4000 }),
    ),
  ];
  panel = new OpenView('');
  const provider = editor.state.providers.get(views.logs) as {
    resolveWebviewView(view: OpenView): Promise<void>;
  };
  await provider.resolveWebviewView(panel);
  panel.send({ type: 'ready' });
  tree = await window.look(views.apps);
  tree.expand('app/ap-1');
  await vi.waitFor(() => tree.row('Chat'), patience);
});
afterEach(() => window.close());

interface Tab {
  readonly id: string;
  readonly title: string;
  readonly words: string;
  readonly kind: string;
}
const shownTabs = () =>
  panel.last('tabs') as unknown as {
    tabs: Tab[];
    selected: string;
    filter?: object;
    functions: object;
    streams: string[];
  };
const tabs = () => shownTabs().tabs.map(({ title, words }) => `${title} | ${words}`);
const selected = () => shownTabs().selected;
const shownTitle = () => shownTabs().tabs.find(({ id }) => id === selected())?.title;
interface Entries {
  readonly session: string;
  readonly rows: readonly {
    readonly row: number;
    readonly entry: { readonly text?: string; readonly kind: string };
  }[];
  readonly end: number;
}
const entries = () => panel.webview.posted.filter(({ type }) => type === 'entries') as unknown as Entries[];
/** A message of the page about the log that is shown. */
const says = (type: string, more: object = {}, ...answers: readonly string[]) =>
  happens(
    async () => {
      panel.send({ type, session: selected(), ...more });
      await new Promise((resolve) => setTimeout(resolve, 30));
    },
    ...answers,
  );
const follow = async (row = tree.row('demo-app')) => {
  const told = await did(commands.followLogs, row);
  // A traceback is complete a moment after its first line; the page says what it has dealt with meanwhile.
  await vi.waitUntil(() => {
    panel.send({ type: 'seen', session: selected(), number: Number(panel.last('entries')?.['number']) });
    return JSON.stringify(entries()).includes('ValueError');
  }, patience);
  return told;
};

describe('following', () => {
  it('shows the lines of an app, and shows it again when it is asked for again', async () => {
    expect(await follow()).toEqual([focus]);
    expect(tabs()).toEqual(['demo-app | Live']);
    expect(
      entries()
        .flatMap(({ rows }) => rows)
        .map(({ entry }) => entry.text?.split('\n')[0]),
    ).toEqual([
      'see https://example.com/x',
      'two fc-0123456789 ta-0123456789 im-0123456789 fu-0123456789',
      'Traceback (most recent call last):',
      'after',
    ]);
    await vi.waitUntil(() => Object.keys(shownTabs().functions).length > 0, patience);
    expect(shownTabs().functions).toEqual({ 'fu-1': 'web', 'fu-2': 'Chat' });
    await did(commands.followLogs, tree.row('idle'));
    expect(tabs()).toHaveLength(2);
    await did(commands.followLogs, tree.row('demo-app'));
    expect([tabs().length, shownTitle()]).toEqual([2, 'demo-app']);
  });

  it.each([
    ['web', 'demo-app (fu-1…)'],
    ['Chat', 'demo-app (fu-2…)'],
    ['…000001', 'demo-app (ta-000001…)'],
    ['endpoint', 'demo-app'],
  ])('is of the part that the row %s is of', async (row, title) => {
    await did(commands.followLogs, tree.row(row));
    expect(shownTitle()).toBe(title);
  });

  it('is chosen in the palette', async () => {
    expect(await did(commands.followLogs, undefined, 'idle')).toEqual([
      'list: Follow Logs · Select an app',
      '  (cloud) demo-app | main · deployed | Last deploy 2 hours ago',
      '  (cloud) idle | main · deployed | Last deploy 1 day ago',
      'command: modalGpu.logs.focus {"preserveFocus":true}',
    ]);
    expect(await did(commands.followLogs, undefined, undefined)).toHaveLength(3);
    expect(tabs()).toHaveLength(1);
  });

  it('is refused for what has no log yet', async () => {
    expect(await did(commands.followLogs, tree.row('…sb-1'))).toEqual([
      'error: Follow Logs: The sandbox sb-1 has not started yet. Try again in a moment.',
      '  [Show Extension Log]',
    ]);
    expect(await did(commands.followLogs, tree.row('chat'))).toEqual([focus]);
    expect(shownTitle()).toBe('chat (fu-8…)');
    account.infos.set('ep-1', endpointInfoOf({ appId: undefined }));
    account.endpoints = [{ ...account.endpoints[0]!, stamp: '2' }];
    await did(commands.refresh);
    await vi.waitUntil(() => account.asked.filter((name) => name === 'endpointInfo').length > 1, patience);
    await happens(() => undefined);
    expect(await did(commands.followLogs, tree.row('chat'))).toEqual([
      'error: Follow Logs: chat has no log: only dedicated endpoints have a server of their own.',
      '  [Show Extension Log]',
    ]);
  });

  it('begins anew when a log has ended', async () => {
    account.log = [...account.log, done];
    await follow();
    await vi.waitUntil(() => tabs()[0]?.includes('Ended'), patience);
    expect(tabs()).toEqual(['demo-app | Ended. The app has ended.']);
    account.log = [];
    await says('followAgain');
    await vi.waitUntil(() => tabs()[0]?.includes('Live'), patience);
    expect(tabs()).toHaveLength(1);
  });
});

describe('several logs', () => {
  it('are merged as chosen', async () => {
    expect(await did(commands.mergeLogs, undefined, ['demo-app', 'idle'])).toEqual([
      'list: Merge Logs · Choose the apps whose logs are shown together',
      '  demo-app | main · deployed',
      '  idle | main · deployed',
      'command: modalGpu.logs.focus {"preserveFocus":true}',
    ]);
    await vi.waitUntil(() => tabs().join().includes('demo-app | Live,idle | Live'), patience);
    expect(tabs()).toEqual(['demo-app | Live', 'idle | Live', 'demo-app + idle | 2 of 2 live']);
    expect(shownTabs().streams).toEqual(['demo-app', 'idle']);
    expect((await did(commands.mergeLogs, undefined, undefined)).slice(1)).toEqual([
      '  [x] demo-app | main · deployed',
      '  [x] idle | main · deployed',
    ]);
  });

  it('are one where one was chosen, and none where there are no two', async () => {
    await did(commands.mergeLogs, undefined, ['idle']);
    expect([tabs().length, shownTitle()]).toEqual([1, 'idle']);
    account.apps = account.apps.slice(0, 1);
    await did(commands.refresh);
    expect(await did(commands.mergeLogs)).toEqual([
      'error: Merge Logs: Merging logs requires at least two live apps. Deploy another app first.',
      '  [Show Extension Log]',
    ]);
  });

  it('are told apart, and closed one by one', async () => {
    await follow();
    await did(commands.followLogs, tree.row('idle'));
    expect(shownTitle()).toBe('idle');
    await says('select', { session: shownTabs().tabs[0]!.id });
    expect(shownTitle()).toBe('demo-app');
    await says('close');
    expect([tabs().length, shownTitle()]).toEqual([1, 'idle']);
    await says('close');
    expect([tabs(), selected()]).toEqual([[], '']);
    await says('close', { session: 'gone' });
    expect(await did(commands.openLogsAsDocument)).toEqual([
      'error: Open Logs as Document: No log is shown. Follow one first.',
      '  [Show Extension Log]',
    ]);
  });
});

describe('a row', () => {
  beforeEach(() => follow());
  const rowWith = (words: string) =>
    entries()
      .flatMap(({ rows }) => rows)
      .find(({ entry }) => JSON.stringify(entry).includes(words))!;
  const at = (words: string, word: string) => {
    const { row, entry } = rowWith(words);
    return { row, start: (entry.text ?? '').indexOf(word) };
  };

  it('opens its addresses, its files and the objects that it names', async () => {
    expect(await says('open', at('see', 'https'))).toEqual(['opened: https://example.com/x']);
    expect(await says('open', at('two', 'im-'))).toEqual(['opened: https://modal.com/id/im-0123456789']);
    expect(await says('open', { row: 0, start: 999 })).toEqual([]);
    const traceback =
      'Traceback (most recent call last):\n  File "/root/app.py", line 2, in go\nValueError: no';
    const [frame] = findLinks(traceback);
    const opened = await happens(async () => {
      panel.send({ type: 'open', session: selected(), row: 2, start: frame?.start });
      await vi.waitUntil(() => editor.window.activeTextEditor, patience);
    });
    expect(opened).toEqual(['document: /work/app.py line 2']);
  });

  it.each([
    ['fc-', 'callId'],
    ['ta-', 'containerId'],
    ['fu-', 'functionId'],
  ])('shows only the lines of %s when that is opened', async (word, field) => {
    await says('open', at('two', word));
    expect(shownTabs().filter).toEqual({ ...noFilter, [field]: `${word}0123456789` });
  });

  it('is copied as text and as JSON', async () => {
    const copied = await says('copy', { ranges: [[0, 1]], format: 'text' });
    expect(copied).toEqual([
      'copied: 1970-01-01T00:00:01.000Z ta-1 stdout see https://example.com/x',
      '',
      'status: $(check) Copied 1 line',
    ]);
    expect((await says('copy', { ranges: [[0, 2]], format: 'json' })).at(-1)).toBe(
      'status: $(check) Copied 2 lines',
    );
    expect(await says('copy', { ranges: [], format: 'text' })).toEqual([]);
    await did(commands.copyLogLines);
    expect(panel.last('copy')).toEqual({ type: 'copy', format: 'text' });
    await did(commands.copyLogLinesAsJson);
    expect(panel.last('copy')).toEqual({ type: 'copy', format: 'json' });
  });

  it.each([
    [commands.showOnlyLogFunction, 'functionId', 'fu-1'],
    [commands.showOnlyLogContainer, 'containerId', 'ta-2'],
    [commands.showOnlyLogCall, 'callId', 'fc-1'],
  ])('narrows the log by its menu: %s', async (command, field, id) => {
    await did(command, { [field]: id });
    expect(shownTabs().filter).toEqual({ ...noFilter, [field]: id });
    await did(command, {});
    await did(command);
    expect(shownTabs().filter).toEqual({ ...noFilter, [field]: id });
  });

  it('shows its request where the panel is still there', async () => {
    expect(await did(commands.showLogRequest, { callId: 'fc-1' })).toEqual([
      'information: The request panel for this call is no longer open. Send the request again to view it.',
    ]);
    expect(await says('showRequest', { callId: 'fc-1' })).toHaveLength(1);
  });

  it('is found by its time, and sent again when it is asked for', async () => {
    await says('goToRange', { since: 1500, until: 2500, words: '' });
    expect(panel.last('revealed')).toMatchObject({ place: 1 });
    await says('rows', { from: 0, to: 2 });
    expect(panel.last('rows')).toMatchObject({ first: 0, from: 0, rows: [{ row: 0 }, { row: 1 }] });
    await says('goToRange', { since: 9000, until: 9500, words: '' });
    expect(panel.webview.posted.filter(({ type }) => type === 'revealed')).toHaveLength(1);
  });

  it('is found again under another filter', async () => {
    const { row } = rowWith('two');
    await says('filter', { filter: { ...noFilter, text: 'two' }, number: 7, reveal: row });
    await vi.waitUntil(() => panel.last('entries')?.['filterNumber'] === 7, patience);
    expect(panel.last('entries')).toMatchObject({
      reset: true,
      revealed: panel.last('entries')?.['first'],
      rows: [{ row }],
    });
    await says('filter', { filter: { ...noFilter, text: 'see' }, number: 8, reveal: row });
    await vi.waitUntil(() => panel.last('entries')?.['filterNumber'] === 8, patience);
    expect(panel.last('entries')).not.toHaveProperty('revealed');
  });

  it.each([
    [
      'function',
      ['list: Show Only One Function · Newest first', '  web | 1 line | fu-1'],
      { functionId: 'fu-1' },
    ],
    [
      'container',
      ['list: Show Only One Container · Newest first', '  ta-1 | 3 lines', '  ta-2 | 1 line'],
      { containerId: 'ta-1' },
    ],
    ['call', ['list: Show Only One Call · Newest first', '  fc-1 | 1 line'], { callId: 'fc-1' }],
  ])('of one %s is chosen in a list', async (what, list, change) => {
    await vi.waitUntil(() => Object.keys(shownTabs().functions).length > 0, patience);
    const told = await says('pickFilter', { what }, what === 'function' ? 'web' : Object.values(change)[0]!);
    expect(told).toEqual(list);
    expect(shownTabs().filter).toEqual({ ...noFilter, ...change });
  });

  it('tells which files are in the workspace, and opens them', async () => {
    await says('locate', { files: ['/root/app.py', '/root/other.py'] });
    await vi.waitUntil(() => panel.last('located'), patience);
    expect(panel.last('located')).toMatchObject({ files: { '/root/app.py': true, '/root/other.py': false } });
  });
});

describe('the panel', () => {
  it('forwards its buttons to commands', async () => {
    expect(await says('follow', {}, 'idle')).toContain(focus);
    expect((await says('merge'))[0]).toMatch(/^list: Merge Logs/);
    expect((await says('openDocument'))[0]).toMatch(/^document: modal-log:\/idle 1.log/);
  });

  it('is filled again when it is seen again, and keeps its look', async () => {
    await follow();
    await says('look', { look: { ...defaultLook, wrap: true } });
    panel.show(false);
    panel.webview.posted.length = 0;
    await did(commands.clearLogs);
    expect(panel.webview.posted).toEqual([]);
    panel.show();
    await happens(() => undefined);
    expect(panel.last('look')).toMatchObject({ look: { wrap: true } });
    await vi.waitUntil(() => panel.last('entries'), patience);
    expect(panel.last('entries')).toMatchObject({ reset: true, rows: [] });
    const next = new OpenView('');
    panel.dispose();
    await (
      editor.state.providers.get(views.logs) as { resolveWebviewView(view: OpenView): Promise<void> }
    ).resolveWebviewView(next);
    next.send({ type: 'ready' });
    await happens(() => undefined);
    expect(next.last('look')).toMatchObject({ look: { wrap: true } });
  });

  it('counts what comes to logs that are not shown', async () => {
    await follow();
    await did(commands.followLogs, tree.row('idle'));
    const unread = () => shownTabs().tabs.map((each) => (each as unknown as { unread: number }).unread);
    expect(unread()).toEqual([0, 0]);
    await says('select', { session: shownTabs().tabs[0]!.id });
    expect(unread()[1]).toBeGreaterThanOrEqual(0);
  });

  it('understands no other message', async () => {
    await says('nonsense');
    await vi.waitUntil(() => editor.state.log.some((each) => each.includes('not understood')), patience);
  });

  it('tells the editor that keys go to it', async () => {
    await says('focus', { has: true });
    expect(editor.state.contexts.get(contextKeys.logsFocused)).toBe(true);
    panel.show(false);
    expect(editor.state.contexts.get(contextKeys.logsFocused)).toBe(false);
  });
});

describe('a log as a document', () => {
  const sections = () => {
    const document = editor.window.activeTextEditor!.document;
    const of = (name: string) =>
      editor.state.providers.get(name) as Record<string, (given: object) => unknown>;
    return { document, of };
  };

  it('has its lines with what they are, folds, an outline, and links to the workspace', async () => {
    await follow();
    expect(await did(commands.openLogsAsDocument)).toEqual(['document: modal-log:/demo-app 1.log']);
    const { document, of } = sections();
    expect(document.getText().split('\n')).toEqual([
      '# Modal logs: demo-app',
      '# Live',
      '# app=demo-app environment=main appId=ap-1',
      '# Modal keeps logs for 1 day on the Starter plan and 30 days on the Team plan.',
      '# 4 entries, times in UTC',
      '',
      '1970-01-01T00:00:01.000Z ta-1 stdout see https://example.com/x',
      '1970-01-01T00:00:02.000Z ta-2 stdout two fc-0123456789 ta-0123456789 im-0123456789 fu-0123456789',
      '1970-01-01T00:00:03.000Z ta-1 stderr Traceback (most recent call last):',
      '      File "/root/app.py", line 2, in go',
      '    ValueError: no',
      '1970-01-01T00:00:04.000Z ta-1 stdout after',
    ]);
    expect(of('folding')['provideFoldingRanges']!(document)).toMatchObject([
      { start: 8, end: 11, kind: 3 },
      { start: 8, end: 10, kind: 3 },
    ]);
    const outline = of('symbols')['provideDocumentSymbols']!(document) as Record<'name' | 'detail', string>[];
    expect(outline.map(({ name, detail }) => `${name} ${detail}`)).toEqual([
      'ta-1 1 line',
      'ta-2 1 line',
      'ta-1 4 lines',
    ]);
    const links = (await of('links')['provideDocumentLinks']!(document)) as {
      target: { path: string; fragment: string };
    }[];
    expect(
      links.map(({ target }) => `${target.path.slice(window.folder.length)}#${target.fragment}`),
    ).toEqual(['/work/app.py#L2']);
  });
});
