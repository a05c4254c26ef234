import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as vscode from 'vscode';
import type { App } from '../../../src/domain/app.ts';
import { datedRates } from '../../../src/domain/cost.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { HttpResult } from '../../../src/domain/request.ts';
import { emptyDraft } from '../../../src/domain/requestDraft.ts';
import type { RequestSpec } from '../../../src/domain/request.ts';
import type { EndpointKeys } from '../../../src/editor/endpointKeys.ts';
import { CallRegistry } from '../../../src/store/callRegistry.ts';
import type { RequestTarget } from '../../../src/features/requests/ui/requestSession.ts';
import { byHand, sampleEntry } from '../../../src/features/requests/ui/requestSession.ts';
import { RequestsController } from '../../../src/features/requests/ui/requestsController.ts';
import { appOf, endpointOf } from '../support/apps.ts';
import { elementsOf } from '../support/htmlElements.ts';
import { catalogApp } from '../support/catalogApp.ts';
import * as editor from '../support/editor.ts';
import { extensionFolder } from '../support/extensionFolder.ts';
import { httpResult } from '../support/httpResult.ts';

vi.mock('vscode', () => import('../support/editor.ts'));

let server: Server;
let url = '';
let folder = '';
/** What the endpoint was asked for. */
let asked: (string | undefined)[] = [];
let sent: {
  readonly spec: RequestSpec;
  readonly resolve: (result: HttpResult) => void;
  readonly signal: AbortSignal;
}[] = [];
let stored: Map<string, string>;
/** Of the editor, over all windows. */
let secrets: Map<string, string>;
let tested: unknown[] = [];
let deployed: RequestTarget | undefined;
let controller: RequestsController;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'panel-'));
  asked = [];
  sent = [];
  stored = new Map();
  secrets = new Map();
  tested = [];
  deployed = undefined;
  editor.views.length = 0;
  editor.typed.length = 0;
  editor.said.length = 0;
  server = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(404).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  controller = inWindow();
});
afterEach(async () => {
  controller.dispose();
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

function inWindow(): RequestsController {
  return new RequestsController(
    {
      extensionUri: editor.Uri.parse(`file://${extensionFolder()}`) as unknown as vscode.Uri,
      storage: (name: string) => path.join(folder, name),
      sender: {
        send: (spec, signal) => new Promise((resolve) => sent.push({ spec, resolve, signal })),
      },
      keys: {
        get: (name: string) => Promise.resolve(stored.get(name)),
        store: (name: string, value: string) => Promise.resolve(void stored.set(name, value)),
      } as unknown as EndpointKeys,
      secrets: {
        get: (name) => Promise.resolve(secrets.get(name)),
        store: (name, value) => Promise.resolve(void secrets.set(name, value)),
      },
      logger: silentLogger,
      facts: {
        plane: () => Promise.reject(new Error('not asked here')),
        rates: () => datedRates,
      },
      bundled: () => Promise.resolve([]),
      known: () => deployed,
      wakes: () => '',
    },
    {
      showLogs: () => undefined,
      deploy: () => undefined,
      openDashboard: () => undefined,
      loadTest: (endpoint, request) => void tested.push({ endpoint, request }),
      copyAs: () => Promise.resolve(),
      save: () => Promise.resolve(),
      calls: new CallRegistry(),
    },
  );
}

function targetOf(app: Partial<App> = {}, requiresProxyAuth = false): RequestTarget {
  return { app: appOf(app), endpoint: endpointOf({ url, requiresProxyAuth }) };
}

const until = (check: () => unknown) => vi.waitFor(check, { timeout: 9000 });

/** Drafts are written in their own time; at the end of a window at once, unless they are on their way. */
async function keptOf(appId: string): Promise<void> {
  const drafts = path.join(folder, 'drafts');
  await until(async () => {
    const files = (await readdir(drafts)).filter((name) => name.endsWith('.json'));
    const texts = await Promise.all(files.map((name) => readFile(path.join(drafts, name), 'utf8')));
    expect(texts.join('')).toContain(appId);
  });
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const stateOf = (view: editor.View | undefined) =>
  (view?.last('answer/state')?.['state'] as { kind: string } | undefined)?.kind;

describe('the page of a panel', () => {
  const firstOf = (view: editor.View | undefined) =>
    elementsOf(view?.webview.html ?? '').find(({ name }) => name === 'modal-request')?.attributes[
      'data-first'
    ];

  it('has the request from its beginning, which cannot end the element that it stands in', async () => {
    await controller.openEndpoint(targetOf());
    const text = '</script><script>alert(1)</script>';
    const draft = {
      ...emptyDraft('POST', '/x'),
      body: { kind: 'text' as const, type: 'text/plain', text, files: [] },
    };
    editor.views[0]!.received.fire({ type: 'draft', entry: byHand, draft });
    await settled();
    controller.dispose();
    await keptOf('alert');
    controller = inWindow();
    const view = new editor.View('restored');
    await editor.restore(view, { endpoint: url });
    expect(JSON.parse(firstOf(view)!)).toMatchObject([
      { type: 'draft', draft: { path: '/x', body: { text } } },
    ]);
  });

  it('shows none before another request is opened in it', async () => {
    await controller.openSpec({ method: 'GET', url: `${url}/y`, headers: {} }, 'other', {
      target: targetOf(),
    });
    expect(firstOf(editor.views[0])).toBe('[]');
    expect(editor.views[0]!.last('draft')).toMatchObject({ draft: { path: '/y' } });
  });

  it('is not made when its tab is closed while the drafts are read', async () => {
    const make = editor.window.createWebviewPanel;
    vi.spyOn(editor.window, 'createWebviewPanel').mockImplementationOnce((type, title) => {
      const view = make(type, title);
      queueMicrotask(() => view.dispose());
      return view;
    });
    await expect(controller.openEndpoint(targetOf())).rejects.toMatchObject({ kind: 'cancelled' });
    await controller.openEndpoint(targetOf());
    expect(editor.views.map(({ webview }) => webview.html !== '')).toEqual([false, true]);
  });
});

describe('the key that is entered', () => {
  it('takes the place of no answer when the user leaves the field', async () => {
    await controller.openEndpoint(targetOf({}, true));
    const [view] = editor.views;
    view!.received.fire({ type: 'send' });
    await until(() => expect(sent).toHaveLength(1));
    sent[0]!.resolve(httpResult('{}'));
    await until(() => expect(stateOf(view)).toBe('done'));
    editor.typed.push(undefined);
    view!.received.fire({ type: 'enterKey' });
    await settled();
    expect(editor.said).toEqual(['Proxy Token for demo']);
    expect(stateOf(view)).toBe('done');
    editor.typed.push('wk-a.ws-b');
    view!.received.fire({ type: 'enterKey' });
    await until(() => expect(stateOf(view)).toBe('idle'));
  });

  it('is that of the endpoint now, not one that a kept request names', async () => {
    const auth = { secretRef: 'secret/main/modal-proxy-token', header: 'Authorization', scheme: 'Bearer' };
    const spec = { method: 'GET', url: `${url}/y`, headers: {}, auth };
    void controller.openSpec(spec, 'kept', { target: targetOf({ state: 'ephemeral' }), send: true });
    await until(() => expect(sent).toHaveLength(1));
    expect(sent[0]!.spec.auth).toEqual({ ...auth, secretRef: 'run/ap-1' });
  });

  it('keeps the credentials of a request that is opened beside it, within the host', async () => {
    const headers = { 'x-token': '{{TOKEN}}' };
    await controller.openSpec(
      { method: 'GET', url: `${url}/y`, headers, secrets: { TOKEN: 'canary-1' } },
      'other',
      { target: targetOf() },
    );
    const [view] = editor.views;
    view!.received.fire({ type: 'send' });
    await until(() => expect(sent).toHaveLength(1));
    expect(sent[0]!.spec).toMatchObject({ headers, secrets: { TOKEN: 'canary-1' } });
    expect(JSON.stringify(view!.posted) + view!.webview.html).not.toContain('canary-1');
  });

  it('ends no request that is on its way', async () => {
    await controller.openEndpoint(targetOf({}, true));
    const [view] = editor.views;
    view!.received.fire({ type: 'send' });
    await until(() => expect(sent).toHaveLength(1));
    editor.typed.push('wk-a.ws-b');
    view!.received.fire({ type: 'enterKey' });
    await until(() => expect([...stored.values()]).toEqual(['wk-a.ws-b']));
    await until(() => expect(view!.last('context')?.['context']).toMatchObject({ api: { kind: 'absent' } }));
    await settled();
    expect([stateOf(view), sent[0]!.signal.aborted]).toEqual(['sending', false]);
  });

  it('is asked for nowhere where none is sent, and that is said', async () => {
    await controller.openEndpoint(targetOf());
    editor.views[0]!.received.fire({ type: 'enterKey' });
    await settled();
    expect(editor.said).toEqual([expect.stringContaining('has no authentication')]);
  });
});

describe('the panel of an endpoint', () => {
  it('is one, however often it is opened at once', async () => {
    const panels = await Promise.all([
      controller.openEndpoint(targetOf()),
      controller.openEndpoint(targetOf()),
      controller.openSpec({ method: 'GET', url: `${url}/health`, headers: {} }, 'GET /health'),
    ]);
    expect(editor.views).toHaveLength(1);
    expect(panels[0]).toBe(panels[1]);
    expect(panels[0].session.target.app.id).toBe('ap-1');
  });

  it('is the one that the window brings back', async () => {
    await controller.openEndpoint(targetOf());
    controller.dispose();
    await keptOf('ap-1');
    controller = inWindow();
    const [restored, other] = [new editor.View('restored'), new editor.View('other')];
    await Promise.all([
      editor.restore(restored, { endpoint: url }),
      controller.openEndpoint(targetOf()),
      editor.restore(other, { endpoint: `${url}/` }),
    ]);
    expect([restored.disposed, other.disposed, editor.views.length]).toEqual([false, true, 1]);
  });

  it('is made anew when the one of the last window cannot come back', async () => {
    const view = new editor.View('restored');
    const [, panel] = await Promise.all([
      editor.restore(view, { endpoint: url }),
      controller.openEndpoint(targetOf()),
    ]);
    expect([view.disposed, editor.views.length]).toEqual([true, 1]);
    editor.views[0]!.dispose();
    expect(await controller.openEndpoint(targetOf())).not.toBe(panel);
  });

  it('follows the endpoint to the app as it was deployed last', async () => {
    const panel = await controller.openEndpoint(targetOf());
    await until(() => expect(asked).toEqual(['/openapi.json']));
    await controller.openEndpoint(targetOf({ runningContainers: 1 }));
    expect(panel.session.target.app.runningContainers).toBe(1);
    await controller.openEndpoint(targetOf({ id: 'ap-2' }));
    expect(panel.session.target.app.id).toBe('ap-2');
    await until(() => expect(asked).toEqual(['/openapi.json', '/openapi.json']));
    await controller.openSpec({ method: 'GET', url: `${url}/health`, headers: {} }, 'GET /health');
    expect(panel.session.target.app.id).toBe('ap-2');
    controller.dispose();
    await keptOf('ap-2');
    controller = inWindow();
    deployed = targetOf({ id: 'ap-3' });
    await editor.restore(new editor.View('restored'), { endpoint: url });
    expect(controller.active?.session.target.app.id).toBe('ap-3');
  });
});

it('brings a credential that was typed back in the next window, and writes it nowhere', async () => {
  const canary = 'CANARYcanary0123456789';
  const draft = {
    ...emptyDraft('POST', '/x'),
    query: [{ name: 'api_key', value: canary, on: true }],
    body: { kind: 'text' as const, type: 'application/json', text: `{"password": "${canary}"`, files: [] },
  };
  await controller.openEndpoint(targetOf());
  editor.views[0]!.received.fire({ type: 'draft', entry: byHand, draft });
  await settled();
  controller.dispose();
  await keptOf('{{API_KEY}}');
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  const texts = await Promise.all(
    files.map(({ parentPath, name }) => readFile(path.join(parentPath, name), 'utf8')),
  );
  expect(texts.join('')).not.toContain(canary);
  controller = inWindow();
  await editor.restore(new editor.View('restored'), { endpoint: url });
  expect(controller.active?.session.draft).toEqual(draft);
});

it('shows the request that stays open when another cannot be opened', async () => {
  const bundled = catalogApp({ folder });
  const broken = { ...bundled.samples[0]!, body: { kind: 'json' as const, file: 'missing.json' } };
  await controller.openEndpoint(targetOf(), { ...bundled, samples: [broken] });
  const [view] = editor.views;
  const drafts = () => view!.posted.filter(({ type }) => type === 'draft');
  const before = drafts().length;
  view!.received.fire({ type: 'selectEntry', id: sampleEntry(broken) });
  await until(() => expect(stateOf(view)).toBe('failed'));
  expect(drafts()).toHaveLength(before + 1);
  expect(drafts().at(-1)).toMatchObject({ context: { entry: byHand } });
});

it('gives a load test its own request, as it is edited', async () => {
  const panel = await controller.openEndpoint(targetOf());
  panel.session.draft = emptyDraft('GET', '/edited');
  editor.views[0]!.received.fire({ type: 'loadTest' });
  await until(() => expect(tested).toHaveLength(1));
  expect(tested).toEqual([
    { endpoint: targetOf(), request: { method: 'GET', url: `${url}/edited`, headers: {} } },
  ]);
});

describe('files that are dropped together', () => {
  const uris = ['a.png', 'b.png'].map((name) => `file:///work/${name}`);

  it('become parts of a multipart body', async () => {
    const panel = await controller.openEndpoint(targetOf());
    editor.views[0]!.received.fire({ type: 'dropFiles', uris });
    await settled();
    expect(panel.session.draft).toMatchObject({
      method: 'POST',
      body: {
        parts: [
          { name: 'file', file: { name: 'a.png' } },
          { name: 'file', file: { name: 'b.png' } },
        ],
      },
    });
  });

  it('are left out aloud where there is room for one', async () => {
    const panel = await controller.openEndpoint(targetOf());
    const [view] = editor.views;
    panel.session.draft = {
      ...emptyDraft('POST', '/x'),
      body: { kind: 'text', type: 'application/json', text: '{}', files: [] },
    };
    view!.received.fire({ type: 'dropFiles', uris, target: { kind: 'json', path: ['document'] } });
    await until(() => expect(stateOf(view)).toBe('failed'));
    expect(JSON.stringify(view!.last('answer/state'))).toContain(
      'a.png was attached. Send the others separately: b.png.',
    );
    expect(JSON.stringify(panel.session.draft.body)).toContain('<a.png as base64>');
  });
});
