/** The past of a log: ranges in tabs of their own, the histogram, and the log as a file. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commands, views } from '../../../src/contributions.ts';
import { ModalError } from '../../../src/domain/errors.ts';
import { noFilter } from '../../../src/domain/logFilter.ts';
import { batchOf, chunk } from '../logs/support.ts';
import type { Started } from '../support/whole/extension.ts';
import { account, did, editor, happens, start } from '../support/whole/extension.ts';
import { hour, populate } from '../support/whole/scene.ts';
import type { OpenTree } from '../support/whole/views.ts';
import { OpenView } from '../support/whole/views.ts';

vi.mock('vscode', () => import('../support/whole/editor.ts'));
vi.mock('../../../src/modal/sdk.ts', () => import('../support/whole/account.ts'));

const patience = { timeout: 5000 };
const now = Date.now();
let window: Started;
let tree: OpenTree;
let panel: OpenView;
beforeEach(async () => {
  window = await start({ files: {} });
  populate();
  account.past = [batchOf('1-1', chunk('old\n', { time: now - 2 * hour }))];
  account.counts = [{ since: now - 2 * hour, until: now - hour, stdout: 3, stderr: 1, system: 0 }];
  panel = new OpenView('');
  const provider = editor.state.providers.get(views.logs) as {
    resolveWebviewView(view: OpenView): Promise<void>;
  };
  await provider.resolveWebviewView(panel);
  panel.send({ type: 'ready' });
  tree = await window.look(views.apps);
});
afterEach(() => window.close());

const shownTabs = () =>
  panel.last('tabs') as unknown as {
    tabs: { id: string; title: string; words: string; kind: string }[];
    selected: string;
  };
const tabs = () => shownTabs().tabs.map(({ title, words }) => `${title} | ${words}`);
const says = (type: string, more: object = {}) =>
  happens(async () => {
    panel.send({ type, session: shownTabs().selected, ...more });
    await new Promise((resolve) => setTimeout(resolve, 30));
  });
const until = (type: string, fits: (message: Record<string, unknown>) => boolean) =>
  vi.waitUntil(() => {
    const last = panel.last(type);
    return last && fits(last) ? last : undefined;
  }, patience);
/** What the page is told of the earlier logs of the tab that is shown. */
const earlier = (fits: (logs: Record<string, unknown>) => boolean) =>
  until('earlier', ({ logs }) => logs !== undefined && fits(logs as Record<string, unknown>));
const follow = () => did(commands.followLogs, tree.row('demo-app'));
const range = { since: now - 3 * hour, until: now - hour, words: 'yesterday' };

