import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Logger } from '../../../src/shared/logger.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { RequestSpec } from '../../../src/domain/request.ts';
import { asCurl } from '../../../src/features/savedRequests/core/export/curl.ts';
import { explainResult } from '../../../src/features/requests/core/explain.ts';
import { secretKeyName } from '../../../src/domain/keyNames.ts';
import type { DraftBody } from '../../../src/domain/requestDraft.ts';
import { sampleBody, sampleDraft } from '../../../src/features/requests/core/sample.ts';
import { specOf } from '../../../src/features/requests/core/spec.ts';
import { RequestSender } from '../../../src/features/requests/core/send.ts';
import { readPath, summarize } from '../../../src/features/requests/core/summary.ts';
import { catalogApp } from '../support/catalogApp.ts';
import { httpResult } from '../support/httpResult.ts';

const result = (status: number, body: string) => httpResult(body, { status, statusText: '' });

describe('explaining an answer', () => {
  it.each([
    [401, 'modal-http: missing credentials for proxy authorization', /proxy token/, 'enterKey'],
    [404, 'modal-http: app for invoked web endpoint is stopped', /stopped/, 'deploy'],
    [404, 'modal-http: invalid function call', /Nothing is deployed/, 'deploy'],
    [
      429,
      'modal-http: Webhook failed: workspace billing cycle spend limit reached',
      /spend limit/,
      'openDashboard',
    ],
    [500, "modal-http: internal error: status Failure: <ValueError('x')>", /failed before/, 'showLogs'],
    [500, 'modal-http: internal error: function was terminated by signal', /out of memory/, 'showLogs'],
    [401, '{"error":{"message":"No key.","param":null}}', /rejected the key\. No key\./, 'enterKey'],
    [
      422,
      '{"error":{"message":"Not base64.","param":"files[0].content_b64"}}',
      /files\[0\]\.content_b64/,
      undefined,
    ],
    [503, '{"error":{"message":"Loading."}}', /isn't ready.*Loading/, 'retry'],
    [500, 'Internal Server Error', /app failed/, 'showLogs'],
  ])('%i %s', (status, body, text, action) => {
    const explanation = explainResult(result(status, body));
    expect(explanation?.text).toMatch(text);
    expect(explanation?.action).toBe(action);
  });

  it('has nothing to explain about a success', () => {
    expect(explainResult(result(204, ''))).toBeUndefined();
  });
});

describe('samples', () => {
  it('puts files in for sending and notes for reading, also after an edit', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'sample-'));
    await writeFile(path.join(folder, 'a.bin'), Buffer.from([1, 2, 3]));
    const app = catalogApp({ folder });
    const template = {
      query: 'q',
      files: [{ name: 'a.bin', content_b64: { $file: 'a.bin', encoding: 'base64' } }],
    };
    const sample = { ...app.samples[0]!, body: { kind: 'json' as const, template } };
    const body = await sampleBody(app, sample);
    expect(JSON.parse(body!.body)).toEqual({ query: 'q', files: [{ name: 'a.bin', content_b64: 'AQID' }] });
    const draft = await sampleDraft(app, sample);
    const shown = draft.body as Extract<DraftBody, { kind: 'text' }>;
    expect(shown.text).toContain('<a.bin as base64>');
    expect(shown.text).not.toContain('AQID');
    const edited = { ...draft, body: { ...shown, text: shown.text.replace('"q"', '1.50') } };
    const { body: sent } = await specOf(edited, 'https://me--demo.modal.run');
    expect(sent).toBe(shown.text.replace('"q"', '1.50').replace('<a.bin as base64>', 'AQID'));
    await rm(folder, { recursive: true });
  });

  it.each(['missing.xlsx', '../outside.txt'])('names a file that cannot be used: %s', async (file) => {
    const app = catalogApp({ folder: os.tmpdir() });
    const sample = {
      ...app.samples[0]!,
      body: { kind: 'json' as const, template: { $file: file, encoding: 'base64' } },
    };
    await expect(sampleBody(app, sample)).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining(path.basename(file)) as string,
    });
  });
});

