/** Answers that mean harm, through all that makes one seen: each tab of the panel, its tree, its search and its copies. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../../../../src/shared/logger.ts';
import type { HttpResult } from '../../../../src/domain/request.ts';
import { decodeText } from '../../../../src/features/requests/core/textBody.ts';
import { AnswerSession } from '../../../../src/features/requests/ui/answerSession.ts';
import type { ToAnswerView } from '../../../../src/features/requests/answerMessages.ts';
import { toAnswerView } from '../../../../src/features/requests/answerMessages.ts';
import { appOf, endpointOf } from '../../support/apps.ts';
import { httpResult } from '../../support/httpResult.ts';

vi.mock('vscode', () => import('../../support/editor.ts'));

const mb = 1024 * 1024;
const json = 'application/json';
const markdown = 'text/markdown';
const events = 'text/event-stream';
const deep = (open: string, close: string, times: number) => open.repeat(times) + close.repeat(times);
const prototypes =
  '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1,"hasOwnProperty":0}';

interface Row {
  readonly name: string;
  readonly type: string;
  readonly body: string | Buffer;
  /** The tabs it has, after which it is known. */
  readonly tabs: string;
  readonly status?: number;
}

const rows: readonly Row[] = [
  {
    name: 'JSON a million lists deep',
    type: json,
    body: deep('[', ']', 1_000_000),
    tabs: 'json raw headers',
  },
  {
    name: 'JSON a million objects deep',
    type: json,
    body: deep('{"a":', '}', 1_000_000).replace(':}', ':0}'),
    tabs: 'raw headers',
  },
  {
    name: 'JSON a million lists deep, never closed',
    type: json,
    body: '['.repeat(1_000_000),
    tabs: 'raw headers',
  },
  {
    name: 'JSON of 5,000 objects deep',
    type: json,
    body: `${'{"a":'.repeat(5000)}0${'}'.repeat(5000)}`,
    tabs: 'json raw headers',
  },
  { name: 'names of prototypes', type: json, body: prototypes, tabs: 'summary json raw headers' },
  {
    name: 'names of prototypes in rows',
    type: json,
    body: `[${prototypes},${prototypes}]`,
    tabs: 'table json raw headers',
  },
  {
    name: 'names of prototypes in events',
    type: events,
    body: `data: ${prototypes}\n\nevent: __proto__\nid: __proto__\ndata: x\n\n`,
    tabs: 'stream raw headers',
  },
  {
    name: 'names of prototypes as output of a model',
    type: events,
    body: 'data: {"choices":{"__proto__":{"delta":{"content":1}}},"usage":{"__proto__":1}}\n\n',
    tabs: 'stream raw headers',
  },
  {
    name: 'a string of 10 MB',
    type: json,
    body: JSON.stringify({ a: 'x'.repeat(10 * mb) }),
    tabs: 'summary json raw headers',
  },
  {
    name: 'a name of 10 MB',
    type: json,
    body: JSON.stringify({ ['x'.repeat(10 * mb)]: 1 }),
    tabs: 'summary json raw headers',
  },
  { name: 'a number of 1 MB', type: json, body: `{"a":${'9'.repeat(mb)}}`, tabs: 'json raw headers' },
  {
    name: 'numbers beyond any',
    type: json,
    body: '{"a":1e999,"b":-1e999,"c":-0,"d":1e-999}',
    tabs: 'summary json raw headers',
  },
  {
    name: 'a million numbers',
    type: json,
    body: JSON.stringify(Array.from({ length: 1_000_000 }, (_, at) => at)),
    tabs: 'json raw headers',
  },
  {
    name: 'a million fields',
    type: json,
    body: `{${Array.from({ length: 1_000_000 }, (_, at) => `"k${at}":0`).join()}}`,
    tabs: 'raw headers',
  },
  {
    name: 'rows of other columns each',
    type: json,
    body: JSON.stringify(Array.from({ length: 5000 }, (_, at) => ({ [`c${at}`]: at }))),
    tabs: 'table json raw headers',
  },
  {
    name: 'half surrogates and NUL',
    type: json,
    body: String.raw`{"a":"\ud800","\udfff":"\u0000","b":"\u202e\u2066"}`,
    tabs: 'summary json raw headers',
  },
  {
    name: 'the same name a thousand times',
    type: json,
    body: `{${'"a":1,'.repeat(1000)}"a":2}`,
    tabs: 'summary json raw headers',
  },
  {
    name: 'a thousand pictures',
    type: json,
    body: JSON.stringify(Array.from({ length: 1000 }, () => `data:image/png;base64,${'A'.repeat(1000)}`)),
    tabs: 'images json raw headers',
  },
  {
    name: 'pictures that are pages',
    type: json,
    body: JSON.stringify({
      image: `data:text/html;base64,${'A'.repeat(1000)}`,
      svg: `data:image/svg+xml,${'<svg onload=alert(1)>'.repeat(9)}`,
    }),
    tabs: 'summary json raw headers',
  },
  {
    name: 'a picture that is a page',
    type: 'image/svg+xml',
    body: '<svg onload="alert(1)"><script>alert(1)</script></svg>',
    tabs: 'images hex headers',
  },
  {
    name: 'a picture of 21 MB',
    type: 'image/png',
    body: Buffer.alloc(21 * mb, 1),
    tabs: 'images hex headers',
  },
  {
    name: '20,000 vectors',
    type: json,
    body: JSON.stringify({
      data: Array.from({ length: 20_000 }, () => ({
        embedding: Array.from({ length: 32 }, (_, at) => at / 7),
      })),
    }),
    tabs: 'vectors table json raw headers',
  },
  {
    name: 'a page with scripts',
    type: 'text/html',
    body: '<script>alert(1)</script><form action=//evil>',
    tabs: 'raw headers',
  },
  {
    name: 'Markdown: lists in lists',
    type: markdown,
    body: '- '.repeat(30_000),
    tabs: 'markdown raw headers',
  },
  {
    name: 'Markdown: quotes in quotes',
    type: markdown,
    body: '> '.repeat(30_000),
    tabs: 'markdown raw headers',
  },
  {
    name: 'Markdown: brackets without end',
    type: markdown,
    body: '[a]('.repeat(16_000),
    tabs: 'markdown raw headers',
  },
  { name: 'Markdown: stars', type: markdown, body: '*_**__'.repeat(10_000), tabs: 'markdown raw headers' },
  {
    name: 'Markdown: backticks of all lengths',
    type: markdown,
    body: Array.from({ length: 350 }, (_, at) => '`'.repeat(at)).join(' '),
    tabs: 'markdown raw headers',
  },
  {
    name: 'Markdown: a table of 10,000 columns',
    type: markdown,
    body: `${'|a'.repeat(10_000)}|\n${'|-'.repeat(10_000)}|\n${'|b'.repeat(10_000)}|`,
    tabs: 'markdown raw headers',
  },
  {
    name: 'Markdown: links to commands',
    type: markdown,
    body: '# a\n[a](command:x) ![b](javascript:y) <vscode://z> <b onclick=c>',
    tabs: 'markdown raw headers',
  },
  {
    name: 'Markdown: the same reference again and again',
    type: markdown,
    body: `[a]: //b\n\n${'[a]'.repeat(20_000)}`,
    tabs: 'markdown raw headers',
  },
  {
    name: 'Markdown in JSON',
    type: json,
    body: JSON.stringify({ text: `# a\n${'[a]('.repeat(16_000)}` }),
    tabs: 'summary markdown json raw headers',
  },
  {
    name: 'events: 100,000 at once',
    type: events,
    body: 'data: {\n\n'.repeat(100_000),
    tabs: 'stream raw headers',
  },
  {
    name: 'events: one of 10 MB',
    type: events,
    body: `data: ${'x'.repeat(10 * mb)}\n\n`,
    tabs: 'raw headers',
  },
  {
    name: 'events: one of a million lines',
    type: events,
    body: `${'data:\n'.repeat(1_000_000)}\n`,
    tabs: 'stream raw headers',
  },
  { name: 'events: none at all', type: events, body: '\r'.repeat(mb), tabs: 'stream raw headers' },
  { name: 'events: only comments', type: events, body: ':\n'.repeat(mb), tabs: 'stream raw headers' },
  { name: 'no bytes', type: json, body: '', tabs: 'headers' },
  {
    name: 'bytes of no text',
    type: json,
    body: Buffer.from([0x7b, 0xff, 0xfe, 0, 0x7d]),
    tabs: 'hex headers',
  },
  {
    name: 'a failure that is a page of 10 MB',
    type: 'text/html',
    status: 500,
    body: '<b>'.repeat(3 * mb),
    tabs: 'raw headers',
  },
  {
    name: 'a failure with names of prototypes',
    type: json,
    status: 422,
    body: '{"detail":[{"loc":["__proto__","constructor"],"msg":"[a](command:x)"}],"error":{"__proto__":{"message":1}}}',
    tabs: 'table json raw headers',
  },
];

