import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventStreamParser } from '../../../../src/features/requests/core/answer/eventStream.ts';
import { StreamReader, mostEvents } from '../../../../src/features/requests/core/answer/streamReader.ts';

const parse = (pieces: readonly string[]) => {
  const parser = new EventStreamParser();
  return [...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()];
};
/** Cuts a text at any places. */
const cutUp = (text: string, places: readonly number[]) => {
  const at = [0, ...places.map((place) => place % (text.length + 1)).sort((a, b) => a - b), text.length];
  return at.slice(1).map((end, index) => text.slice(at[index], end));
};

describe('events of a stream', () => {
  it.each([
    ['data: a\n\n', [{ type: 'message', data: 'a', id: '' }]],
    ['data:a\ndata: b\r\n\r\n', [{ type: 'message', data: 'a\nb', id: '' }]],
    [
      'event: done\rid: 7\rdata\r\rdata: x\r\r',
      [
        { type: 'done', data: '', id: '7' },
        { type: 'message', data: 'x', id: '7' },
      ],
    ],
    ['\uFEFF: comment\nretry: 10\ndata: a', [{ type: 'message', data: 'a', id: '' }]],
    ['event: nothing\n\n', []],
  ])('are read from %j', (text, events) => {
    expect(parse([text])).toEqual(events);
  });

  it('are the same however the text is cut', () => {
    const line = fc.constantFrom(
      'data: a',
      'data:',
      'data: {"b": 1}',
      'event: e',
      'id: 3',
      ': c',
      'junk',
      '',
    );
    const text = fc
      .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 30 })
      .map((lines) => lines.flat().join(''));
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 12 }), (whole, places) => {
        expect(parse(cutUp(whole, places))).toEqual(parse([whole]));
      }),
    );
  });

  it('without end are left out, and those after them are read', () => {
    const parser = new EventStreamParser();
    const line = `data: ${'x'.repeat(1024 * 1024)}\n`;
    for (let count = 0; count < 20; count++) expect(parser.push(line)).toEqual([]);
    expect(parser.push('\ndata: next\n\n')).toEqual([{ type: 'message', data: 'next', id: '' }]);
    expect(parser.leftOut).toBe(1);
    const reader = new StreamReader({ 'content-type': 'text/event-stream' });
    reader.push(Buffer.from(`${line.repeat(5)}\ndata: next\n\n`), 1);
    expect([reader.count, reader.leftOut]).toEqual([1, 1]);
  });

  it('never throw and never lose their place, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (pieces) => {
        expect(parse([...pieces, '\n\ndata: last\n\n']).at(-1)).toMatchObject({
          data: expect.stringMatching(/last$/) as string,
        });
      }),
    );
  });
});

const headers = { 'content-type': 'text/event-stream; charset=utf-8' };
const bytes = (text: string) => Buffer.from(text);

describe('a stream while it comes', () => {
  it.each([
    ['chat', (text: string) => ({ choices: [{ index: 0, delta: { content: text } }] })],
    ['completions', (text: string) => ({ choices: [{ index: 0, text }] })],
    ['responses', (text: string) => ({ type: 'response.output_text.delta', delta: text })],
    ['Anthropic', (text: string) => ({ type: 'content_block_delta', delta: { text } })],
    ['TGI', (text: string) => ({ token: { text } })],
  ])('joins the text of %s and measures it', (_name, make) => {
    const reader = new StreamReader(headers);
    for (const [index, word] of ['Hello', ' wor', 'ld'].entries())
      reader.push(bytes(`data: ${JSON.stringify(make(word))}\n\n`), 100 + index * 250);
    reader.push(bytes('data: [DONE]\n\n'), 900);
    reader.end(900);
    expect(reader.text).toBe('Hello world');
    expect(reader.count).toBe(4);
    expect(reader.facts).toEqual({ firstTokenMs: 100, tokens: 3, isCounted: false, tokensPerSecond: 4 });
  });

  it("takes the server's own count of tokens", () => {
    const reader = new StreamReader(headers);
    reader.push(bytes('data: {"choices":[{"delta":{"content":"ab"}}]}\n\ndata: plain\n\n'), 0);
    reader.push(
      bytes('data: {"choices":[{"delta":{"content":"c"}}],"usage":{"completion_tokens":11}}\n\n'),
      1000,
    );
    expect(reader.text).toBe('abplainc');
    expect(reader.facts).toMatchObject({ tokens: 11, isCounted: true, tokensPerSecond: 10 });
  });

  it('heals characters that lie across two pieces', () => {
    const reader = new StreamReader(headers);
    const whole = bytes('data: grüße 👋\n\n');
    for (const byte of whole) reader.push(Uint8Array.of(byte), 1);
    expect(reader.events.map(({ data }) => data)).toEqual(['grüße 👋']);
  });

  it('keeps the newest of an endless one, and counts all', () => {
    const reader = new StreamReader(headers);
    for (let index = 0; index < 3 * mostEvents; index++) reader.push(bytes(`data: ${index}\n\n`), index);
    expect(reader.count).toBe(3 * mostEvents);
    expect(reader.events).toHaveLength(mostEvents);
    expect(reader.events.at(-1)).toMatchObject({
      data: String(3 * mostEvents - 1),
      index: 3 * mostEvents - 1,
    });
    const large = 'x'.repeat(1024 * 1024);
    for (let index = 0; index < 40; index++) reader.push(bytes(`data: ${large}\n\n`), index);
    expect(reader.events.length).toBeLessThan(10);
    expect(reader.text.length).toBeLessThanOrEqual(1024 * 1024);
  });

  it('that is no stream of events says so', () => {
    const reader = new StreamReader(headers);
    reader.push(bytes('<html>\nno events\n</html>\n'), 1);
    reader.end(2);
    expect(reader.isMalformed).toBe(true);
    const plain = new StreamReader({ 'content-type': 'text/plain' });
    expect(plain.push(bytes('as it is'), 1).text).toBe('as it is');
    expect(plain.isMalformed).toBe(false);
  });
});
