import { describe, expect, it } from 'vitest';
import type { HttpResult } from '../../../../src/domain/request.ts';
import { inOneGo } from '../../../../src/shared/steps.ts';
import { AnswerModel } from '../../../../src/features/requests/core/answer/answerModel.ts';
import { hexDump } from '../../../../src/features/requests/core/answer/hex.ts';
import { renderMarkdown } from '../../../../src/features/requests/core/answer/markdown.ts';
import { StreamReader } from '../../../../src/features/requests/core/answer/streamReader.ts';
import { summarize } from '../../../../src/features/requests/core/summary.ts';
import { decodeText } from '../../../../src/features/requests/core/textBody.ts';
import { catalogApp } from '../../support/catalogApp.ts';
import { httpResult } from '../../support/httpResult.ts';

function model(type: string, body: string | Uint8Array, changes: Partial<HttpResult> = {}): AnswerModel {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const headers = type ? { 'content-type': type } : {};
  const stream = new StreamReader(headers);
  stream.push(bytes, 1);
  stream.end(2);
  const text = decodeText(bytes, { headers, isCut: changes.cut !== undefined }) ?? '';
  const result = httpResult(text, { headers, bytes, size: bytes.length, ...changes });
  return new AnswerModel({ result, stream });
}

const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const vector = Array.from({ length: 32 }, (_, index) => index / 10);

describe('what an answer is', () => {
  it.each([
    ['application/json', '{"a": 1}', ['summary', 'json', 'raw', 'headers']],
    ['text/plain', '[{"a": 1}]', ['table', 'json', 'raw', 'headers']],
    [
      'application/json',
      JSON.stringify({ data: [{ embedding: vector }] }),
      ['vectors', 'table', 'json', 'raw', 'headers'],
    ],
    ['text/event-stream', 'data: a\n\n', ['stream', 'raw', 'headers']],
    ['text/event-stream', 'not an event\n', ['raw', 'headers']],
    ['text/markdown', '# Title', ['markdown', 'raw', 'headers']],
    ['image/png', png, ['images', 'hex', 'headers']],
    ['application/octet-stream', Uint8Array.of(0, 1, 2), ['hex', 'headers']],
    ['text/html', '<script>x</script>', ['raw', 'headers']],
    ['', '', ['headers']],
  ])('%s %s', (type, body, tabs) => {
    expect(model(type, body).tabs).toEqual(tabs);
  });

  it.each([
    ['application/json', '<html>Oops</html>', /labeled JSON, but it is HTML or XML\. Showing it as text/],
    ['application/json', '{"a": 1,\n}', /it is not valid \(line 2, column 1\)/],
    [
      'application/json',
      Uint8Array.of(0xff, 0xfe, 0, 1).subarray(1),
      /labeled application\/json, but the bytes aren't valid UTF-8/,
    ],
    ['image/svg', 'x', undefined],
    ['text/csv', '{"a": 1}', /This is JSON, although it is labeled text\/csv/],
    ['text/html', '<b>', /never rendered/],
    ['text/event-stream', 'oops\n', /contains no events/],
    ['text/plain', '', /no body/],
  ])('says what is odd: %s %s', (type, body, note) => {
    const { notes } = model(type, body);
    if (note) expect(notes.join('\n')).toMatch(note);
    else expect(notes).toEqual([]);
  });

  it('says first why it is not whole, and that a key is masked', () => {
    const { notes } = model('application/json', '{"a": [1', {
      cut: { kind: 'lost', text: 'The connection was lost.' },
      keyMasked: true,
    });
    expect(notes[0]).toBe('The connection was lost.');
    expect(notes[1]).toMatch(/masked/);
    expect(notes).toHaveLength(2); // not being JSON is no news then
  });

  it('has no summary when it is a refusal', () => {
    expect(model('application/json', '{"error": "x"}', { status: 422 }).tabs).toEqual([
      'json',
      'raw',
      'headers',
    ]);
  });

  it('has a summary without pictures, and long texts cut', () => {
    const base64 = Buffer.concat([png, Buffer.alloc(1000)]).toString('base64');
    const long = 'word '.repeat(40_000);
    const { summary } = model(
      'application/json',
      JSON.stringify({ image: base64, text: long, rows: [{ long }, { long }] }),
    );
    expect(summary.map((block) => block.kind)).toEqual(['table', 'text']);
    expect(JSON.stringify(summary).length).toBeLessThan(70_000);
    expect(summary[1]).toMatchObject({
      text: expect.stringMatching(
        /\n\n… cut after 64 KB of 195\.3 KB; see the Raw tab for all of it\.$/s,
      ) as string,
    });
    const highlights = [{ label: 'Text', path: 'text' }];
    const sample = { ...catalogApp().samples[0]!, expect: { status: 200, description: '', highlights } };
    expect(summarize(JSON.stringify({ text: long }), sample)).toEqual([{ ...summary[1], title: 'Text' }]);
  });

  it('has the pictures that stand in it, whole, and loads none', () => {
    const base64 = Buffer.concat([png, Buffer.alloc(100)]).toString('base64');
    const blanks = `iVBORw0KGgo${' '.repeat(500_000)}!`;
    expect(model('application/json', JSON.stringify({ blanks })).images).toEqual([]);
    const body = {
      pages: [{ image: base64 }, { image: `data:image/webp;base64,${base64}` }],
      link: 'https://x.example/a.png',
    };
    expect(model('application/json', JSON.stringify(body)).images).toMatchObject([
      { label: '$.pages[0].image', type: 'image/png', size: 116 },
      { label: '$.pages[1].image', type: 'image/webp', size: 116 },
    ]);
  });
});

