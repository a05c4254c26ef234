import { readdirSync } from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerModel } from '../../../../src/features/requests/core/answer/answerModel.ts';
import { FailureWatch } from '../../../../src/features/requests/core/answer/failureWatch.ts';
import { StreamReader } from '../../../../src/features/requests/core/answer/streamReader.ts';
import { explainResult } from '../../../../src/features/requests/core/explain.ts';
import { httpResult } from '../../support/httpResult.ts';
import {
  recordedStreams,
  streamBytes,
  streamEvents,
  streamFile,
  streamHeaders,
} from '../../support/recordedStreams.ts';

const sse = { 'content-type': 'text/event-stream' };
const lines = { 'content-type': 'application/x-ndjson' };

/** Reads pieces that come 100 ms apart. */
function read(pieces: readonly (Uint8Array | string)[], headers: Record<string, string> = sse): StreamReader {
  const reader = new StreamReader(headers);
  for (const [index, piece] of pieces.entries()) reader.push(Buffer.from(piece), 100 * (index + 1));
  reader.end(100 * pieces.length);
  return reader;
}
const events = (...data: unknown[]) => data.map((each) => `data: ${JSON.stringify(each)}\n\n`);

/** All that is shown of a stream. */
const shown = (reader: StreamReader) => ({
  ...reader.output,
  facts: reader.facts,
  error: reader.error,
  remarks: reader.remarks,
  count: reader.count,
});