describe('a range of the past', () => {
  it('opens in a tab of its own, and goes back to live', async () => {
    await follow();
    await says('openRange', range);
    await until('tabs', () => /no container.*1 line/.test(tabs().join()));
    expect(tabs()).toEqual([
      'demo-app | Live, no container is running',
      'demo-app yesterday | 1 line loaded',
    ]);
    expect(await earlier((logs) => logs['range'] !== undefined)).toMatchObject({
      session: 'past/1',
      logs: { range: { since: range.since, until: range.until }, older: { kind: 'start' } },
    });
    expect(await until('entries', ({ session }) => session === 'past/1')).toMatchObject({ total: 1 });
    await says('backToLive');
    expect(shownTabs().selected).toBe('follow/ap-1//');
  });

  it('is loaded above what came, once the log is connected', async () => {
    account.log = [batchOf('1-1', chunk('new\n', { time: now }))];
    await follow();
    await until('entries', ({ rows }) => JSON.stringify(rows).includes('new'));
    await says('loadOlder');
    await until('entries', () => {
      panel.send({
        type: 'seen',
        session: shownTabs().selected,
        number: Number(panel.last('entries')?.['number']),
      });
      return JSON.stringify(panel.webview.posted).includes('"text":"old"');
    });
    await until('entries', ({ total }) => total === 2);
  });

  it('is refused where it cannot be', async () => {
    await follow();
    await says('openRange', { ...range, since: range.until, until: range.since });
    expect(panel.last('rangeProblem')).toMatchObject({
      field: 'to',
      problem: expect.stringMatching(/./) as string,
    });
    expect(tabs()).toHaveLength(1);
  });

  it('says that it has more lines than fit', async () => {
    account.counts = [{ since: now - 2 * hour, until: now - hour, stdout: 300_000, stderr: 0, system: 0 }];
    await follow();
    await says('openRange', range);
    expect(await earlier((logs) => logs['note'] !== '')).toMatchObject({
      logs: { note: 'The range has 300,000 lines; only 200,000 can be shown. Download it to read all.' },
    });
  });

  it('says why it cannot be read', async () => {
    account.refuses.set('fetchLogs', new ModalError('unsupported', 'This server has no past.'));
    await follow();
    await says('openRange', range);
    await until('tabs', () => tabs().join().includes('no past'));
    expect(tabs()[1]).toBe('demo-app yesterday | 0 lines loaded. This server has no past.');
  });

  it('is shown in the log where that holds it', async () => {
    account.log = [
      batchOf('1-1', chunk('one\n', { time: now - 4 * hour }), chunk('two\n', { time: now - 2 * hour })),
    ];
    await follow();
    await until('entries', ({ end }) => Number(end) > 1);
    await says('goToRange', range);
    expect(panel.last('revealed')).toMatchObject({ place: 1 });
    await says('goToRange', { ...range, since: now - 10 * hour, until: now - 9 * hour });
    expect(tabs()).toHaveLength(2);
  });

  it('is narrowed by a filter, which is asked of the server', async () => {
    await follow();
    await says('toggleHistogram', { isOpen: true });
    await until('histogram', ({ kind }) => kind === 'ready');
    const before = account.asked.filter((name) => name === 'countLogs').length;
    await says('filter', { number: 1, filter: { ...noFilter, containerId: 'ta-1' } });
    expect(account.asked.filter((name) => name === 'countLogs').length).toBe(before + 1);
    await says('filter', { number: 1, filter: { ...noFilter, containerId: 'ta-1' } });
    expect(account.asked.filter((name) => name === 'countLogs').length).toBe(before + 1);
    await says('filter', { number: 1, filter: { ...noFilter, containerId: 'ta-1', text: 'x' } });
    expect(await until('histogram', ({ text }) => text !== '')).toMatchObject({
      text: 'Counts ignore the text and level filters.',
    });
  });

  it('begins at the last deploy', async () => {
    await follow();
    await says('findLastDeploy');
    expect(await until('deployed', () => true)).toMatchObject({
      at: account.apps[0]!.deployedAt,
      problem: '',
    });
    account.apps = [];
    await says('findLastDeploy');
    expect(await until('deployed', ({ problem }) => problem !== '')).toMatchObject({
      problem: 'Modal does not say when this app was deployed. Enter a time instead.',
    });
  });

  it('is chosen in a list that opens in the panel', async () => {
    expect(await did(commands.showLogRange)).toEqual(['command: modalGpu.logs.focus']);
    expect(panel.last('openRangePicker')).toBeDefined();
    panel.show(false);
    panel.webview.posted.length = 0;
    await did(commands.showLogRange);
    expect(panel.last('openRangePicker')).toBeUndefined();
    panel.show();
    panel.send({ type: 'ready' });
    await until('openRangePicker', () => true);
  });
});

describe('the histogram', () => {
  it('counts while it is seen', async () => {
    await follow();
    expect(panel.last('histogram')).toBeUndefined();
    await says('toggleHistogram', { isOpen: true });
    expect(await until('histogram', ({ kind }) => kind === 'ready')).toMatchObject({
      session: 'follow/ap-1//',
      text: '',
    });
    expect(panel.last('earlier')).toMatchObject({ isHistogramOpen: true });
    account.refuses.set('countLogs', new ModalError('timeout', 'No answer.'));
    await says('toggleHistogram', { isOpen: false });
    await says('toggleHistogram', { isOpen: true });
    expect(await until('histogram', ({ kind }) => kind === 'failed')).toMatchObject({
      text: 'No answer.',
    });
    account.refuses.set('countLogs', new ModalError('unsupported', 'No.'));
    await says('toggleHistogram', { isOpen: false });
    await says('toggleHistogram', { isOpen: true });
    expect(await until('histogram', ({ kind }) => kind === 'unsupported')).toMatchObject({
      text: 'This Modal server does not count log lines, so there is no histogram.',
    });
  });
});

