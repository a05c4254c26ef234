import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ModalError } from '../../../src/domain/errors.ts';
import type { HttpResult, RequestSpec } from '../../../src/domain/request.ts';
import { comparable, compareAnswers } from '../../../src/features/savedRequests/core/history/compare.ts';
import type { HistoryEntry } from '../../../src/features/savedRequests/core/history/entry.ts';
import { costOf, replayOf } from '../../../src/features/savedRequests/core/history/entry.ts';
import { RequestHistory } from '../../../src/features/savedRequests/core/history/history.ts';
import { RecordedSender } from '../../../src/features/savedRequests/core/recordedSender.ts';
import { httpResult } from '../support/httpResult.ts';

const spec: RequestSpec = {
  method: 'POST',
  url: 'https://demo.modal.run/v1/x?q=1',
  headers: { 'content-type': 'application/json' },
  body: '{"a": 1}',
  auth: { secretRef: 'endpointKey/main/demo', header: 'Authorization', scheme: 'Bearer' },
};
const result = (body: string, more: Partial<HttpResult> = {}) =>
  httpResult(body, {
    headers: { 'content-type': 'application/json' },
    timing: { connect: 1, firstByte: 2, total: 3600, polls: 0 },
    callId: 'fc-1',
    ...more,
  });

let folder: string;
let history: RequestHistory;
beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(os.tmpdir(), 'history-')), 'requestHistory');
  history = new RequestHistory(folder);
});
afterEach(() => rm(path.dirname(folder), { recursive: true }));

const add = (at: number, more: Partial<RequestSpec> = {}, body = '{}') =>
  history.add({ spec: { ...spec, ...more }, at, result: result(body) });

