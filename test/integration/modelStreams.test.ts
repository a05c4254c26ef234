/** Streams of models, held against those who know them: the clients that their makers publish, and the real vLLM. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensurePython } from '../../scripts/python.ts';
import { root } from '../../scripts/root.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import type { HttpResult } from '../../src/domain/request.ts';
import type { Fields } from '../../src/features/requests/core/answer/fields.ts';
import { fieldsOf, listOf, wordsOf } from '../../src/features/requests/core/answer/fields.ts';
import { StreamReader } from '../../src/features/requests/core/answer/streamReader.ts';
import { explainResult } from '../../src/features/requests/core/explain.ts';
import type { HistoryEntry } from '../../src/features/savedRequests/core/history/entry.ts';
import { entryOf } from '../../src/features/savedRequests/core/history/entry.ts';
import { generateLoad } from '../../src/features/loadTest/core/generator.ts';
import { defaultPlan } from '../../src/features/loadTest/core/limits.ts';
import { RequestSender } from '../../src/features/requests/core/send.ts';
import { recordedStreams, streamBytes, streamHeaders } from '../unit/support/recordedStreams.ts';

const sender = new RequestSender({
  logger: silentLogger,
  resolveSecret: () => Promise.resolve(undefined),
  timeoutSeconds: () => 60,
});

/** What a client makes of a stream. */
interface Made {
  readonly text: string;
  readonly reasoning: string;
  readonly tools: string;
  readonly tokens: number | null;
  readonly error: string | null;
}

