/** The health of an endpoint, and load tests: what is asked before anything is sent, and what is shown of it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commands, views } from '../../../src/contributions.ts';
import { ModalError } from '../../../src/domain/errors.ts';
import { EndpointServer } from '../support/whole/answers.ts';
import type { Started } from '../support/whole/extension.ts';
import { account, did, editor, happens, start } from '../support/whole/extension.ts';
import type { OpenList } from '../support/whole/questions.ts';
import { populate, web } from '../support/whole/scene.ts';
import type { Message, OpenTree } from '../support/whole/views.ts';

vi.mock('vscode', () => import('../support/whole/editor.ts'));
vi.mock('../../../src/modal/sdk.ts', () => import('../support/whole/account.ts'));

const patience = { timeout: 8000 };
let window: Started;
let server: EndpointServer;
let tree: OpenTree;
beforeEach(async () => {
  window = await start({ files: {} });
  server = new EndpointServer();
  const url = await server.open();
  server.json('/health', { status: 'ok', model: 'demo' });
  server.json('/go', { answer: 'one' });
  server.json('/', {});
  populate();
  account.details.set('ap-1', {
    appId: 'ap-1',
    functions: [{ ...web, endpoints: [{ ...web.endpoints[0]!, url }] }],
  });
  tree = await window.look(views.apps);
  tree.expand('app/ap-1');
  await vi.waitFor(() => tree.row('First sample'), patience);
  await did(commands.setEndpointKey, tree.row('endpoint'), 'a-key');
});
afterEach(() => {
  window.close();
  server.close();
});
const endpoint = () => tree.row('endpoint');
const timeless = (told: readonly string[]) =>
  told.map((line) => line.replaceAll(/\d[\d.]* m?s/g, 'TIME').replaceAll(/127\.0\.0\.1:\d+/g, 'HOST'));

describe('a health check', () => {
  let open: OpenList;
  /** Opens the list and leaves it open. */
  const keep = async (list: OpenList) => {
    open = list;
    await vi.waitUntil(() => !list.busy, patience);
  };
  const check = async (...answers: readonly (string | undefined)[]) => {
    return did(commands.checkHealth, endpoint(), keep, ...answers);
  };
  const settled = () => vi.waitUntil(() => !open.busy, patience);

  it('asks before a container starts, and tells each step', async () => {
    account.functionStats = { backlog: 0, containers: 0, runningInputs: 0 };
    account.containers = [];
    account.apps[0] = { ...account.apps[0]!, runningContainers: 0 };
    const told = await check('Start Container');
    expect(told.filter((line) => !/^list|^ {2}\(/.test(line))).toEqual([
      '',
      'warning: Start a container of demo-app in main to check its health?',
      '  No containers are running. In this app, the container that serves /health has the GPU.',
      '  GPU: T4 (16 GB), $0.59/h for each running container of web (price of 2026-10-04, before credits)',
      '  It is billed while it starts, responds, and waits to be scaled down.',
      '  [Start Container]',
    ]);
    await settled();
    expect(timeless(open.lines())).toEqual([
      '  (pass) Reachable | OK · TIME | DNS TIME (127.0.0.1), connect TIME.',
      '  (pass) Container | OK · TIME | Cold start; first response after TIME.',
      '  (pass) Response | OK · TIME | /health: HTTP 200.',
      '  (pass) Key | OK | The key was accepted.',
      '  (circle-slash) Model | unknown | Not reported by the app.',
      '  (circle-slash) Schema | unknown | No /openapi.json; use custom requests.',
    ]);
    expect(open.placeholder).toBe('No problems found. Some checks have no result.');
  });

  it('sends nothing that starts one without the answer', async () => {
    account.containers = [];
    await check(undefined);
    await settled();
    expect(server.asked.map(({ path: to }) => to)).not.toContain('/health');
  });

  it('needs no question while one runs, and is done again', async () => {
    account.functionStats = { backlog: 0, containers: 1, runningInputs: 0 };
    expect((await check()).join()).not.toContain('Start a container');
    const before = server.asked.length;
    open.press('Check Again');
    await settled();
    expect(server.asked.length).toBeGreaterThan(before);
  });

  it('offers what helps: the key, the log, a deploy', async () => {
    account.functionStats = { backlog: 0, containers: 1, runningInputs: 0 };
    server.answers.set('/health', (response) => response.writeHead(401).end());
    server.answers.set('/go', (response) => response.writeHead(401).end());
    await check();
    const line = open.lines().find((each) => each.includes('Enter: '));
    expect(timeless([line ?? ''])).toEqual([
      '  (error) Key | failed · Enter: Enter Key… | The saved key was rejected. The app rejected the key.',
    ]);
    const told = await happens(() => open.take('Key'), 'new-key', keep);
    expect(told[0]).toMatch(/^input: API Key for demo-app/);
    await settled();
    server.close();
    window.useCli('');
    open.press('Check Again');
    await settled();
    expect(open.lines()[0]).toContain('Enter: Check Again');
  });

  it('leads to the log, and to a deploy of what is stopped', async () => {
    account.functionStats = { backlog: 0, containers: 1, runningInputs: 0 };
    server.answers.set('/health', (response) => response.writeHead(400).end('no'));
    await check();
    expect(open.lines().find((line) => line.includes('Response'))).toContain('Enter: Show Logs');
    expect(await happens(() => open.take('Response'))).toContain(
      'command: modalGpu.logs.focus {"preserveFocus":true}',
    );
    server.answers.set('/health', (response) =>
      response.writeHead(404).end('modal-http: app for invoked web endpoint is stopped'),
    );
    window.useCli('');
    await check();
    expect(open.lines().find((line) => line.includes('Response'))).toContain('Enter: Deploy…');
    expect((await happens(() => open.take('Response'), undefined))[0]).toMatch(/^list: Deploy demo-app/);
  });

  it('says what failed', async () => {
    account.refuses.set('describeApp', new ModalError('offline', 'No way to Modal.'));
    await check();
    await settled();
    expect(open.lines().every((line) => line.includes('No way to Modal.'))).toBe(true);
    open.hide();
  });
});