describe('a recorded stream', () => {
  it('stands in the table', () => {
    const other = ['error-json-as-events.sse'];
    const files = readdirSync(path.dirname(streamFile('x'))).filter((name) => !other.includes(name));
    expect(recordedStreams.map(({ file }) => file).sort()).toEqual(files.sort());
  });

  it.each(recordedStreams)('of $file is read right to the token', (recorded) => {
    const {
      file,
      text = '',
      reasoning = '',
      tools = '',
      tokens,
      reasoningTokens,
      chunks,
      error,
      remark,
    } = recorded;
    const reader = read(streamEvents(file), streamHeaders(file));
    expect(reader.output).toEqual({ text, reasoning, tools });
    if (tokens === undefined && chunks === undefined) expect(reader.facts).toBeUndefined();
    else expect(reader.facts).toMatchObject({ tokens: tokens ?? chunks, isCounted: tokens !== undefined });
    expect(reader.facts?.reasoningTokens).toBe(reasoningTokens);
    if (error === undefined) expect(reader.error).toBeUndefined();
    else expect(reader.error).toContain(error);
    expect(reader.remarks.join('\n')).toMatch(remark ?? /^$/);
  });

  it.each(recordedStreams)('of $file is the same wherever it is cut', ({ file }) => {
    const bytes = streamBytes(file);
    const headers = streamHeaders(file);
    const once = (pieces: readonly Uint8Array[]) => {
      const reader = new StreamReader(headers);
      const watch = new FailureWatch(200, headers);
      for (const piece of pieces) {
        reader.push(piece, 7);
        watch.push(piece);
      }
      reader.end(7);
      return { ...shown(reader), failure: watch.end() };
    };
    const whole = once([bytes]);
    expect(whole.failure === undefined).toBe(whole.error === undefined);
    expect(once(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole);
    for (let at = 1; at < bytes.length; at += Math.ceil(bytes.length / 150))
      expect(once([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(whole);
  });

  it.each(recordedStreams)('of $file that ends anywhere keeps what came', ({ file, text = '' }) => {
    const bytes = streamBytes(file);
    fc.assert(
      fc.property(fc.nat(bytes.length), (end) => {
        const reader = read([bytes.subarray(0, end)], streamHeaders(file));
        // Half an event is no JSON, and must not come to be text.
        expect(file === 'plain.sse' || text.startsWith(reader.text) || reader.text === '').toBe(true);
        expect(JSON.stringify(reader.facts ?? {})).not.toMatch(/null/);
      }),
      { numRuns: 30 },
    );
  });
});

describe('figures of a stream', () => {
  const thought = (reasoning: string) => ({ choices: [{ index: 0, delta: { reasoning } }] });
  const word = (content: string) => ({ choices: [{ index: 0, delta: { content } }] });
  const usage = (more: object) => ({ choices: [], usage: { prompt_tokens: 5, ...more } });

  it('count thinking from its first piece on', () => {
    const pieces = events(
      ...Array.from({ length: 40 }, () => thought('x')),
      ...Array.from({ length: 4 }, () => word('y')),
      usage({ completion_tokens: 45 }),
    );
    expect(read(pieces).facts).toEqual({
      firstTokenMs: 100,
      tokens: 45,
      isCounted: true,
      tokensPerSecond: 10,
    });
  });

  it('leave out thoughts that were not streamed, whose time is before the first token', () => {
    const { facts } = read(streamEvents('openai-chat-hidden-reasoning.sse'));
    expect(facts).toEqual({
      firstTokenMs: 200,
      tokens: 204,
      isCounted: true,
      reasoningTokens: 200,
      tokensPerSecond: 10,
    });
  });

  it('use what the server tells with each chunk', () => {
    const chunk = (content: string, tokens: number) => ({
      ...word(content),
      usage: { completion_tokens: tokens },
    });
    // Ten tokens a chunk: 30 after the first chunk, in 300 ms.
    expect(read(events(chunk('a', 10), chunk('b', 20), chunk('c', 30), chunk('d', 40))).facts).toMatchObject({
      tokens: 40,
      tokensPerSecond: 100,
    });
  });

  it.each([
    ['negative', -5, /reports -5 tokens/],
    ['a text', '45', /reports "45" tokens/],
    ['huge', 1e300, /reports 1e\+300 tokens/],
    ['beyond all models', 10_000_001, /which isn't a valid count/],
    ['a fraction', 4.5, /reports 4.5 tokens/],
    ['an object', { a: 1 }, /which isn't a valid count/],
    ['nothing', null, undefined],
    ['none', 0, undefined],
  ])('do not believe a count that is %s', (_name, tokens, remark) => {
    const reader = read(events(word('a'), word('b'), word('c'), usage({ completion_tokens: tokens })));
    expect(reader.facts).toEqual({ firstTokenMs: 100, tokens: 3, isCounted: false, tokensPerSecond: 10 });
    if (remark) expect(reader.remarks.join()).toMatch(remark);
    else expect(reader.remarks).toEqual([]);
  });

  it('are told without a speed where all came at once', () => {
    const reader = new StreamReader(sse);
    reader.push(Buffer.from(events(...Array.from({ length: 50 }, () => word('a'))).join('')), 900);
    expect(reader.facts).toEqual({ firstTokenMs: 900, tokens: 50, isCounted: false });
    reader.push(Buffer.from(events(word('b'), usage({ completion_tokens: 5_000_000 })).join('')), 901);
    expect(reader.facts).toEqual({ firstTokenMs: 900, tokens: 5_000_000, isCounted: true });
  });
});

describe('text that comes twice', () => {
  const part = { item_id: 'i', output_index: 0, content_index: 0 };
  const item = { id: 'other', type: 'message', content: [{ type: 'output_text', text: 'Only here' }] };

  it.each([
    [
      'in the event that ends its part',
      [
        { type: 'response.output_text.delta', ...part, delta: 'Only ' },
        { type: 'response.output_text.delta', ...part, delta: 'here' },
        { type: 'response.output_text.done', ...part, text: 'Only here' },
      ],
    ],
    [
      'only in the event that ends its part',
      [{ type: 'response.output_text.done', ...part, text: 'Only here' }],
    ],
    [
      'in all events that end something, without any piece',
      [
        { type: 'response.output_text.done', ...part, text: 'Only here' },
        { type: 'response.content_part.done', ...part, part: item.content[0] },
        { type: 'response.output_item.done', output_index: 0, item },
        { type: 'response.completed', response: { output: [item] } },
      ],
    ],
    ['only in the last event', [{ type: 'response.completed', response: { output: [item] } }]],
    ['only in the message of a chunk', [{ choices: [{ index: 0, message: { content: 'Only here' } }] }]],
    [
      'at the end of a stream of its own kind',
      [{ token: 'Only ' }, { token: 'here' }, { done: true, text: 'Only here' }],
    ],
    [
      'at the end of a transcript',
      [
        { type: 'transcript.text.delta', delta: 'Only here' },
        { type: 'transcript.text.done', text: 'Only here' },
      ],
    ],
    [
      'from its beginning with each event',
      [
        { text: 'Only', meta_info: {} },
        { text: 'Only here', meta_info: {} },
      ],
    ],
  ])('%s is there once', (_name, data) => {
    expect(read(events(...data)).text).toBe('Only here');
  });

  it('because a model says it twice is there twice', () => {
    const delta = { type: 'response.output_text.delta', ...part, delta: 'no ' };
    expect(read(events(delta, delta)).text).toBe('no no ');
    expect(read(events({ token: 'no ' }, { token: 'no ' })).text).toBe('no no ');
  });
});

describe('choices', () => {
  it.each([
    [
      'numbered from the second on',
      [
        { index: 1, text: 'b' },
        { index: 0, text: 'a' },
      ],
      'a',
    ],
    ['without numbers', [{ text: 'a' }, { text: 'b' }], 'a'],
    [
      'with numbers in words',
      [
        { index: '1', text: 'b' },
        { index: '0', text: 'a' },
      ],
      'a',
    ],
    ['without any first', [{ index: 1, text: 'b' }], ''],
    ['that are none', ['x', null, 3], ''],
  ])('%s', (_name, choices, text) => {
    const reader = read(events({ choices }));
    expect(reader.text).toBe(text);
    expect(JSON.stringify(shown(reader))).not.toMatch(/NaN/);
  });
});

describe('an error inside an answer whose status is a success', () => {
  const failure = (body: string, type = 'application/json', status = 200) => {
    const watch = new FailureWatch(status, { 'content-type': type });
    watch.push(Buffer.from(body));
    return watch.end();
  };

  it.each([
    ['{"error": {"message": "No such model.", "type": "not_found"}}', 'No such model. (not_found)'],
    ['{"error": "Input validation error", "error_type": "validation"}', 'Input validation error'],
    ['{"success": false, "error": "Boom", "data": null}', 'Boom'],
    ['{"status": "error", "message": "Boom"}', 'Boom'],
    ['{"error": true, "message": "Boom"}', 'Boom'],
    ['{"errors": [{"message": "Boom"}], "data": null}', 'Boom'],
    [
      '{"object": "error", "message": "Boom", "type": "BadRequestError", "code": 400}',
      'Boom (BadRequestError)',
    ],
    ['{"type": "error", "error": {"type": "api_error", "message": "Boom"}}', 'Boom (api_error)'],
    ['{"error": {"code": 3}}', '{"code":3}'],
  ])('is found in %s', (body, message) => {
    expect(failure(body)).toBe(message);
    expect(failure(body, 'text/event-stream')).toBe(message);
    expect(failure(body, 'application/json', 500)).toBeUndefined();
  });

  it.each([
    '{"error": null, "result": 3}',
    '{"error": "", "text": "a"}',
    '{"error": 0.02, "loss": 1}',
    '{"error": false}',
    '{"error": "none"}',
    '{"error": {}, "rows": [1]}',
    '{"error": "skipped one", "rows": [1]}',
    '{"error": "warned", "success": true}',
    '{"errors": [{"message": "partial"}], "data": {"a": 1}}',
    '{"message": "ERROR is only a word"}',
    '{"status": "ok", "message": "no error"}',
    '["error"]',
    '"error"',
    'no error',
    '',
  ])('is not made of %s', (body) => {
    expect(failure(body)).toBeUndefined();
  });

  it.each([
    [{ choices: [{ index: 0, delta: { content: 'an error: {"error": "x"}' } }] }],
    [{ type: 'response.created', response: { status: 'in_progress', error: null } }],
    [{ epoch: 3, error: 0.25 }],
    [{ type: 'response.mcp_call.failed', item_id: 'x' }],
    [
      {
        type: 'content_block_start',
        content_block: { type: 'web_search_tool_result', content: { type: 'e', error_code: 'x' } },
      },
    ],
  ])('is not made of the event %j', (data) => {
    expect(read(events(data)).error).toBeUndefined();
    expect(failure(events(data).join(''), 'text/event-stream')).toBeUndefined();
  });

  it('is not made of a row of a table that has one', () => {
    const rows = '{"id":1,"error":"timed out"}\n{"id":2,"error":null}\n';
    expect(read([rows], lines).error).toBeUndefined();
    expect(failure(rows, 'application/x-ndjson')).toBeUndefined();
  });

  it('is said in the explanation, and is no good answer', () => {
    const body = streamBytes('vllm-chat-error.sse');
    const failed = failure(body.toString(), 'text/event-stream')!;
    const result = httpResult(body.toString(), { headers: sse, bytes: body, failure: failed });
    expect(explainResult(result)).toEqual({
      text: `The status is a success, but the response reports a failure: ${failed}`,
      action: 'showLogs',
    });
    const stream = read([body]);
    expect(new AnswerModel({ result, stream }).notes).toEqual([]);
    const unwatched = httpResult(body.toString(), { headers: sse, bytes: body });
    expect(new AnswerModel({ result: unwatched, stream }).notes[0]).toContain(failed);
  });

  it('is found also where it comes after more than is kept, and between large events', () => {
    const watch = new FailureWatch(200, sse);
    const large = Buffer.from(`data: ${JSON.stringify({ token: 'x'.repeat(1_000_000) })}\n\n`);
    for (let count = 0; count < 40; count++) watch.push(large);
    watch.push(Buffer.from(`data: ${'y'.repeat(10_000_000)}\n\n`));
    watch.push(Buffer.from('event: error\ndata: gone\n\n'));
    expect(watch.end()).toBe('gone');
  });

  it('has a message of bounded length', () => {
    expect(failure(JSON.stringify({ error: 'x'.repeat(60_000) }))).toHaveLength(1001);
  });
});

it('leaves an event of 10 MB out of text and figures, says so, and goes on', () => {
  const large = JSON.stringify({ choices: [{ index: 0, delta: { content: 'x'.repeat(10_000_000) } }] });
  const reader = read([
    ...events({ choices: [{ index: 0, delta: { content: 'a' } }] }),
    `data: ${large}\n\n`,
    ...events({ choices: [{ index: 0, delta: { content: 'b' } }] }),
  ]);
  expect([reader.text, reader.leftOut]).toEqual(['ab', 1]);
  const result = httpResult('data: …', { headers: sse });
  expect(new AnswerModel({ result, stream: reader }).notes.join()).toMatch(
    /1 events? or lines of the stream .* included in Raw and Save/,
  );
  const row = read(
    [
      `{"done":false,"model":"m","response":"a"}\n{"response":"${'x'.repeat(10_000_000)}"}\n`,
      '{"done":true,"model":"m","response":"b"}',
    ],
    lines,
  );
  expect([row.text, row.leftOut]).toEqual(['ab', 1]);
});

it('reads whatever comes without a figure that is none', () => {
  const value: fc.Arbitrary<unknown> = fc.oneof(
    fc.string(),
    fc.double(),
    fc.integer(),
    fc.constant(null),
    fc.boolean(),
    fc.array(fc.string(), { maxLength: 2 }),
  );
  const names = fc.constantFrom(
    'type',
    'choices',
    'delta',
    'usage',
    'error',
    'response',
    'candidates',
    'usageMetadata',
    'token',
    'text',
    'content',
    'done',
    'model',
    'stop',
    'meta_info',
    'message',
    'tokens_predicted',
    'eval_count',
    'index',
    '__proto__',
    'constructor',
  );
  const types = fc.constantFrom(
    'response.output_text.delta',
    'response.completed',
    'message_delta',
    'content_block_start',
    'message-end',
    'text-delta',
    'error',
    'toString',
  );
  const inner = fc.dictionary(names, value, { maxKeys: 4 });
  const event = fc.dictionary(names, fc.oneof(value, inner, fc.array(inner, { maxLength: 2 }), types), {
    maxKeys: 6,
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 6 }), fc.boolean(), (all, isLines) => {
      const pieces = isLines ? all.map((each) => `${JSON.stringify(each)}\n`) : events(...all);
      const reader = read(pieces, isLines ? lines : sse);
      const { facts } = reader;
      for (const figure of Object.values(facts ?? {}).filter((each) => typeof each === 'number'))
        expect(Number.isFinite(figure) && figure >= 0).toBe(true);
      expect(Object.values(reader.output).every((each) => typeof each === 'string')).toBe(true);
    }),
    { numRuns: 300 },
  );
});