afterEach(() => {
  // What one row leaves behind would be seen in the next ones too.
  for (const object of [{}, [], () => 0]) {
    expect(Reflect.get(object, 'polluted')).toBeUndefined();
    expect(Object.keys(Object.getPrototypeOf(object) as object)).toEqual([]);
  }
});

/** The session with the messages that it sent. */
async function shown({ type, body, status = 200 }: Row) {
  const bytes = Buffer.from(body);
  const headers = { 'content-type': type };
  const result: HttpResult = httpResult(decodeText(bytes, { headers }) ?? '', {
    headers,
    bytes,
    size: bytes.length,
    status,
  });
  const posted: ToAnswerView[] = [];
  const session = new AnswerSession(
    {
      sender: {
        send: (_spec, _signal, progress) => {
          progress?.onHead?.({ status, statusText: 'OK', headers });
          for (let at = 0; at < bytes.length; at += 65_536)
            progress?.onChunk?.(bytes.subarray(at, at + 65_536), at);
          return Promise.resolve(result);
        },
      },
      facts: { app: () => Promise.reject(new Error('not asked')) } as never,
      logger: silentLogger,
      actions: {} as never,
    },
    (message) => posted.push(message),
  );
  const app = appOf();
  await session.send({
    app,
    endpoint: endpointOf(),
    spec: { method: 'GET', url: 'http://a.example/', headers: {} },
  });
  return { session, posted, bytes };
}