describe('a load test', () => {
  const panel = () => editor.state.panels.at(-1)!;
  const state = () =>
    panel().last('state')?.['state'] as {
      phase: string;
      plan: string;
      request: string;
      end?: { kind: string; text: string };
      totals?: { ok: number; failed: number };
      before?: object;
      advice: Record<string, { action?: string }>;
    };
  const ended = () => vi.waitUntil(() => state().phase === 'ended', patience);
  const says = (message: Message, ...answers: readonly (string | undefined)[]) =>
    happens(() => panel().send(message), ...answers);
  const small = ['Duration', '5', 'Concurrency', '2'] as const;

  it('shows the plan, refuses what cannot be, and asks with the price before anything is sent', async () => {
    const told = await did(
      commands.loadTest,
      endpoint(),
      'Duration',
      'x',
      '5',
      'Concurrency',
      '999',
      '2',
      'Time limit',
      '1h',
      '30s',
      'Cost limit',
      'much',
      '0.50',
      'Start…',
      undefined,
    );
    expect(
      told.filter((line) => !line.startsWith('  (')).map((line) => line.replace(/^(list: .*)$/, '$1')),
    ).toEqual([
      'list: Load Test of demo-app · Select Start, or a value to change',
      'input: Duration · Number of requests (for example 500, at most 100,000) or time (for example 30s or 5m, at most 15m) · "100"',
      '  Enter a number of requests, such as 500, or a time, such as 30s or 5m.',
      'list: Load Test of demo-app · Select Start, or a value to change',
      'input: Concurrency · Concurrent connections, 1 to 200 · "10"',
      '  Enter a whole number from 1 to 200.',
      'list: Load Test of demo-app · Select Start, or a value to change',
      'input: Time Limit · Stops the test after this time, for example 30s or 5m (at most 15m) · "300s"',
      '  Enter a time, such as 30s or 5m.',
      'list: Load Test of demo-app · Select Start, or a value to change',
      'input: Cost Limit · US dollars; stops the test when its containers have cost about this much (at most 100) · "1.00"',
      '  Enter US dollars, more than 0 and at most 100.',
      'list: Load Test of demo-app · Select Start, or a value to change',
      'panel: Load Test: demo-app',
      'warning: Run a load test on demo-app in main?',
      '  Request: POST /go, 5 requests, 2 at a time',
      '  GPU: T4 (16 GB), $0.59/h for each running container of web (price of 2026-10-04, before credits)',
      '  Containers: up to 2 of web (one per concurrent request)',
      '  Worst case: $0.0295, if all of them run for the time limit of 30 s and then idle for 1 min',
      '  Cost limit: the test stops when its containers have cost about $0.50.',
      '  [Run Load Test]',
    ]);
    expect(told.slice(0, 7)).toEqual([
      'list: Load Test of demo-app · Select Start, or a value to change',
      "  (play) Start… | 100 requests, 10 at a time | You'll confirm the maximum cost first.",
      '  (globe) Request: POST /go | First sample | What each request sends',
      '  (symbol-number) Duration: 100 requests | Number of requests, or a time',
      '  (layers) Concurrency: 10 | Concurrent connections; each sends its next request after a response',
      '  (clock) Time limit: 5 min | Stops the test after this time',
      '  (credit-card) Cost limit: $1.00 | Stops the test when its containers have cost about this much',
    ]);
    expect(server.asked.filter(({ path: to }) => to === '/go')).toEqual([]);
    expect(state().phase).toBe('idle');
  });

  it('runs, is compared with the one before, and exported', async () => {
    await did(commands.loadTest, endpoint(), ...small, 'Start…', 'Run Load Test');
    await ended();
    expect(server.asked.filter(({ path: to }) => to === '/go').length).toBeGreaterThanOrEqual(5);
    expect(state()).toMatchObject({ request: 'POST /go (First sample)', end: { kind: 'good' } });
    expect(state().before).toBeUndefined();
    await says({ type: 'runAgain' }, 'Run Load Test');
    await vi.waitUntil(() => state().before !== undefined && state().phase === 'ended', patience);
    const file = path.join(window.folder, 'load.json');
    expect((await says({ type: 'exportJson' }, file))[0]).toMatch(
      /^save: Export Load Test · \/work\/load-test-demo-app-[-\d]+\.json · JSON$/,
    );
    await vi.waitFor(
      () => expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ app: 'demo-app' }),
      patience,
    );
    await happens(() => undefined);
    expect((await says({ type: 'copyMarkdown' })).at(-1)).toBe(
      'status: $(check) Copied the load test as Markdown',
    );
    expect((await did(commands.loadTest, endpoint(), undefined))[1]).toContain('5 requests, 2 at a time');
  });

  it('takes another request, typed or a sample', async () => {
    const told = await did(
      commands.loadTest,
      endpoint(),
      'Request:',
      'Other Request…',
      'GET',
      'POST /other?x=1',
      '{"a":1}',
      undefined,
    );
    expect(told.slice(7, 14)).toEqual([
      'list: Request of the Load Test · Select a sample or enter a request',
      '  (beaker) First sample | POST /go',
      '  (edit) Other Request…',
      'input: Request of the Load Test · Method and path, for example GET /hello or POST /generate · "POST /go"',
      '  Enter a method and a path, for example GET /.',
      'input: Body of Each Request · JSON. Leave empty for no body. · "{',
      '  "text": "hi"',
    ]);
  });

  it('says what is wrong, and leads to what helps', async () => {
    server.answers.set('/go', (response) => response.writeHead(500).end('broken'));
    await did(commands.loadTest, endpoint(), ...small, 'Start…', 'Run Load Test');
    await ended();
    expect(state().end).toMatchObject({ kind: 'neutral' });
    expect(Object.values(state().advice)).toMatchObject([{ action: 'showLogs' }]);
    expect(await says({ type: 'act', action: 'showLogs' })).toContain(
      'command: modalGpu.logs.focus {"preserveFocus":true}',
    );
    await says({ type: 'act', action: 'enterKey' }, 'new-key');
    await vi.waitUntil(() => [...window.stored.values()].includes('new-key'), patience);
    window.useCli('');
    expect((await says({ type: 'act', action: 'deploy' }, undefined))[0]).toMatch(/^list: Deploy demo-app/);
    expect((await says({ type: 'change' }, undefined))[0]).toMatch(/^list: Load Test of demo-app/);
    await says({ type: 'nonsense' });
    expect(editor.state.log.join()).toContain('The load test panel sent an unknown message.');
  });

  it('is stopped, by its button and with its panel', async () => {
    server.answers.set('/go', () => undefined);
    await did(commands.loadTest, endpoint(), ...small, 'Start…', 'Run Load Test');
    await vi.waitUntil(() => state().phase === 'running', patience);
    expect(await did(commands.loadTest, endpoint())).toEqual([]);
    await says({ type: 'stop' });
    await ended();
    expect(state().end).toMatchObject({ kind: 'neutral' });
    panel().dispose();
    const posted = panel().webview.posted.length;
    await says({ type: 'ready' });
    expect(panel().webview.posted).toHaveLength(posted);
  });

  it('asks for the key that is missing', async () => {
    window.stored.clear();
    const told = await did(commands.loadTest, endpoint(), ...small, 'Start…', undefined);
    expect(told.at(-1)).toMatch(/^input: API Key for demo-app/);
    expect(
      (await says({ type: 'runAgain' }, 'a-key', undefined)).filter((line) => line.startsWith('warning')),
    ).toEqual(['warning: Run a load test on demo-app in main?']);
  });
});
