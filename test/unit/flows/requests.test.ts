/** Requests to endpoints: from which row or button they begin, the panel with its messages, and the answer. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commands, views } from '../../../src/contributions.ts';
import { ownTarget } from '../../../src/editor/ownTarget.ts';
import { emptyDraft } from '../../../src/domain/requestDraft.ts';
import { endpointInfoOf } from '../support/running.ts';
import type { Give } from '../support/whole/answers.ts';
import { EndpointServer } from '../support/whole/answers.ts';
import type { Started } from '../support/whole/extension.ts';
import { account, did, editor, happens, start } from '../support/whole/extension.ts';
import { chat, populate, web } from '../support/whole/scene.ts';
import type { Message, OpenTree } from '../support/whole/views.ts';

vi.mock('vscode', () => import('../support/whole/editor.ts'));
vi.mock('../../../src/modal/sdk.ts', () => import('../support/whole/account.ts'));

const patience = { timeout: 5000 };
const answer = {
  answer: 'hello',
  list: [{ a: 1 }, { a: 2 }],
  embedding: [1, 0, 0],
  nested: { deep: { x: 'needle' } },
};
let window: Started;
let server: EndpointServer;
let tree: OpenTree;
beforeEach(async () => {
  window = await start({ files: { 'photo.png': 'PNG', 'notes.txt': 'words' } });
  server = new EndpointServer();
  const url = await server.open();
  server.json('/go', answer, { 'modal-function-call-id': 'fc-1' });
  populate();
  account.details.set('ap-1', {
    appId: 'ap-1',
    functions: [{ ...web, endpoints: [{ ...web.endpoints[0]!, url }] }, chat],
  });
  tree = await window.look(views.apps);
  (await window.look(views.catalogue)).show(false);
  tree.expand('app/ap-1');
  await vi.waitFor(() => tree.row('First sample'), patience);
  await did(commands.setEndpointKey, tree.row('endpoint'), 'canary-key');
});
afterEach(() => {
  window.close();
  server.close();
});

const panel = () => editor.state.panels.at(-1)!;
const stateOf = () =>
  panel().last('answer/state')?.['state'] as
    { kind: string; explanation?: { title?: string; text?: string } } | undefined;
const until = (kind: string) => vi.waitUntil(() => stateOf()?.kind === kind, patience);
const draft = () =>
  panel().last('draft')?.['draft'] as { method: string; path: string; body: { text?: string } };
const context = () =>
  panel().webview.posted.findLast(({ type }) => type === 'context' || type === 'draft')?.['context'] as {
    entry: string;
    auth: object;
    api: { kind: string };
    files: object;
  };
const sent = () => server.asked.filter(({ path: to }) => to !== '/openapi.json');
const says = (message: Message, ...answers: readonly string[]) =>
  happens(
    async () => {
      panel().send(message);
      await new Promise((resolve) => setTimeout(resolve, 40));
    },
    ...answers,
  );

describe('a request begins', () => {
  it('at a sample, which is sent at once', async () => {
    expect(await did(commands.sendRequest, tree.row('First sample'))).toEqual(['panel: demo-app']);
    await until('done');
    expect(sent()).toMatchObject([
      { method: 'POST', path: '/go', body: expect.stringContaining('hi') as string },
    ]);
    await did(commands.openRequest, tree.row('First sample'));
    expect(sent()).toHaveLength(1);
  });

  it('at an endpoint of a bundled app, whose sample is chosen', async () => {
    expect(await did(commands.sendRequest, tree.row('endpoint'))).toEqual(['panel: demo-app']);
    await until('done');
    expect(sent()).toHaveLength(1);
  });

  it('at a row of the Catalogue', async () => {
    const catalogue = editor.state.trees.get(views.catalogue)!;
    await did(commands.sendRequest, catalogue.row('First sample'));
    await until('done');
    await did(commands.sendRequest, catalogue.row('Demo'));
    await vi.waitUntil(() => sent().length === 2, patience);
    account.apps = [];
    await did(commands.refresh);
    expect(await did(commands.sendRequest, catalogue.row('Demo'))).toEqual([
      'error: Send Test Request: Demo is not deployed. Deploy it first.',
      '  [Show Extension Log]',
    ]);
  });

  it('at a managed endpoint, as a chat that is not sent', async () => {
    account.infos.set('ep-1', endpointInfoOf());
    expect(await did(commands.sendRequest, tree.row('chat'))).toEqual(['panel: chat']);
    expect(draft()).toMatchObject({ method: 'POST', path: '/v1/chat/completions' });
    expect(JSON.parse(draft().body.text!)).toMatchObject({ model: 'Qwen/Qwen3-4B', stream: true });
    expect(stateOf()?.kind).toBe('idle');
  });

  it('at a button of a script, in the environment that is chosen', async () => {
    const button = (name: string) =>
      ownTarget({ kind: 'deployedFunction', deployedApp: 'demo-app', function: name });
    expect(await did(commands.sendRequest, button('web'))).toEqual(['panel: demo-app']);
    await until('done');
    expect(await did(commands.sendRequest, button('gone'))).toEqual([
      'error: Send Test Request: gone of demo-app has no web endpoint. Deploy it again.',
      '  [Show Extension Log]',
    ]);
    account.environments = [...account.environments, { name: 'dev', isDefault: false }];
    account.apps.push({ ...account.apps[0]!, id: 'ap-7', environment: 'dev' });
    account.details.set('ap-7', { appId: 'ap-7', functions: [web] });
    expect(
      (await did(commands.sendRequest, button('web'), undefined)).map((line) => line.replace(/:\d+/, '')),
    ).toEqual([
      'list: Send Test Request · Select an environment',
      '  main | http://127.0.0.1',
      '  dev | https://me--demo.modal.run',
    ]);
  });

  it('at an endpoint that is chosen', async () => {
    expect((await did(commands.openRequest, undefined, 'demo-app: Chat')).slice(-1)).toEqual([
      'panel: demo-app',
    ]);
    expect(await did(commands.sendRequest, undefined, undefined)).toHaveLength(3);
  });

  it('with files of the explorer, or dropped on a row', async () => {
    const file = editor.Uri.file(`${window.work}/notes.txt`);
    await happens(
      () =>
        editor.commands.executeCommand(commands.sendFile, file, [
          file,
          editor.Uri.file(`${window.work}/photo.png`),
        ]),
      'demo-app: web',
    );
    await vi.waitUntil(
      () => Object.keys((context() as { files?: object } | undefined)?.files ?? {}).length === 2,
      patience,
    );
    panel().dispose();
    const transfer = new Map([
      [
        'text/uri-list',
        { asString: () => Promise.resolve(`# list\r\n${file.toString()}\r\n`), asFile: () => undefined },
      ],
    ]);
    await happens(() => tree.drop?.handleDrop?.(tree.row('endpoint'), transfer));
    await vi.waitUntil(
      () => Object.keys((context() as { files?: object } | undefined)?.files ?? {}).length > 0,
      patience,
    );
    expect(context().files).toMatchObject({ [file.toString()]: { size: 5, problem: '' } });
    expect(await did(commands.sendFile, undefined, undefined)).toEqual([
      'open: Select a File to Send · Choose',
    ]);
    expect(await happens(() => tree.drop?.handleDrop?.(undefined, transfer))).toEqual([]);
  });
});

describe('the key of an endpoint', () => {
  it('is kept, sent and copied, and never shown', async () => {
    expect(await did(commands.copyEndpointKey, tree.row('chat'))).toEqual([
      "error: Copy Endpoint API Key: No key for chat is saved in VS Code. Modal can't show an existing key; set the one you have.",
      '  [Show Extension Log]',
    ]);
    const told = await did(commands.setEndpointKey, tree.row('endpoint'), '', 'canary-key');
    expect(told).toEqual([
      "input: API Key for demo-app · Saved in VS Code's secret storage, and sent only to this endpoint. · hidden",
      '  Enter a key.',
      'status: $(check) Key saved',
    ]);
    expect(await did(commands.setEndpointKey, tree.row('endpoint'), undefined)).toHaveLength(1);
    await did(commands.sendRequest, tree.row('First sample'));
    await until('done');
    expect(sent()[0]!.headers.authorization).toBe('Bearer canary-key');
    expect(JSON.stringify(panel().webview.posted) + panel().webview.html).not.toContain('canary-key');
    expect(await did(commands.copyEndpointKey, tree.row('endpoint'))).toEqual([
      'copied: canary-key',
      'status: $(check) Copied the API key of demo-app',
    ]);
  });
});

describe('the panel', () => {
  beforeEach(async () => {
    await did(commands.openRequest, tree.row('First sample'));
    panel().send({ type: 'ready' });
    await vi.waitUntil(() => context().api.kind !== 'reading', patience);
  });

  it('sends what was edited, and begins anew where that is wished', async () => {
    const { entry } = context();
    const edited = {
      ...emptyDraft('POST', '/go'),
      body: { kind: 'text', type: 'text/plain', text: 'edited', files: [] },
    };
    await says({ type: 'draft', entry, draft: edited });
    await says({ type: 'send' });
    await until('done');
    expect(sent().at(-1)).toMatchObject({ body: 'edited' });
    await says({ type: 'startOver' });
    expect(draft().body.text).toContain('hi');
    await says({ type: 'selectEntry', id: 'hand' });
    await says({ type: 'nonsense' });
    expect(editor.state.log.join()).toContain('The request panel sent an unknown message.');
  });

  it('is cancelled, and says why nothing came', async () => {
    server.answers.set('/go', () => undefined);
    await says({ type: 'send' });
    await until('sending');
    await says({ type: 'cancel' });
    await until('cancelled');
    server.answers.set('/go', (response) => response.destroy());
    await says({ type: 'send' });
    await until('failed');
  });

  it('asks for key and file, and forwards its buttons', async () => {
    expect(await says({ type: 'setAuth', kind: 'bearer', header: '' })).toEqual([]);
    expect((await says({ type: 'enterKey' }, 'a-key'))[0]).toMatch(/^input: API Key for demo-app/);
    expect(context().auth).toMatchObject({ kind: 'bearer', state: 'stored' });
    expect(
      await says({ type: 'chooseFile', target: { kind: 'part', name: 'file' } }, `${window.work}/notes.txt`),
    ).toEqual(['open: Select a File to Send · Choose']);
    expect((await says({ type: 'copyAs' }, 'curl')).slice(0, 1)).toEqual([
      'list: Copy Request As · Select a language',
    ]);
    expect((await happens(() => panel().send({ type: 'loadTest' }), undefined))[0]).toMatch(
      /^list: Load Test/,
    );
  });

  it('leads a log back to the request', async () => {
    await says({ type: 'send' });
    await until('done');
    expect(await did(commands.showLogRequest, { callId: 'fc-1' })).toEqual([]);
    panel().dispose();
    expect(await did(commands.showLogRequest, { callId: 'fc-1' })).toHaveLength(1);
  });
});

describe('the answer', () => {
  const get = async (give?: Give) => {
    if (give) server.answers.set('/go', give);
    await did(commands.sendRequest, tree.row('First sample'));
    await until('done');
    await happens(() => undefined);
  };
  const last = (type: string) => panel().last(type);
  const content = () => last('answer/content')?.['content'] as { tab: string };
  const text =
    (type: string, body: string | Buffer): Give =>
    (response) =>
      response.writeHead(200, { 'content-type': type }).end(body);

  it('is looked at in its tabs', async () => {
    await get();
    const tabs = (stateOf() as unknown as { tabs: string[] }).tabs;
    expect(tabs).toEqual(['summary', 'table', 'json', 'raw', 'headers']);
    for (const tab of tabs) {
      await says({ type: 'answer/select', tab });
      expect(content().tab).toBe(tab);
    }
    await says({ type: 'answer/table', selected: 0, count: 10, order: { column: 'a', descending: true } });
    expect(panel().webview.posted.filter(({ type }) => type === 'answer/content').length).toBeGreaterThan(
      tabs.length,
    );
  });

  it('is searched, opened up and copied in parts', async () => {
    await get();
    await says({ type: 'answer/expand', path: ['nested'], from: 0 });
    expect(last('answer/children')).toMatchObject({
      path: ['nested'],
      from: 0,
      rows: [{ path: ['nested', 'deep'] }],
    });
    await says({ type: 'answer/search', text: 'needle' });
    expect(last('answer/found')).toMatchObject({
      text: 'needle',
      rows: [{ path: ['nested', 'deep', 'x'] }],
      isCut: false,
    });
    await says({ type: 'answer/search', text: '' });
    expect(last('answer/found')).toMatchObject({ text: '', rows: [] });
    await says({ type: 'answer/reveal', path: ['nested', 'deep', 'x'] });
    expect(last('answer/revealed')).toMatchObject({ path: ['nested', 'deep', 'x'] });
    expect(await says({ type: 'answer/copyValue', path: ['nested', 'deep', 'x'] })).toEqual([
      'copied: needle',
      'status: $(check) Copied',
    ]);
    expect((await says({ type: 'answer/copyValue', path: ['list', 0] })).slice(0, 3)).toEqual([
      'copied: {',
      '  "a": 1',
      '}',
    ]);
    expect((await says({ type: 'answer/copyValue', path: ['gone'] }))[0]).toBe('copied: ');
    expect((await says({ type: 'answer/copyPath', path: ['list', 0, 'a'] }))[0]).toBe('copied: $.list[0].a');
    expect((await says({ type: 'answer/copy' }))[0]).toBe(`copied: ${JSON.stringify(answer)}`);
  });

  it('is opened and saved', async () => {
    await get();
    expect((await says({ type: 'answer/open' }))[0]).toMatch(/^document: modal-answer-\d+:.*\.json$/);
    const file = path.join(window.folder, 'kept.json');
    expect(await says({ type: 'answer/save' }, file)).toEqual([
      'save: Save Response · /work/answer.json',
      'written: /kept.json',
      'status: $(check) Saved kept.json',
    ]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(answer);
    expect(await happens(() => panel().send({ type: 'answer/save' }), undefined)).toHaveLength(1);
  });

  it('that is an image is drawn and saved', async () => {
    const png = Buffer.from('89504e470d0a1a0a0000', 'hex');
    await get(text('image/png', png));
    await says({ type: 'answer/select', tab: 'images' });
    expect(content()).toMatchObject({
      images: [{ type: 'image/png', source: `data:image/png;base64,${png.toString('base64')}` }],
    });
    const file = path.join(window.folder, 'kept.png');
    await says({ type: 'answer/saveImage', index: 0 }, file);
    expect(readFileSync(file)).toEqual(png);
    await says({ type: 'answer/select', tab: 'hex' });
    expect(content()).toMatchObject({ isCut: false });
    expect((await says({ type: 'answer/open' }))[0]).toMatch(/^command: vscode.open .*\.png/);
  });

  it('that comes in pieces is shown as it comes', async () => {
    server.answers.set('/go', (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"choices":[{"delta":{"content":"one "}}]}\n\n');
      setTimeout(
        () => response.end('data: {"choices":[{"delta":{"content":"two"}}]}\n\ndata: [DONE]\n\n'),
        120,
      );
    });
    await did(commands.sendRequest, tree.row('First sample'));
    await vi.waitUntil(() => last('answer/streamed'), patience);
    expect(last('answer/streamed')).toMatchObject({ number: 1, text: 'one ', count: 1 });
    await says({ type: 'answer/painted', number: 1 });
    await until('done');
    expect(content()).toMatchObject({ tab: 'stream', text: 'one two', count: 3 });
    expect((await says({ type: 'answer/copyEvent', index: 1 }))[0]).toContain('two');
    expect((await says({ type: 'answer/copyEvent', index: 99 }))[0]).toBe('copied: ');
  });

  it('leads to the log, a deploy, the key, the dashboard and the settings', async () => {
    await get();
    expect(await says({ type: 'answer/act', action: 'showLogs' })).toContain(
      'command: modalGpu.logs.focus {"preserveFocus":true}',
    );
    expect(await says({ type: 'answer/act', action: 'openDashboard' })).toEqual([
      'opened: https://modal.com/id/ap-1',
    ]);
    expect(await says({ type: 'answer/act', action: 'raiseTimeout' })).toEqual([
      'command: workbench.action.openSettings modalGpu.requests.timeoutSeconds',
    ]);
    expect(await says({ type: 'answer/act', action: 'openNetworkSettings' })).toEqual([
      'command: workbench.action.openSettings http.proxy',
    ]);
    expect(await says({ type: 'answer/act', action: 'retry' })).toEqual([]);
    expect(await says({ type: 'answer/openLink', url: 'https://example.com/' })).toEqual([
      'opened: https://example.com/',
    ]);
    expect((await says({ type: 'answer/openLink', url: 'file:///etc/passwd' }))[0]).toMatch(
      /^error: Couldn't use the response:/,
    );
  });

  it('tells what it cost and what is wrong with it', async () => {
    await get((response) =>
      response.writeHead(401, { 'content-type': 'application/json' }).end('{"detail":"no key"}'),
    );
    expect(stateOf()).toMatchObject({ head: { status: 401 }, explanation: expect.any(Object) as object });
    panel().show(false);
    panel().webview.posted.length = 0;
    panel().show();
    panel().send({ type: 'ready' });
    await vi.waitUntil(() => stateOf()?.kind === 'done', patience);
    expect(content().tab).toBe((stateOf() as unknown as { tabs: string[] }).tabs[0]);
  });
});