describe('sending', () => {
  const canary = 'CANARY-KEY-1234567890';
  const spec: RequestSpec = {
    method: 'POST',
    url: 'https://me--demo.modal.run/go?api_key=visible',
    headers: {},
    auth: { secretRef: secretKeyName('main', 'demo-key'), header: 'Authorization', scheme: 'Bearer' },
  };
  const sender = (value: string | undefined, seen: object[], logger: Logger = silentLogger) =>
    new RequestSender({
      logger,
      resolveSecret: (reference) => Promise.resolve(reference === 'secret/main/demo-key' ? value : undefined),
      timeoutSeconds: () => 5,
      loadClient: () =>
        Promise.resolve({
          send: (input: object) => {
            seen.push(input);
            return Promise.resolve(result(200, '{}'));
          },
        }),
    });

  it('puts the key in last and lets it reach neither result nor log', async () => {
    const seen: object[] = [];
    const logged: string[] = [];
    const logger = { ...silentLogger, info: (text: string) => logged.push(text) };
    const answer = await sender(canary, seen, logger).send(spec, new AbortController().signal);
    expect(seen[0]).toMatchObject({ headers: { Authorization: `Bearer ${canary}` }, headersTimeoutMs: 5000 });
    expect(JSON.stringify([answer, spec, logged])).not.toContain(canary);
    expect(logged[0]).not.toContain('visible');
  });

  it('does not send without the key that the endpoint needs', async () => {
    const seen: object[] = [];
    await expect(sender(undefined, seen).send(spec, new AbortController().signal)).rejects.toMatchObject({
      kind: 'signedOut',
    });
    expect(seen).toEqual([]);
  });

  it('writes a curl command whose key is a variable', () => {
    const curl = asCurl({ ...spec, headers: { 'content-type': 'application/json' }, body: `{"it's": 1}` });
    expect(curl).toContain('-H "Authorization: Bearer $MODAL_API_KEY"');
    expect(curl).toContain(`'{"it'\\''s": 1}'`);
  });
});

describe('summary', () => {
  const body = JSON.stringify({
    answer: 'yes',
    ratios: [
      { key: 'current', value: 1.23456789, inputs: { a: 1 } },
      { key: 'quick', value: null },
    ],
    response: 'x'.repeat(100),
  });

  it('makes cards of highlights, tables of lists and texts of long strings', () => {
    const [cards, table, text] = summarize(body, catalogApp().samples[0]);
    expect(cards).toEqual({ kind: 'cards', items: [{ label: 'Answer', value: 'yes' }] });
    expect(table).toMatchObject({ kind: 'table', title: 'Ratios', columns: ['Key', 'Value'] });
    expect(table).toMatchObject({
      rows: [
        ['current', '1.23456789'],
        ['quick', '–'],
      ],
    });
    expect(text).toMatchObject({ kind: 'text', title: 'Response' });
  });

  it('shows a long highlight as a text under its label, once', () => {
    const [first] = catalogApp().samples;
    const sample = {
      ...first!,
      expect: { ...first!.expect!, highlights: [{ label: 'Text', path: 'response' }] },
    };
    const blocks = summarize(body, sample);
    expect(blocks.map((block) => block.kind)).toEqual(['text', 'table']);
    expect(blocks[0]).toMatchObject({ title: 'Text', text: 'x'.repeat(100) });
  });

  it('shows 200 rows of a table, says how many more there are, and begins with the longer tables', () => {
    const rows = (count: number) => Array.from({ length: count }, (_, n) => ({ n }));
    const tables = summarize(JSON.stringify({ request: rows(1), exact: rows(200), more: rows(203) }));
    expect(
      tables.map((block) => block.kind === 'table' && [block.title, block.rows.length, block.more]),
    ).toEqual([
      ['Exact', 200, 0],
      ['More', 200, 3],
      ['Request', 1, 0],
    ]);
  });

  it('reads paths with names, numbers and keys', () => {
    const json = JSON.parse(body) as Parameters<typeof readPath>[0];
    expect(readPath(json, 'ratios[1].key')).toBe('quick');
    expect(readPath(json, 'ratios[key=current].value')).toBeCloseTo(1.2346);
    expect(readPath(json, 'ratios[key=none].value')).toBeUndefined();
  });

  it('has nothing for an answer that is not an object', () => {
    expect(summarize('plain')).toEqual([]);
    expect(summarize('[1,2]')).toEqual([]);
  });
});

it('a key that a server repeats is masked in the bytes of an answer and in its text', async () => {
  const key = 'correct-horse-battery';
  const text = `no such key: ${key}`;
  const sender = new RequestSender({
    logger: silentLogger,
    resolveSecret: () => Promise.resolve(key),
    timeoutSeconds: () => 1,
    loadClient: () =>
      Promise.resolve({ send: () => Promise.resolve(httpResult(text, { bytes: Buffer.from(text) })) }),
  });
  const auth = { secretRef: 'k', header: 'Authorization', scheme: 'Bearer' };
  const spec = { method: 'GET', url: 'https://h/', headers: {}, auth };
  const { body, bytes } = await sender.send(spec, new AbortController().signal);
  const masked = `no such key: ${'*'.repeat(key.length)}`;
  expect([body, Buffer.from(bytes ?? []).toString()]).toEqual([masked, masked]);
});