async function ask(url: string, body: object): Promise<{ stream: StreamReader; result: HttpResult }> {
  let stream = new StreamReader({});
  const result = await sender.send(
    { method: 'POST', url, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
    new AbortController().signal,
    {
      onHead: ({ headers }) => (stream = new StreamReader(headers)),
      onChunk: (bytes, at) => void stream.push(bytes, at),
    },
  );
  stream.end(result.timing.total);
  return { stream, result };
}

/** What an answer in one piece says, in the forms of the four routes. */
function wholeOf(json: Fields): Omit<Made, 'error'> & { readonly thoughts: number } {
  const usage = fieldsOf(json['usage']);
  const details = fieldsOf(usage['completion_tokens_details'] ?? usage['output_tokens_details']);
  const choice = fieldsOf(listOf(json['choices'])[0]);
  const message = fieldsOf(choice['message']);
  const items = listOf(json['output'] ?? json['content']).map(fieldsOf);
  const of = (kind: string) => items.filter(({ type }) => type === kind);
  const parts = (item: Fields) => listOf(item['content']).map((part) => wordsOf(fieldsOf(part)['text']));
  const calls = [
    ...listOf(message['tool_calls']).map((call) => fieldsOf(fieldsOf(call)['function'])),
    ...of('function_call'),
    ...of('tool_use').map(({ name, input }) => ({ name, arguments: JSON.stringify(input) })),
  ];
  return {
    text: [
      wordsOf(message['content']),
      wordsOf(choice['text']),
      ...of('message').flatMap(parts),
      ...of('text').map(({ text }) => wordsOf(text)),
    ].join(''),
    reasoning: [
      wordsOf(message['reasoning']),
      ...of('reasoning').flatMap(parts),
      ...of('thinking').map(({ thinking }) => wordsOf(thinking)),
    ].join(''),
    tools: calls.map(({ name, arguments: input }) => `\n${wordsOf(name)} ${wordsOf(input)}`).join(''),
    tokens: Number(usage['completion_tokens'] ?? usage['output_tokens']),
    thoughts: Number(details['reasoning_tokens'] ?? 0),
  };
}

/** The arguments of a call are the same JSON in other spaces for a client that parses them. */
const sameTools = (tools: string) =>
  tools
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((call): unknown[] => [call.split(' ', 1)[0], JSON.parse(call.slice(call.indexOf(' ')))]);

describe('a stream as its official client reads it', () => {
  const read = recordedStreams.filter(({ client }) => client !== undefined);
  let server: http.Server;
  let base: string;
  let made: Made[];

  beforeAll(async () => {
    server = http.createServer((request, response) => {
      const file = /[\w-]+\.sse/.exec(request.url ?? '')?.[0] ?? '';
      request.resume();
      response.writeHead(200, streamHeaders(file)).end(streamBytes(file));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const script = path.join(import.meta.dirname, 'support/official_clients.py');
    const child = spawn(await ensurePython(), [script, base], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(read.map(({ file, client = '' }) => `${client} ${file}\n`).join(''));
    made = [];
    for await (const line of createInterface(child.stdout)) made.push(JSON.parse(line) as Made);
  });
  afterAll(() => void server.close());

  it('is asked for from each of them', () => {
    expect(made).toHaveLength(read.length);
    expect(new Set(read.map(({ client }) => client)).size).toBe(5);
  });

  it.each(read.map((each, index) => ({ ...each, index })))('$file', async ({ file, index, error }) => {
    const { stream, result } = await ask(`${base}/${file}`, {});
    const theirs = made[index]!;
    // Some of them end at the error, and some have only what is whole.
    if (error === undefined) {
      expect(stream.text).toBe(theirs.text);
      expect(stream.output.reasoning).toBe(theirs.reasoning);
      expect(sameTools(stream.output.tools)).toEqual(sameTools(theirs.tools));
      expect(stream.facts?.isCounted ? stream.facts.tokens : null).toBe(theirs.tokens);
      expect([result.failure, theirs.error]).toEqual([undefined, null]);
    } else {
      expect(stream.text.startsWith(theirs.text)).toBe(true);
      expect(theirs.error).toBeTruthy();
      expect(stream.error).toBe(result.failure);
      expect(result.failure).toContain(theirs.error!.split('\n')[0]);
    }
  });
});

describe('a stream of the real vLLM', () => {
  let engine: ChildProcess;
  let urls: { readonly engine: string; readonly gateway: string };
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'spoken-'));
    const script = path.join(root, 'modal_apps/tests/llm/serve_spoken.py');
    engine = spawn(await ensurePython(), [script, path.join(folder, 'model')], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    });
    for await (const line of createInterface(engine.stdout!)) {
      if (!line.startsWith('{"engine"')) continue;
      urls = JSON.parse(line) as typeof urls;
      break;
    }
    engine.stdout!.resume();
  }, 300_000);
  afterAll(async () => {
    const ended = once(engine, 'exit');
    engine.stdin?.end();
    await ended;
    await rm(folder, { recursive: true });
  });

  const user = (content: string) => [{ role: 'user', content }];
  const parameters = { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } } };
  const named = { name: 'get_weather', description: 'Weather', parameters };
  const chat = '/v1/chat/completions';
  const counted = { stream_options: { include_usage: true } };
  const always = { stream_options: { include_usage: true, continuous_usage_stats: true } };

  it.each([
    ['chat that thinks', chat, { messages: user('think'), ...counted }],
    ['chat that thinks, counted all the time', chat, { messages: user('think'), ...always }],
    ['chat that is cut while it thinks', chat, { messages: user('think'), max_tokens: 6, ...counted }],
    ['chat with two answers', chat, { messages: user('think'), n: 2, ...counted }],
    [
      'chat that calls a tool',
      chat,
      {
        messages: user('call'),
        tools: [{ type: 'function', function: named }],
        skip_special_tokens: false,
        ...counted,
      },
    ],
    ['a completion', '/v1/completions', { prompt: '<|plain|>', ...counted }],
    ['two completions', '/v1/completions', { prompt: '<|plain|>', n: 2, ...counted }],
    ['a response that thinks', '/v1/responses', { input: 'think' }],
    ['a response that is cut while it thinks', '/v1/responses', { input: 'think', max_output_tokens: 6 }],
    [
      'a response that calls a tool',
      '/v1/responses',
      { input: 'call', tools: [{ type: 'function', ...named }] },
    ],
    ['a message that thinks', '/v1/messages', { messages: user('think'), max_tokens: 40 }],
    [
      'a message that calls a tool',
      '/v1/messages',
      { messages: user('call'), max_tokens: 40, tools: [{ name: 'get_weather', input_schema: parameters }] },
    ],
  ])('%s', async (_name, route, more) => {
    // The gateway lets all but Anthropic's route through.
    const url = `${route === '/v1/messages' ? urls.engine : urls.gateway}${route}`;
    const limit = 'max_output_tokens' in more || route === '/v1/responses' ? {} : { max_tokens: 40 };
    const body = { model: 'spoken', temperature: 1, ...limit, ...more };
    const { result: whole } = await ask(url, { ...body, stream_options: undefined });
    const { stream, result } = await ask(url, { ...body, stream: true });
    const { text, reasoning, tools, tokens, thoughts } = wholeOf(fieldsOf(JSON.parse(whole.body)));
    expect(text + reasoning + tools).not.toBe('');
    expect(stream.output).toMatchObject({ text, reasoning });
    expect(sameTools(stream.output.tools)).toEqual(sameTools(tools));
    const { facts } = stream;
    expect(facts).toMatchObject({ tokens, isCounted: true });
    expect(facts!.reasoningTokens ?? 0).toBe(thoughts);
    expect(facts!.firstTokenMs).toBeGreaterThan(0);
    expect(facts!.firstTokenMs).toBeLessThanOrEqual(result.timing.total);
    expect(explainResult(result)).toBeUndefined();
  });

  it('that says nothing of its tokens has an estimate: vLLM joins tokens when it is busy', async () => {
    const body = { model: 'spoken', prompt: '<|endless|>', max_tokens: 50, temperature: 0, stream: true };
    const { stream } = await ask(`${urls.gateway}/v1/completions`, body);
    expect(stream.text.trim().split(' ')).toHaveLength(50);
    expect(stream.facts?.isCounted).toBe(false);
    expect(stream.facts?.tokens).toBeLessThanOrEqual(50);
  });

  it('is a failure everywhere when the engine dies in its middle, whose last words are told', async () => {
    const body = { model: 'spoken', messages: user('endless'), max_tokens: 60_000, stream: true };
    const url = `${urls.engine}${chat}`;
    let isKilled = false;
    const headers = { 'content-type': 'application/json' };
    const spec = { method: 'POST', url, headers, body: JSON.stringify(body) };
    const stream = new StreamReader({ 'content-type': 'text/event-stream' });
    const result = await sender.send(spec, new AbortController().signal, {
      onChunk: (bytes) => {
        stream.push(bytes, 1);
        if (!isKilled) engine.stdin?.write('kill\n');
        isKilled = true;
      },
    });
    expect(result.status).toBe(200);
    expect(result.failure).toMatch(/EngineCore encountered an issue/);
    expect(stream.error).toBe(result.failure);
    expect(stream.output.reasoning).toMatch(/^ round/);
    expect(explainResult(result)).toMatchObject({
      text: expect.stringContaining('EngineCore') as string,
      action: 'showLogs',
    });
    const entry: HistoryEntry = await entryOf({ spec, at: 0, result }, 'id');
    expect(entry.answer?.failure).toBe(result.failure);
  });
});

it('counts answers that tell of an error as failures of a load test', async () => {
  const file = 'vllm-chat-error.sse';
  const server = http.createServer((request, response) => {
    request.resume();
    response.writeHead(200, streamHeaders(file)).end(streamBytes(file));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const plan = { ...defaultPlan, amount: { kind: 'requests', count: 20 }, concurrency: 2 } as const;
  const job = { request: { method: 'POST', url, headers: {}, body: '{}' }, plan, headersTimeoutMs: 5000 };
  const { snapshot } = await generateLoad(job, new AbortController().signal, { onSnapshot: () => undefined });
  server.close();
  expect(snapshot.totals).toMatchObject({ ok: 0, failed: 20 });
  expect(snapshot.totals.errors).toEqual([
    { kind: 'answer', status: 200, count: 20, first: expect.stringContaining('EngineCore') as string },
  ]);
});