describe('a download', () => {
  const file = () => path.join(window.folder, 'saved.log');
  const dated = (told: readonly string[]) =>
    told.map((line) => line.replaceAll(/\d{4}-\d\d-\d\d[ T]\d\d:?\d\d/g, 'DATE'));

  it('asks for range, format and file, and saves the lines', async () => {
    const told = await did(
      commands.downloadLogs,
      tree.row('demo-app'),
      'Last 6 hours',
      'Plain Text',
      file(),
      'Open',
    );
    expect(dated(told)).toEqual([
      'list: Download Logs of demo-app · Choose a time range. Modal keeps logs for 1 day on the Starter plan and 30 days on the Team plan.',
      '  (history) Last 15 minutes | since DATE',
      '  (history) Last hour | since DATE',
      '  (history) Last 6 hours | since DATE',
      '  (history) Last 24 hours | since DATE',
      '  (history) Last 7 days | since DATE',
      '  (rocket) Since the last deploy',
      '  (calendar) Other range… | from and to',
      'list: Download Logs of demo-app · Choose a format',
      '  (file-text) Plain Text | .log | Time, container, source and text of each entry',
      '  (json) JSON Lines | .jsonl | Every field of each entry, one object on a line',
      'save: Download Logs of demo-app · /work/demo-app-DATE.log · Plain Text',
      'information: Saved 1 line to saved.log.',
      '  [Open] [Reveal]',
      'command: vscode.open file:///saved.log',
    ]);
    expect(readFileSync(file(), 'utf8')).toContain('old');
  });

  it('begins with what the panel shows', async () => {
    await follow();
    await says('openRange', range);
    await says('filter', { number: 1, filter: { ...noFilter, text: 'old' } });
    const told = await did(
      commands.downloadLogs,
      undefined,
      'The range shown',
      'Lines that match the current filter',
      'JSON Lines',
      file(),
      'Reveal',
    );
    expect(dated(told.slice(-12))).toEqual([
      '  (rocket) Since the last deploy',
      '  (calendar) Other range… | from and to',
      'list: Download Logs of demo-app · Choose which lines',
      '  (filter) Lines that match the current filter | text=old',
      '  (list-flat) All lines',
      'list: Download Logs of demo-app · Choose a format',
      '  (file-text) Plain Text | .log | Time, container, source and text of each entry',
      '  (json) JSON Lines | .jsonl | Every field of each entry, one object on a line',
      'save: Download Logs of demo-app · /work/demo-app-DATE.jsonl · JSON Lines',
      'information: Saved 1 line to saved.log.',
      '  [Open] [Reveal]',
      'command: revealFileInOS file:///saved.log',
    ]);
    expect(JSON.parse(readFileSync(file(), 'utf8').trim().split('\n').at(-1)!)).toMatchObject({
      text: 'old',
    });
    account.past = [];
    expect(
      (
        await did(commands.downloadLogs, undefined, 'Last hour', 'All lines', 'Plain Text', file(), undefined)
      ).slice(-2),
    ).toEqual([
      'information: No lines match in this range. saved.log holds only the query.',
      '  [Open] [Reveal]',
    ]);
  });

  it('takes other ranges, and refuses those that cannot be', async () => {
    const told = await did(
      commands.downloadLogs,
      tree.row('web'),
      'Other range',
      'nonsense',
      '-3h',
      '-5h',
      'now',
      undefined,
    );
    expect(dated(told.slice(-8)).map((line) => line.replace(/times are in \S+/, 'ZONE'))).toEqual([
      '  (calendar) Other range… | from and to',
      'input: Download Logs of demo-app fu-1 · From (DATE, 13:05, -2h or now; ZONE · "-2h"',
      '  This is not a time. Write it as DATE, 13:05, -2h or now.',
      'input: Download Logs of demo-app fu-1 · To (DATE, 13:05, -2h or now; ZONE · "now"',
      '  The end is not after the beginning. Enter a later time.',
      'list: Download Logs of demo-app fu-1 · Choose a format',
      '  (file-text) Plain Text | .log | Time, container, source and text of each entry',
      '  (json) JSON Lines | .jsonl | Every field of each entry, one object on a line',
    ]);
    expect(
      (
        await did(
          commands.downloadLogs,
          tree.row('demo-app'),
          'Since the last deploy',
          'Plain Text',
          undefined,
        )
      ).at(-1),
    ).toMatch(/^save: /);
    account.apps = [];
    expect((await did(commands.downloadLogs, tree.row('idle'), 'Since the last deploy')).slice(-2)).toEqual([
      'error: Download Logs: Modal does not say when this app was deployed. Choose another range.',
      '  [Show Extension Log]',
    ]);
  });

  it('is given up at each question', async () => {
    for (const answers of [
      [],
      ['Other range'],
      ['Other range', '-2h'],
      ['Last hour'],
      ['Last hour', 'Plain Text'],
    ])
      expect(
        (await did(commands.downloadLogs, tree.row('demo-app'), ...answers, undefined)).join(),
      ).not.toContain('Saved');
    expect(await did(commands.downloadLogs, undefined, undefined)).toHaveLength(3);
  });

  it('says in a remote window only what can be done there', async () => {
    editor.env.remoteName = 'ssh';
    const told = await did(
      commands.downloadLogs,
      tree.row('demo-app'),
      'Last hour',
      'Plain Text',
      file(),
      undefined,
    );
    editor.env.remoteName = undefined;
    expect(told.at(-1)).toBe('  [Open]');
    account.refuses.set('countLogs', new ModalError('timeout', 'No answer.'));
    expect(
      (await did(commands.downloadLogs, tree.row('demo-app'), 'Last hour', 'Plain Text', file())).slice(-2),
    ).toEqual(['error: Download Logs: No answer.', '  [Show Extension Log]']);
  });
});
