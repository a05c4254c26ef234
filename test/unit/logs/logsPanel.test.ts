/** What the panel says to its page, and what it does with what the page says. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { noFilter } from '../../../src/domain/logFilter.ts';
import { Emitter } from '../../../src/shared/emitter.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { ToHost } from '../../../src/features/logs/messages.ts';
import { defaultLook } from '../../../src/features/logs/messages.ts';
import { openPanel, planesOver, quietPlane, target } from './panelKit.ts';
import { batchOf, chunk } from './support.ts';

vi.mock('vscode', () => import('../support/flowEditor.ts'));
// The page itself needs the editor; what is said to it does not.
vi.mock('../../../src/editor/webviewHtml.ts', () => ({ webviewHtml: () => '', webviewOptions: () => ({}) }));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const output = {
  ...{ title: 'Deploy', running: 'Deploying', done: 'Done', failed: 'Failed', cancelled: 'Cancelled' },
};
const id = 'follow/ap-1//';
const other = { ...target, appId: 'ap-2', appName: 'other' };
const quiet = (others: Parameters<typeof quietPlane>[0] = {}) =>
  openPanel(planesOver(() => Promise.resolve(quietPlane(others))));
const settle = () => vi.advanceTimersByTimeAsync(100);
const filterBy = (session: string, text: string, number = 1): ToHost => ({
  ...{ type: 'filter', session, number, filter: { ...noFilter, text } },
});
const anHour = () => ({ since: Date.now() - 3_600_000, until: Date.now(), words: 'an hour' });

describe('the filter of a tab', () => {
  it('is taken from the page, and what is sent then answers that filter', async () => {
    const { panel, receive, last } = quiet();
    panel.follow(target);
    receive(filterBy(id, 'x', 5));
    await settle();
    expect(last('entries')).toMatchObject({ session: id, reset: true, filterNumber: 5 });
    expect(panel.shownLog?.filter).toEqual({ ...noFilter, text: 'x' });
    panel.dispose();
  });

  it('is left to the page as long as nobody has chosen one', async () => {
    const { panel, receive, last } = quiet();
    panel.follow(target);
    expect(last('tabs')).toMatchObject({ selected: id });
    expect(last('tabs')).not.toHaveProperty('filter');
    receive(filterBy(id, 'x'));
    panel.openOutput(output);
    expect(last('tabs')?.filter).toEqual(noFilter);
    panel.follow(target);
    expect(last('tabs')?.filter).toEqual({ ...noFilter, text: 'x' });
    await settle();
    panel.dispose();
  });

  it('is sent to the page only when the page has to take it', () => {
    const { panel, receive, last } = quiet();
    panel.follow(target);
    receive(filterBy(id, 'x'));
    const sink = panel.openOutput(output);
    panel.follow(target);
    // A status that changes must not undo what the user is typing.
    sink.end('done');
    expect(last('tabs')).not.toHaveProperty('filter');
    panel.showOnly({ functionId: 'fu-1' });
    expect(last('tabs')?.filter).toEqual({ ...noFilter, text: 'x', functionId: 'fu-1' });
    panel.dispose();
  });

  it('shows all lines of a call that is asked for, whatever was looked for before', () => {
    const { panel, receive, last } = quiet();
    panel.follow(target);
    receive(filterBy(id, 'x'));
    panel.follow({ ...target, callId: 'fc-1' });
    expect(last('tabs')?.filter).toEqual({ ...noFilter, callId: 'fc-1' });
    panel.dispose();
  });

  it('is what a time range is opened with, and what its log is loaded by', async () => {
    const asked: unknown[] = [];
    const { panel, receive, sent } = quiet({
      fetchLogs: (query) => {
        asked.push(query);
        return Promise.resolve([]);
      },
    });
    panel.follow(target);
    receive({ ...{ type: 'filter', session: id, number: 1 }, filter: { ...noFilter, source: 'stderr' } });
    receive({ type: 'openRange', session: id, ...anHour() });
    const shown = sent.find((message) => message.type === 'tabs' && message.selected === 'past/1');
    expect(shown).toMatchObject({ filter: { source: 'stderr' } });
    await settle();
    receive({ ...{ type: 'filter', session: 'past/1', number: 2 }, filter: { ...noFilter, callId: 'fc-1' } });
    await settle();
    expect(asked).toEqual([
      { appId: 'ap-1', source: 'stderr' },
      { appId: 'ap-1', callId: 'fc-1' },
    ]);
    panel.dispose();
  });

  it('has the histogram counted again when it changes the counts or what they ignore', async () => {
    const asked: unknown[] = [];
    const { panel, receive, last } = quiet({
      countLogs: (query) => {
        asked.push(query);
        return Promise.resolve([]);
      },
    });
    panel.follow(target);
    receive({ type: 'toggleHistogram', isOpen: true });
    await settle();
    receive(filterBy(id, 'x'));
    receive(filterBy(id, 'xy'));
    await settle();
    expect(asked).toEqual([{ appId: 'ap-1' }, { appId: 'ap-1' }]);
    expect(last('histogram')?.text).toBe('Counts ignore the text and level filters.');
    panel.showOnly({ containerId: 'ta-1' });
    await settle();
    expect(asked.at(-1)).toEqual({ appId: 'ap-1', containerId: 'ta-1' });
    panel.dispose();
  });
});

describe('the tabs of the panel', () => {
  it('leave the rows where they are when the one that is shown is chosen again', async () => {
    const { panel, sent, last } = quiet();
    const sink = panel.openOutput(output);
    sink.append('one', 'stdout');
    await settle();
    expect(last('entries')?.end).toBe(1);
    sent.length = 0;
    sink.select();
    panel.showOnly({ callId: '' });
    await settle();
    expect(sent.filter(({ type }) => type === 'entries')).toEqual([]);
    panel.showOnly({ text: 'two' });
    await settle();
    expect(last('entries')).toMatchObject({ reset: true, rows: [] });
    panel.dispose();
  });

  it('show the neighbour of one that is closed, and count what came to the others', async () => {
    const { panel, receive, last } = quiet();
    panel.follow(target);
    const sink = panel.openOutput(output);
    sink.append('zero, which is seen', 'stdout');
    panel.follow(other);
    sink.append('one', 'stdout');
    sink.append('two', 'stdout');
    await vi.advanceTimersByTimeAsync(1100);
    expect(last('tabs')?.tabs.map(({ id: tab, unread }) => [tab, unread])).toEqual([
      ['follow/ap-1//', 0],
      ['build/1', 2],
      ['follow/ap-2//', 0],
    ]);
    receive({ type: 'close', session: 'follow/ap-2//' });
    expect(last('tabs')).toMatchObject({ selected: 'build/1' });
    expect(last('tabs')?.tabs.map(({ unread }) => unread)).toEqual([0, 0]);
    // What the page says of one that is gone is too late.
    receive({ type: 'select', session: 'follow/ap-2//' });
    expect(last('tabs')).toMatchObject({ selected: 'build/1' });
    panel.dispose();
  });

  it('say in which other profile a log is followed, once another account is in use', async () => {
    let account = 'me';
    const changed = new Emitter<void>();
    const planes = planesOver(() => Promise.resolve(quietPlane()));
    const { panel, last } = openPanel({
      ...planes,
      account: () => Promise.resolve(account),
      profileOf: (of) => `of ${of}`,
      onDidChange: changed.event,
    });
    const words = () => last('tabs')?.tabs.map((tab) => tab.words);
    panel.follow(target);
    await settle();
    expect(words()).toEqual(['Connecting']);
    account = 'you';
    changed.fire();
    await settle();
    expect(words()).toEqual(['Connecting · profile of me']);
    panel.follow(other);
    await settle();
    expect(words()).toEqual(['Connecting · profile of me', 'Connecting']);
    panel.dispose();
  });

  it('know the functions of every app in a merged log', async () => {
    const { panel, last } = quiet();
    panel.followMerged([target, other]);
    await settle();
    expect(last('tabs')).toMatchObject({ streams: ['demo', 'other'], functions: { 'fu-1': 'hello' } });
    expect(panel.followedApps).toEqual(['ap-1', 'ap-2']);
    expect(panel.shownLog).toBeUndefined();
    panel.dispose();
  });
});

describe('earlier logs', () => {
  it('are offered for a log that is followed, and not for the output of a command', () => {
    const { panel, last } = quiet();
    panel.follow(target);
    expect(last('earlier')).toMatchObject({ session: id, logs: { older: { kind: 'more' } } });
    panel.openOutput(output);
    expect(last('earlier')).toMatchObject({ session: 'build/1' });
    expect(last('earlier')).not.toHaveProperty('logs');
    panel.dispose();
  });

  it('of a time range are in a tab that says how many lines it has, and when they are too many', async () => {
    const many = { since: Date.now() - 60_000, until: Date.now(), stdout: 200_001, stderr: 0, system: 0 };
    const lines = [chunk('one\n', { time: Date.now() - 90_000 })];
    const { panel, receive, last } = quiet({
      countLogs: () => Promise.resolve([many]),
      fetchLogs: () => Promise.resolve([batchOf('', ...lines)]),
    });
    panel.follow(target);
    receive({ type: 'openRange', session: id, ...anHour() });
    await settle();
    expect(last('tabs')?.tabs.at(-1)).toMatchObject({ title: 'demo an hour', kind: 'range' });
    expect(last('tabs')?.tabs.at(-1)?.words).toBe('1 line loaded');
    expect(last('earlier')?.logs?.note).toBe(
      'The range has 200,001 lines; only 200,000 can be shown. Download it to read all.',
    );
    receive({ type: 'backToLive', session: 'past/1' });
    expect(last('tabs')).toMatchObject({ selected: id });
    panel.dispose();
  });

  it('are scrolled to where they are loaded, and opened where they are not', async () => {
    const time = Date.now();
    const batches = [batchOf('', chunk('old\n', { time: time - 60_000 }), chunk('new\n', { time }))];
    const stream = async function* () {
      yield* batches;
      await new Promise(() => undefined);
    };
    const { panel, receive, last } = quiet({ streamLogs: stream as never });
    panel.follow(target);
    await settle();
    receive({ ...{ type: 'goToRange', session: id, words: '' }, since: time, until: time + 1000 });
    expect(last('revealed')).toMatchObject({ session: id, place: 1 });
    receive({ ...{ type: 'goToRange', session: id }, ...anHour() });
    expect(last('tabs')).toMatchObject({ selected: 'past/1' });
    panel.dispose();
  });

  it('that Modal does not keep for so long are refused in the picker', () => {
    const { panel, receive, last } = quiet();
    panel.follow(target);
    receive({ ...{ type: 'openRange', session: id, words: '' }, since: 0, until: 1000 });
    expect(last('rangeProblem')).toMatchObject({ session: id, field: 'from' });
    expect(last('tabs')?.tabs).toHaveLength(1);
    panel.dispose();
  });

  it('are loaded no longer once their tab is closed', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const { panel, receive } = quiet({
      streamLogs: async function* () {
        yield batchOf('', chunk('new\n', { time: Date.now() }));
        await new Promise(() => undefined);
      } as never,
      fetchLogs: (_query, _range, _limit, signal) => {
        signals.push(signal);
        return new Promise(() => undefined);
      },
    });
    panel.follow(target);
    await settle();
    receive({ type: 'loadOlder', session: id });
    await settle();
    expect(signals.map((signal) => signal?.aborted)).toEqual([false]);
    receive({ type: 'close', session: id });
    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
    panel.dispose();
  });

  it('of which nobody knows the last deploy say so', async () => {
    const { panel, receive, last } = quiet({ findDeployedApp: () => Promise.resolve(undefined) });
    panel.follow(target);
    receive({ type: 'findLastDeploy', session: id });
    await settle();
    expect(last('deployed')?.problem).toBe(
      'Modal does not say when this app was deployed. Enter a time instead.',
    );
    panel.dispose();
  });
});

describe('the page of the panel', () => {
  it('is sent everything again when it is loaded, and its filters count from the start', async () => {
    const { panel, receive, sent, last } = quiet();
    panel.follow(target);
    receive(filterBy(id, 'x', 9));
    await settle();
    sent.length = 0;
    receive({ type: 'ready' });
    await settle();
    expect(sent.map(({ type }) => type)).toEqual(['look', 'tabs', 'earlier', 'entries']);
    expect(last('tabs')?.filter).toEqual({ ...noFilter, text: 'x' });
    expect(last('entries')).toMatchObject({ reset: true, filterNumber: 0 });
    panel.dispose();
  });

  it('has the look that was chosen last when it is seen again', () => {
    const { panel, receive, setVisible, last, sent } = quiet();
    const look = { ...defaultLook, wrap: true, time: 'utc' } as const;
    receive({ type: 'look', look });
    setVisible(false);
    sent.length = 0;
    setVisible(true);
    expect(last('look')?.look).toEqual(look);
    panel.dispose();
  });

  it('opens the picker of a time range once it is loaded', () => {
    const { panel, receive, sent } = quiet();
    panel.openRangePicker();
    expect(sent.filter(({ type }) => type === 'openRangePicker')).toEqual([]);
    receive({ type: 'ready' });
    receive({ type: 'ready' });
    expect(sent.filter(({ type }) => type === 'openRangePicker')).toHaveLength(1);
    panel.openRangePicker();
    expect(sent.filter(({ type }) => type === 'openRangePicker')).toHaveLength(2);
    panel.dispose();
  });

  it('is not obeyed where what it says is not understood', () => {
    const warned: string[] = [];
    const logger = { ...silentLogger, warn: (message: string) => void warned.push(message) };
    const { panel, receive } = openPanel(
      planesOver(() => Promise.resolve(quietPlane())),
      logger,
    );
    receive({ type: 'close' } as ToHost);
    receive({ type: 'past/live', session: id } as unknown as ToHost);
    expect(warned).toHaveLength(2);
    panel.dispose();
  });
});