describe('the history', () => {
  it('keeps what was sent and what came, newest first, and gives it back to be sent again', async () => {
    const app = { id: 'ap-1', name: 'demo', environment: 'main', version: 3, endpoint: 'web', usdPerHour: 2 };
    await history.add({ spec, at: 1000, result: result('{"b": 2}') }, app);
    await history.add({ spec, at: 2000, error: new ModalError('timeout', 'No answer within 600 s.') });
    const { entries, broken } = await new RequestHistory(folder).read();
    expect(broken).toEqual([]);
    expect(entries.map(({ at }) => at)).toEqual([2000, 1000]);
    expect(entries[0]).toMatchObject({ failure: 'No answer within 600 s.' });
    expect(entries[1]).toMatchObject({
      app,
      answer: { status: 200, size: 8, callId: 'fc-1', body: { kind: 'text', text: '{"b": 2}' } },
    });
    expect(replayOf(entries[1]!)).toEqual(spec);
    expect(costOf(entries[1]!)).toBeCloseTo(0.002);
    expect(costOf(entries[0]!)).toBeUndefined();
  });

  it('keeps what the server says went wrong in an answer of status 200, without what is secret', async () => {
    const failure = 'The key of s3cret-value-1234 is not known.';
    const hidden = ['s3cret-value-1234'];
    await history.add({ spec: { ...spec, hidden }, at: 1, result: result('{}', { failure }) });
    const { entries } = await history.read();
    expect(entries[0]?.answer).toMatchObject({ status: 200, failure: 'The key of … is not known.' });
  });

  it('keeps why an answer is not whole', async () => {
    const cut = { kind: 'cancelled', text: 'Cancelled. Showing the partial response.' } as const;
    await history.add({ spec, at: 1, result: result('ha', { cut }) });
    await add(2);
    const { entries } = await history.read();
    expect(entries.map(({ answer }) => answer?.cut)).toEqual([undefined, cut]);
  });

  it('has the big answers of this window up to 16 MiB in all, and lets the oldest of them go', async () => {
    const MiB = 1024 * 1024;
    const big = (body: string, size: number) =>
      history.add({ spec, at: 1, result: result(body, { bytes: Buffer.from(body), size }) });
    const all = [await big('one', 8 * MiB), await big('two', 8 * MiB), await big('one', 8 * MiB)];
    expect(all.map((each) => history.bodyOf(each))).toEqual(['one', 'two', 'one']);
    all.push(await big('three', 16 * MiB + 1));
    expect(all.map((each) => history.bodyOf(each))).toEqual(['one', 'two', 'one', undefined]);
    all.push(await big('four', MiB));
    expect(all.map((each) => history.bodyOf(each))).toEqual([undefined, 'two', undefined, undefined, 'four']);
    all.push(await big('five', 16 * MiB));
    expect(all.slice(-2).map((each) => history.bodyOf(each))).toEqual([undefined, 'five']);
  });

  it('holds 200, and lets the oldest go', async () => {
    for (let at = 1; at <= 205; at++) await add(at);
    const { entries } = await history.read();
    expect(entries).toHaveLength(200);
    expect(entries[0]!.at).toBe(205);
    expect(entries.at(-1)!.at).toBe(6);
  });

  it('loses nothing when windows write at the same time, even in the same millisecond', async () => {
    const windows = [history, new RequestHistory(folder), new RequestHistory(folder)];
    await Promise.all(
      windows.flatMap((window, number) =>
        Array.from({ length: 30 }, (_, at) =>
          window.add({ spec: { ...spec, url: `https://h/${number}/${at}` }, at: 5000, result: result('{}') }),
        ),
      ),
    );
    const { entries, broken } = await history.read();
    expect(broken).toEqual([]);
    expect(new Set(entries.map(({ request }) => request.url)).size).toBe(90);
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('sets a broken file aside, names it, and shows the rest', async () => {
    const { id } = await add(1);
    await add(2);
    await writeFile(path.join(folder, `${id}.json`), '{"cut": ');
    const { entries, broken } = await history.read();
    expect(entries.map(({ at }) => at)).toEqual([2]);
    expect(broken).toEqual([path.join(folder, `${id}.json.broken`)]);
    expect(await readFile(broken[0]!, 'utf8')).toBe('{"cut": ');
    expect((await history.read()).broken).toEqual([]);
  });

  it('forgets one, and all', async () => {
    const { id } = await add(1);
    await add(2);
    await history.remove(id);
    expect((await history.read()).entries).toHaveLength(1);
    await history.clear();
    expect((await history.read()).entries).toEqual([]);
    await add(3);
    expect((await history.read()).entries).toHaveLength(1);
  });

  it('keeps big bodies as hash and size, and their text only while the window lives', async () => {
    const big = JSON.stringify({ text: 'é'.repeat(50_000) });
    await add(1, { body: big }, big);
    const [entry] = (await history.read()).entries;
    const size = Buffer.byteLength(big);
    expect(entry!.request.body).toMatchObject({
      kind: 'hash',
      size,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(replayOf(entry!)).toContain(`${size} bytes`);
    expect(history.bodyOf(entry!)).toBe(big);
    expect(new RequestHistory(folder).bodyOf(entry!)).toBeUndefined();
  });

  it('does not decode a big answer only to keep its hash', async () => {
    const bytes = new Uint8Array(70_000);
    const answer = {
      ...result(''),
      bytes,
      size: bytes.length,
      get body(): string {
        throw new Error('decoded');
      },
    };
    const entry = await history.add({ spec, at: 1, result: answer });
    expect(entry.answer?.body).toMatchObject({ kind: 'hash', size: 70_000 });
  });

  it('writes no secret to disk, wherever it stands, and says that it cannot be sent again', async () => {
    const secret = 'SECRETSECRET123456';
    const variants: Partial<RequestSpec>[] = [
      { headers: { 'X-API-Key': secret } },
      { headers: { Authorization: `Bearer ${secret}` } },
      { headers: { 'X-My-Token': secret } },
      { headers: { Cookie: `a=${secret}` } },
      { url: `https://h/?api_key=${secret}` },
      { body: `{"headers": {"authorization": "Bearer ${secret}"}}` },
      { body: { parts: [{ name: 'a', text: `x-api-key: ${secret}` }] } },
      { body: `{"hf_token": "${secret}", "n": 1}` },
      { body: `{"a": {"apiKey":"${secret}"}}` },
      { body: `{"password" : "${secret} with \\" and more"}` },
      { body: `{"arguments": "{\\"client_secret\\": \\"${secret}\\"}"}` },
      { body: `password=${secret}` },
      { body: { parts: [{ name: 'password', text: secret }] } },
      { url: `https://h/?apikey=${secret}` },
      { url: `https://h/?a=1&sig=${secret}` },
      { url: `https://h/?X-Amz-Signature=${secret}` },
    ];
    for (const [at, variant] of variants.entries()) await add(at, variant, `{"authorization": "${secret}"}`);
    const files = await Promise.all(
      (await readdir(folder)).map((name) => readFile(path.join(folder, name), 'utf8')),
    );
    expect(files).toHaveLength(variants.length);
    expect(files.join('\n')).not.toContain(secret);
    for (const entry of (await history.read()).entries)
      expect(replayOf(entry)).toMatch(/key or token|too large to save/);
  });

  it('writes no secret of an answer or a failure to disk, also none that was never sent', async () => {
    const canaries = ['hunter2hunter2', 'sessionOf7Letters99', 'zQ8wErTy1234567890zQ'];
    const [password, session, key] = canaries;
    const headers = {
      'set-cookie': `sid=${session}; Path=/`,
      'x-api-key': key!,
      location: `https://u:${password}@host/x`,
      'x-info': `sent with Bearer ${key}`,
    };
    await history.add({ spec, at: 1, result: result('{}', { headers }) });
    await history.add({ spec, at: 2, error: new Error(`no way to https://u:${password}@host/`) });
    await history.add({ spec, at: 3, error: new Error(`refused: Authorization: Bearer ${key}`) });
    const { entries } = await history.read();
    expect(Object.keys(entries[2]?.answer?.headers ?? {})).toEqual(Object.keys(headers));
    expect(entries[1]?.failure).toContain('no way to https://');
    const kept = JSON.stringify(entries);
    expect(canaries.filter((canary) => kept.includes(canary))).toEqual([]);
  });
});

describe('the recorded sender', () => {
  it('tells of answers and failures, and not of what was cancelled', async () => {
    const told: unknown[] = [];
    const outcomes = [
      () => Promise.resolve(result('{}')),
      () => Promise.reject(new ModalError('offline', 'gone')),
      () => Promise.reject(new ModalError('cancelled', 'Cancelled')),
    ];
    const sender = new RecordedSender({ send: () => outcomes.shift()!() }, ({ result: answer, error }) =>
      told.push(answer?.status ?? (error as Error).message),
    );
    const { signal } = new AbortController();
    await sender.send(spec, signal);
    await expect(sender.send(spec, signal)).rejects.toThrow('gone');
    await expect(sender.send(spec, signal)).rejects.toThrow('Cancelled');
    expect(told).toEqual([200, 'gone']);
  });
});

describe('comparing answers', () => {
  it('sorts keys and keeps numbers as they were printed', () => {
    expect(comparable('{"b": 1.0, "a": [{"d": 12345678901234567890, "c": 1e5}]}')).toBe(
      '{\n  "a": [\n    {\n      "c": 1e5,\n      "d": 12345678901234567890\n    }\n  ],\n  "b": 1.0\n}',
    );
    expect(comparable('<p>no JSON')).toBe('<p>no JSON');
    expect(comparable('['.repeat(200_000))).toContain('[[[');
    expect(comparable('x'.repeat(9 * 1024 * 1024)).length).toBeLessThan(8.1 * 1024 * 1024);
  });

  it('says status, time, size, and for embeddings the angle', () => {
    const answer = (status: number, total: number, size: number) =>
      ({ status, size, timing: { connect: 0, firstByte: 0, total, polls: 0 } }) as NonNullable<
        HistoryEntry['answer']
      >;
    const vector = (first: number) =>
      JSON.stringify({ data: [{ embedding: [first, ...Array<number>(31).fill(0.5)] }] });
    const tokens = JSON.stringify({ ids: Array.from({ length: 32 }, (_, id) => id) });
    expect(compareAnswers(answer(200, 800, 2048), answer(200, 1200, 1024), [vector(1), vector(1)])).toEqual([
      'Status 200 both',
      'Time 800 ms → 1.2 s (+50%)',
      'Size 2 KB → 1 KB (−50%)',
      'Cosine similarity 1.000000',
    ]);
    expect(compareAnswers(answer(200, 1, 1), answer(500, 1, 1), ['{}', 'x'])).toEqual([
      'Status 200 → 500',
      'Time 1 ms both',
      'Size 1 B both',
    ]);
    // Ids of tokens are no vector.
    expect(compareAnswers(answer(200, 1, 1), answer(200, 1, 1), [tokens, tokens])).toHaveLength(3);
  });
});
