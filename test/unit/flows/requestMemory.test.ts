/** What stays of requests: the history, saved requests, answers beside each other, and .http files in the editor. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commands, views } from '../../../src/contributions.ts';
import { EndpointServer } from '../support/whole/answers.ts';
import { documents } from '../support/whole/documents.ts';
import type { Started } from '../support/whole/extension.ts';
import { account, did, editor, happens, start } from '../support/whole/extension.ts';
import type { OpenList } from '../support/whole/questions.ts';
import { populate, web } from '../support/whole/scene.ts';
import type { OpenTree } from '../support/whole/views.ts';

vi.mock('vscode', () => import('../support/whole/editor.ts'));
vi.mock('../../../src/modal/sdk.ts', () => import('../support/whole/account.ts'));

const patience = { timeout: 5000 };
let window: Started;
let server: EndpointServer;
let tree: OpenTree;
let url: string;
beforeEach(async () => {
  window = await start({ files: { 'a.py': '' } });
  server = new EndpointServer();
  url = await server.open();
  server.json('/go', { answer: 'one' });
  server.json('/other', { answer: 'other' });
  populate();
  account.details.set('ap-1', {
    appId: 'ap-1',
    functions: [{ ...web, endpoints: [{ ...web.endpoints[0]!, url }] }],
  });
  tree = await window.look(views.apps);
  tree.expand('app/ap-1');
  await vi.waitFor(() => tree.row('First sample'), patience);
  await did(commands.setEndpointKey, tree.row('endpoint'), 'canary-key');
});
afterEach(() => {
  window.close();
  server.close();
});

const panel = () => editor.state.panels.at(-1)!;
const until = (kind: string) =>
  vi.waitUntil(
    () => (panel().last('answer/state')?.['state'] as { kind: string } | undefined)?.kind === kind,
    patience,
  );
const send = async () => {
  const before = server.asked.length;
  await did(commands.sendRequest, tree.row('First sample'));
  await vi.waitUntil(() => server.asked.length > before, patience);
  await until('done');
  await happens(() => undefined);
};
const plain = (told: readonly string[]) =>
  told.map((line) =>
    line
      .replaceAll(/\d+:\d\d:\d\d/g, 'TIME')
      .replaceAll(/\d[\d.]* ms/g, 'N ms')
      .replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
      .replaceAll(/modal-answer:\S+/g, 'ANSWER')
      .replace(/ · (≈|less than) \$[\d.]+/, ''),
  );
const asked = () => server.asked.filter(({ path }) => path !== '/openapi.json');

describe('the history', () => {
  it('lists what was sent, and opens it', async () => {
    expect(await did(commands.showRequestHistory)).toEqual([
      'error: Show Request History: No requests have been sent in this workspace yet. Send one to an endpoint.',
      '  [Show Extension Log]',
    ]);
    await send();
    expect(plain(await did(commands.showRequestHistory, undefined, 'POST /go'))).toEqual([
      'list: Request History · Select a request to open',
      '  -- Today',
      '  $(pass) 200 OK  POST /go | TIME · demo-app · main · v3 | N ms · 16 B',
    ]);
    expect(asked()).toHaveLength(1);
    expect(panel().last('draft')).toMatchObject({ draft: { path: '/go' } });
  });

  it.each<readonly [string, (string | undefined)[], string[]]>([
    ['Send Again', [], []],
    ['Show Response', [], ['document: ANSWER go.jsonc']],
    [
      'Save as .http…',
      ['mine', undefined],
      [
        'written: /work/.modal/requests/demo-app.http',
        'information: Saved "mine" in .modal/requests/demo-app.http.',
        '  [Open File]',
      ],
    ],
    ['Remove from History', [], []],
  ])('does with a request: %s', async (button, answers, done) => {
    await send();
    const press = (list: OpenList) => list.pressOn('POST /go', button);
    const told = await did(
      commands.showRequestHistory,
      undefined,
      press,
      ...answers,
      ...(button.startsWith('Remove') ? [undefined] : []),
    );
    await happens(async () => {
      if (button === 'Send Again') await vi.waitUntil(() => asked().length === 2, patience);
    });
    expect(
      plain(told)
        .slice(3)
        .filter((line) => !line.startsWith('input')),
    ).toEqual(done);
    if (button.startsWith('Remove'))
      expect((await did(commands.showRequestHistory)).at(0)).toMatch(/No requests have been sent/);
  });

  it('compares two answers', async () => {
    await send();
    const press = (list: OpenList) => list.pressOn('POST /go', 'Compare Response…');
    expect(plain(await did(commands.showRequestHistory, undefined, press)).slice(3)).toEqual([
      'error: Request history: There is no other response to compare with. Send the request again.',
      '  [Show Extension Log]',
    ]);
    expect(await did(commands.compareAnswers)).toEqual([
      'error: Compare Response with Previous: There is no other response to compare with. Send the request again.',
      '  [Show Extension Log]',
    ]);
    server.json('/go', { answer: 'two' });
    await send();
    const first = (list: OpenList) =>
      list.itemPresses.fire({
        item: list.items[1],
        button: (list.items[1] as unknown as { buttons: object[] }).buttons[2],
      });
    const told = await did(commands.showRequestHistory, undefined, first, 'POST /go');
    expect(plain(told).slice(-3)).toEqual([
      'list: Compare Response · Select the other response',
      '  $(pass) 200 OK  POST /go | TIME · demo-app · main · v3 | N ms · 16 B',
      'command: vscode.diff ANSWER ANSWER demo-app /go: TIME ↔ TIME {"preview":true}',
    ]);
    expect((await did(commands.showRequestHistory, undefined, first, undefined)).join()).not.toContain(
      'vscode.diff',
    );
    const [compared] = plain(await did(commands.compareAnswers));
    expect(compared).toMatch(/^command: vscode.diff ANSWER ANSWER demo-app \/go: TIME ↔ TIME/);
  });

  it('is cleared after a question', async () => {
    await send();
    expect(await did(commands.clearRequestHistory, undefined, undefined)).toEqual([
      'warning: Clear the request history of this workspace?',
      '  Deletes 1 request and its response. Saved requests are kept.',
      '  [Clear History]',
    ]);
    await did(commands.clearRequestHistory, undefined, 'Clear History');
    expect((await did(commands.showRequestHistory))[0]).toMatch(/No requests have been sent/);
  });

  it('keeps what had no answer', async () => {
    server.answers.set('/go', (response) => response.destroy());
    await did(commands.sendRequest, tree.row('First sample'));
    await until('failed');
    const told = plain(await did(commands.showRequestHistory, undefined, undefined));
    expect(told.slice(1).map((line) => line.replace(/ \|[^|]*$/, ''))).toEqual([
      '  -- Today',
      '  $(circle-slash) No response  POST /go | TIME · demo-app · main · v3',
    ]);
  });
});

describe('a saved request', () => {
  const file = () =>
    readFileSync(`${window.work}/.modal/requests/demo-app.http`, 'utf8').replaceAll(url, 'URL');

  it('is a .http file without keys, and replaces itself after a question', async () => {
    expect(await did(commands.saveRequest)).toEqual([
      'error: Save Request: No request panel is active. Run "Send Test Request" to open one.',
      '  [Show Extension Log]',
    ]);
    await send();
    expect(plain(await did(commands.saveRequest, undefined, ' ', 'mine', 'Open File'))).toEqual([
      'input: Save Request · Name of the request. It is saved as a plain .http file; keys stay in the secret storage. · "First sample"',
      '  Enter a name.',
      'written: /work/.modal/requests/demo-app.http',
      'information: Saved "mine" in .modal/requests/demo-app.http.',
      '  [Open File]',
      'document: /work/.modal/requests/demo-app.http',
    ]);
    expect(file().split('\n')).toEqual([
      '# Requests to demo-app, for GPU Apps for Modal, REST Client, httpyac and the JetBrains HTTP Client.',
      "# MODAL_API_KEY is the endpoint's key. GPU Apps for Modal takes it from the editor's secret storage. Elsewhere, give",
      '# it a value in http-client.private.env.json (httpyac, JetBrains) or in the setting',
      '# rest-client.environmentVariables (REST Client), and keep it out of version control.',
      '',
      '@baseUrl = URL',
      '',
      '### mine',
      '# @name mine',
      'POST {{baseUrl}}/go',
      'content-type: application/json',
      'Authorization: Bearer {{MODAL_API_KEY}}',
      '',
      '{',
      '  "text": "hi"',
      '}',
      '',
    ]);
    expect(file()).not.toContain('canary');
    expect(plain(await did(commands.saveRequest, undefined, 'mine', undefined))).toEqual([
      'input: Save Request · Name of the request. It is saved as a plain .http file; keys stay in the secret storage. · "First sample"',
      'warning: Replace the saved request "mine"?',
      '  Unchanged lines are preserved; other edits are overwritten.',
      '  [Replace]',
    ]);
    expect(plain(await did(commands.saveRequest, undefined, 'mine', 'Replace', undefined)).slice(-4)).toEqual(
      [
        '  [Replace]',
        'saved: /work/.modal/requests/demo-app.http',
        'information: Saved "mine" in .modal/requests/demo-app.http.',
        '  [Open File]',
      ],
    );
    expect((await did(commands.saveRequest, undefined, 'other', undefined)).at(-1)).toBe('  [Open File]');
    expect(file().match(/^# @name .*/gm)).toEqual(['# @name mine', '# @name other']);
  });

  it('is opened, sent and shown from a list', async () => {
    expect(await did(commands.openSavedRequest)).toEqual([
      'error: Open Saved Request: No saved requests in this workspace. Save one from its panel with "Save Request".',
      '  [Show Extension Log]',
    ]);
    await send();
    await did(commands.saveRequest, undefined, 'mine', undefined);
    window.write('work/.modal/requests/broken.http', '\xff'.repeat(3));
    writeFileSync(`${window.work}/.modal/requests/broken.http`, Buffer.from([0xff, 0xfe]));
    expect(plain(await did(commands.openSavedRequest, undefined, 'mine'))).toEqual([
      'list: Saved Requests · Select a request to open',
      '  -- broken.http',
      "  (warning) .modal/requests/broken.http isn't UTF-8. Save it as UTF-8 first; nothing was changed.",
      '  -- demo-app.http',
      '  (file-code) mine | POST {{baseUrl}}/go',
    ]);
    expect(asked()).toHaveLength(1);
    await did(commands.openSavedRequest, undefined, (list: OpenList) => list.pressOn('mine', 'Send'));
    await vi.waitUntil(() => asked().length === 2, patience);
    const shown = await did(commands.openSavedRequest, undefined, (list: OpenList) =>
      list.pressOn('mine', 'Open File'),
    );
    expect(shown.at(-1)).toBe('document: /work/.modal/requests/demo-app.http');
    await did(commands.openSavedRequest, undefined, "isn't UTF-8");
    await vi.waitUntil(
      () => editor.window.activeTextEditor?.document.uri.path.endsWith('broken.http'),
      patience,
    );
  });

  it('has a row below its endpoint', async () => {
    await send();
    await did(commands.saveRequest, undefined, 'mine', undefined);
    editor.events.files.fire(['create', editor.Uri.file(`${window.work}/.modal/requests/demo-app.http`)]);
    await vi.waitFor(() => tree.row('mine'), patience);
    await did(commands.openRequest, tree.row('mine'));
    expect(asked()).toHaveLength(1);
    await did(commands.sendRequest, tree.row('mine'));
    await vi.waitUntil(() => asked().length === 2, patience);
  });

  it('needs a folder', async () => {
    await send();
    editor.workspace.workspaceFolders = [];
    expect(await did(commands.saveRequest)).toEqual([
      'error: Save Request: Requests are saved as files in the workspace. Open a folder first.',
      '  [Show Extension Log]',
    ]);
  });
});