describe('text', () => {
  it.each([
    ['text/plain; charset=iso-8859-1', Buffer.from('grüße', 'latin1'), 'grüße'],
    ['text/plain; charset="Shift_JIS"', Buffer.from([0x83, 0x65]), 'テ'],
    ['text/plain; charset=made-up', Buffer.from('grüße'), 'grüße'],
    ['', Buffer.from('\uFEFFa', 'utf16le'), 'a'],
    ['application/octet-stream', Buffer.from([65, 0, 66]), undefined],
  ])('%s', (type, bytes, text) => {
    expect(decodeText(bytes, { headers: type ? { 'content-type': type } : {} })).toBe(text);
  });

  const latin = (text: string) => Buffer.from(text, 'latin1');
  const guessed = /names no charset\. Reading them as Windows-1252 \(Latin-1\), which is a guess/;
  it.each([
    ['text/plain', latin('café'), 'café', guessed],
    ['text/plain', latin('na\xefve'), 'naïve', guessed],
    ['application/json', latin('{"a": "gr\xfc\xdfe"}'), '{"a": "grüße"}', guessed],
    ['', latin('price 5 \x80'), 'price 5 €', guessed],
    [
      'text/plain; charset=utf-8',
      latin('caf\xe9'),
      'café',
      /labeled UTF-8, but these bytes aren't valid UTF-8/,
    ],
    ['text/plain; charset=latin-9000', latin('caf\xe9'), 'café', /charset "latin-9000", which is unknown/],
    ['text/plain; charset=made-up', Buffer.from('grüße'), 'grüße', /"made-up".*Reading it as UTF-8/],
    ['text/plain; charset=shift_jis', Buffer.from([0x83, 0x65, 0xff]), 'テ\uFFFD', /aren't valid Shift_JIS/],
    [
      'text/plain; charset=latin1',
      Buffer.from('\uFEFFgrüße'),
      'grüße',
      /mark of UTF-8, although the response is labeled/,
    ],
    [
      'text/plain',
      Buffer.from('Hello you', 'utf16le'),
      'Hello you',
      /Reading them as UTF-16LE, which is a guess/,
    ],
    ['text/plain', Buffer.from('Hello you', 'utf16le').swap16(), 'Hello you', /Reading them as UTF-16BE/],
    ['text/plain', Buffer.from('grüße').subarray(0, 5), 'grü\uFFFD', /last character is incomplete/],
    [
      'text/html',
      latin('<meta charset="windows-1251"><p>\xcf'),
      '<meta charset="windows-1251"><p>П',
      undefined,
    ],
    [
      'text/xml',
      latin('<?xml version="1.0" encoding="ISO-8859-15"?><a>\xa4'),
      expect.stringMatching(/€$/),
      undefined,
    ],
  ])('is whole, and a guess is told: %s %j', (type, bytes, text, note) => {
    const { result, notes } = model(type, bytes);
    expect(result.body).toEqual(text);
    if (note) expect(notes[0]).toMatch(note);
    else expect(notes.join()).not.toMatch(/charset|guess/);
  });

  it.each([
    ['text/plain', Buffer.from('cfc0b6c5d2e2', 'hex')],
    ['application/octet-stream', latin('caf\xe9 and more of it')],
    ['text/plain', Buffer.from('fffe0000410000', 'hex')],
    ['text/plain', Uint8Array.of(65, 0, 66, 1, 0xff)],
  ])('that nothing explains is shown as bytes: %s %j', (type, bytes) => {
    const { tabs, notes } = model(type, bytes);
    expect(tabs).toContain('hex');
    if (type === 'text/plain')
      expect(notes[0]).toMatch(/the bytes aren't valid UTF-8 text\. Showing the raw bytes/);
  });

  it('that was cut within a character is read as what it is', () => {
    const bytes = Buffer.from('grüße').subarray(0, 3);
    expect(decodeText(bytes, { headers: {}, isCut: true })).toBe('gr');
    const shiftJis = { 'content-type': 'text/plain; charset=shift_jis' };
    expect(decodeText(Buffer.from([0x83, 0x65, 0x83]), { headers: shiftJis, isCut: true })).toBe('テ');
  });

  it('that is none is shown in hex and letters', () => {
    expect(hexDump(Buffer.from('Modal\0\xff and more'), 16)).toBe(
      '00000000  4d 6f 64 61 6c 00 c3 bf 20 61 6e 64 20 6d 6f 72  Modal... and mor',
    );
  });
});

describe('Markdown', () => {
  it('becomes elements and texts; markup, pictures and strange links stay text', () => {
    const text =
      '# T\n\n<img src=x onerror=alert(1)> [go](https://a.example) [bad](javascript:alert(1)) ![p](http://b.example/p.png)';
    expect(inOneGo(renderMarkdown(text))).toEqual([
      { tag: 'h1', children: ['T'] },
      {
        tag: 'p',
        children: [
          '<img src=x onerror=alert(1)> ',
          { tag: 'a', href: 'https://a.example', children: ['go'] },
          ' [bad](javascript:alert(1)) ',
          { tag: 'a', href: 'http://b.example/p.png', children: ['Image: p'] },
        ],
      },
    ]);
  });

  it('is looked for in proportion to the text', () => {
    const found = (text: string) => model('application/json', JSON.stringify({ text })).markdown.length;
    for (const piece of ['\n', '[', ' ', '[a](b', '| xy', '1']) expect(found(piece.repeat(500_000))).toBe(0);
    expect(found(`${'see '.repeat(20)}[there](https://x.y)`)).toBe(1);
  });

  it('is found under its usual names, once', () => {
    const text = '# Page\n\n- one\n- two\n\nand a good deal more of it';
    const { markdown } = model(
      'application/json',
      JSON.stringify({ content: text, pages: [{ content: text }], id: text }),
    );
    expect(markdown).toEqual([{ title: 'content', text }]);
  });
});