/** As large as the parts of an answer that are shown at once may be. */
const largestMessage = 16 * mb;
const lengthOf = (message: ToAnswerView) => JSON.stringify(message).length;

describe('an answer that means harm', () => {
  it('is there in more than 31 kinds', () => {
    expect(new Set(rows.map(({ name }) => name)).size).toBeGreaterThanOrEqual(40);
  });

  it.each(rows)(
    'is shown as what it is, or refused in words: $name',
    async (row) => {
      const { session, posted, bytes } = await shown(row);
      const state = posted.findLast((message) => message.type === 'answer/state')?.state;
      if (state?.kind !== 'done') throw new Error(`It ended as ${JSON.stringify(state)}.`);
      expect(state.tabs.join(' ')).toBe(row.tabs);
      for (const tab of state.tabs) await session.handle({ type: 'answer/select', tab });
      await session.handle({ type: 'answer/search', text: 'polluted' });
      await session.handle({ type: 'answer/expand', path: ['__proto__'], from: 0 });
      await session.handle({ type: 'answer/reveal', path: ['constructor', 'prototype'] });
      for (const message of posted) {
        expect(toAnswerView.safeParse(message).success, message.type).toBe(true);
        expect(lengthOf(message)).toBeLessThan(largestMessage);
      }
      // A witness that is not ours: what Node makes of the bytes.
      const raw = posted.find(
        (message) => message.type === 'answer/content' && message.content.tab === 'raw',
      );
      if (raw?.type === 'answer/content' && raw.content.tab === 'raw')
        expect(bytes.toString().startsWith(raw.content.text)).toBe(true);
      session.dispose();
    },
    30_000,
  );
});