describe('code of a request', () => {
  it('has its key as a variable', async () => {
    await send();
    const told = plain(await did(commands.copyRequestAs, undefined, 'curl'));
    expect(told).toEqual([
      'list: Copy Request As · Select a language',
      '  (terminal) curl | Command for a POSIX shell',
      '  (snake) Python: httpx | Script using the httpx package',
      '  (symbol-method) TypeScript: fetch | No dependencies (Node.js 24, Deno, Bun)',
      '  (file-code) .http | Request for REST Client, httpyac and the JetBrains HTTP Client',
      "copied: curl --location 'http://HOST/go' \\",
      "  -H 'content-type: application/json' \\",
      '  -H "Authorization: Bearer $MODAL_API_KEY" \\',
      "  --data-raw '{",
      '  "text": "hi"',
      "}'",
      'status: $(check) Copied as curl. Set MODAL_API_KEY to run it.',
    ]);
    expect(told.join()).not.toContain('canary');
    expect(await did(commands.copyRequestAs, undefined, undefined)).toHaveLength(5);
  });
});

describe('a .http file in the editor', () => {
  const open = async (text: string, more: Readonly<Record<string, string>> = {}) => {
    for (const [name, each] of Object.entries(more)) window.write(`work/${name}`, each);
    const file = window.write('work/mine.http', text.replaceAll('URL', url));
    const document = await editor.workspace.openTextDocument(editor.Uri.file(file));
    editor.edit(document, 0);
    return document;
  };
  const environments = {
    'http-client.env.json': JSON.stringify({ dev: { place: 'go' }, prod: { place: 'other' } }),
  };
  interface Lens {
    readonly range: { readonly start: { readonly line: number } };
    readonly command: { readonly title: string; readonly arguments?: readonly unknown[] };
  }
  const lenses = (document: object) =>
    (
      editor.state.providers.get('lens http') as { provideCodeLenses(document: object): Promise<Lens[]> }
    ).provideCodeLenses(document);
  const marks = (uri: { toString(): string }) =>
    (editor.state.marks.get('modal-requests')?.get(uri.toString()) ?? []) as {
      message: string;
      severity: number;
      range: { start: { line: number } };
    }[];
  const text = '@one = 1\n\n### first\nGET URL/{{place}}?x={{one}}\n\n### second\nGET URL/{{nothing}}\n';

  it('has buttons that send its requests with the variables that were chosen', async () => {
    const document = await open(text, environments);
    const found = await lenses(document);
    expect(found.map(({ range, command }) => `${range.start.line + 1} ${command.title}`)).toEqual([
      '1 Select HTTP Environment…',
      '4 Send',
      '7 Send',
    ]);
    expect(await did(commands.selectHttpEnvironment, undefined, 'prod')).toEqual([
      'list: HTTP Environment · Select an environment from http-client.env.json',
      '  dev',
      '  prod',
    ]);
    expect((await lenses(document))[0]?.command.title).toBe('Variables: prod');
    await did(commands.sendFromFile, found[1]?.command.arguments?.[0]);
    await vi.waitUntil(() => asked().length === 1, patience);
    expect(asked()).toMatchObject([{ method: 'GET', path: '/other?x=1' }]);
    expect((await did(commands.sendFromFile, found[2]?.command.arguments?.[0]))[0]).toMatch(
      /^error: Send Request at Cursor:.*nothing/,
    );
    expect((await did(commands.selectHttpEnvironment, undefined, undefined))[2]).toBe('  prod | chosen');
  });

  it('sends the request at the cursor, and says where there is none', async () => {
    const document = await open(text, environments);
    await did(commands.selectHttpEnvironment, undefined, 'dev');
    editor.edit(document, document.getText().indexOf('GET'));
    await did(commands.sendFromFile);
    await vi.waitUntil(() => asked().length === 1, patience);
    expect(asked()).toMatchObject([{ path: '/go?x=1' }]);
    editor.window.activeTextEditor = undefined;
    expect(await did(commands.sendFromFile)).toEqual([
      'error: Send Request at Cursor: There is no request at the cursor. Open a .http file and place the cursor in a request.',
      '  [Show Extension Log]',
    ]);
  });

  it('has its problems marked, also after a change', async () => {
    const document = await open(text, environments);
    await vi.waitUntil(() => marks(document.uri).length === 2, patience);
    expect(
      marks(document.uri).map(
        ({ message, severity, range }) => `${range.start.line + 1} ${severity} ${message}`,
      ),
    ).toEqual([
      '4 1 place isn\'t defined. Define it in this file or in http-client.env.json. To send the braces themselves, write \\{\\{ … \\}\\}, or put the text into a file and write "< ./file".',
      '7 1 nothing isn\'t defined. Define it in this file or in http-client.env.json. To send the braces themselves, write \\{\\{ … \\}\\}, or put the text into a file and write "< ./file".',
    ]);
    document.edit([new editor.TextEdit(new editor.Range(6, 0, 6, 999), `GET ${url}/go`)]);
    await vi.waitUntil(() => marks(document.uri).length === 1, patience);
    await did(commands.selectHttpEnvironment, undefined, 'dev');
    await vi.waitUntil(() => marks(document.uri).length === 0, patience);
    window.write('work/http-client.env.json', '{"dev": {}}');
    documents.saves.fire(
      await editor.workspace.openTextDocument(editor.Uri.file(`${window.work}/http-client.env.json`)),
    );
    await vi.waitUntil(() => marks(document.uri).length === 1, patience);
    documents.close(document);
    expect(marks(document.uri)).toEqual([]);
  });

  it('has its variables proposed', async () => {
    const document = await open('@one = 1\nGET URL/{{o\nGET URL/{{o}}\n', environments);
    const propose = async (line: number, character: number) =>
      (
        (await (
          editor.state.providers.get('completion http') as {
            provideCompletionItems(
              document: object,
              at: object,
            ): Promise<{ label: string; insertText: string; detail: string }[]>;
          }
        ).provideCompletionItems(document, new editor.Position(line, character))) ?? []
      ).map(({ label, insertText, detail }) => `${label} → ${insertText} · ${detail}`);
    const line = document.lineAt(1).text.length;
    expect((await propose(1, line)).slice(0, 3)).toEqual([
      'one → one}} · Variable of this file or its environment',
      'MODAL_API_KEY → MODAL_API_KEY}} · API key of the endpoint, from the secret storage',
      'MODAL_KEY → MODAL_KEY}} · API key of the endpoint, from the secret storage',
    ]);
    expect((await propose(2, line))[0]).toMatch(/^one → one ·/);
    expect(await propose(1, 3)).toEqual([]);
  });

  it('is left to another extension where it has nothing to do with Modal', async () => {
    editor.state.extensions.set('rest', {
      id: 'humao.rest-client',
      packageJSON: { contributes: { languages: [{ id: 'http' }] } },
    });
    const other = await open('GET https://example.com/{{x}}\n');
    expect(await lenses(other)).toEqual([]);
    expect(marks(other.uri)).toEqual([]);
    documents.close(other);
    expect(await lenses(await open('GET URL/go\n'))).toHaveLength(1);
  });

  it('asks before a file outside of the workspace is sent', async () => {
    window.write('secret.txt', 'secret');
    const document = await open(`POST URL/go\n\n< ${window.folder}/secret.txt\n`);
    editor.edit(document, 0);
    const told = await did(commands.sendFromFile, undefined, undefined);
    expect(plain(told).slice(0, 3)).toEqual([
      'warning: Send /secret.txt to HOST?',
      '  This file is outside the workspace.',
      '  [Send File]',
    ]);
    expect(asked()).toEqual([]);
    await did(commands.sendFromFile, undefined, 'Send File');
    await vi.waitUntil(() => asked().length === 1, patience);
    expect(asked()).toMatchObject([{ body: 'secret' }]);
  });

  it('needs an environment to choose one', async () => {
    await open(text);
    expect(await did(commands.selectHttpEnvironment)).toEqual([
      'error: Select HTTP Environment: No environment is defined. Create a file http-client.env.json next to the requests.',
      '  [Show Extension Log]',
    ]);
  });
});
