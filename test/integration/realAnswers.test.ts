/** What FastAPI, Starlette, pydantic and Werkzeug answer to bad requests, in words; and texts in Python's encodings. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensurePython } from '../../scripts/python.ts';
import { explainResult } from '../../src/features/requests/core/explain.ts';
import { decodeText, encodingOf } from '../../src/features/requests/core/textBody.ts';
import { httpResult } from '../unit/support/httpResult.ts';

interface Told {
  readonly status: number;
  readonly type: string;
  readonly allow: string;
  readonly body: string;
}

let errors: Readonly<Record<string, Told>>;
let texts: readonly (readonly [string, string, string])[];

beforeAll(async () => {
  const script = path.join(import.meta.dirname, 'fixtures/real_answers.py');
  const { stdout } = await promisify(execFile)(await ensurePython(), ['-B', script], {
    maxBuffer: 32 * 1024 * 1024,
  });
  ({ errors, texts } = JSON.parse(stdout) as { errors: typeof errors; texts: typeof texts });
}, 120_000);

const unusable = "The app couldn't process the request. ";
const reasons: Readonly<Record<string, string>> = {
  'missing field': `${unusable}mode: Field required`,
  'several fields': `${unusable}query limit: Input should be less than or equal to 10; header x-count: Input should be a valid integer, unable to parse string as an integer; items[0].name: Field required; and 3 more`,
  'no body': `${unusable}Field required`,
  'broken JSON': `${unusable}JSON decode error at character 10: Expecting value`,
  'wrong type of body': `${unusable}Input should be a valid dictionary or object to extract fields from`,
  'a validator': `${unusable}kind: Value error, b is sold out`,
  'large input': `${unusable}kind: Input should be 'a' or 'b'`,
  many: `${unusable}items[0].name: Field required; items[0].price: Field required; items[1].name: Field required; and 597 more`,
  path: `${unusable}path number: Input should be a valid integer, unable to parse string as an integer`,
  'form and file': `${unusable}file: Field required; note: Field required`,
  'a file that is text': 'The app failed.',
  'detail text': `${unusable}The model is not loaded.`,
  'detail object': `${unusable}The quota is used up.`,
  'detail list': `${unusable}One thing; Another thing.`,
  'detail markup': `${unusable}<b>bold</b> [31mred [0m`,
  pydantic: `${unusable}items[0].name: Input should be a valid string; items[0].price: Field required`,
  crash: 'The app failed.',
  'no route': 'The app has no such route.',
  'no method': "The route doesn't accept this method. It accepts POST.",
  starlette: 'The app rejected the request. I am a teapot of Starlette.',
  'starlette no route': 'The app has no such route.',
  'werkzeug 404':
    "The app couldn't find what was requested. The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.",
  'werkzeug 400': `${unusable}The field name is missing.`,
  'werkzeug 413':
    'The request is too large for the app. Request Entity Too Large: The data value transmitted exceeds the capacity limit.',
};

describe('the reason of a real server', () => {
  it.each(Object.entries(reasons))('%s', (name, words) => {
    const { status, allow, body } = errors[name]!;
    const headers = allow ? { allow } : {};
    expect(explainResult(httpResult(body, { status, headers }))?.text).toBe(words);
  });

  it('is known for all that was asked', () => {
    expect(Object.keys(errors).sort()).toEqual(Object.keys(reasons).sort());
  });
});

describe('text', () => {
  it('is what Python wrote, in the encoding that the server names', () => {
    expect(texts.length).toBeGreaterThan(20);
    for (const [label, text, base64] of texts) {
      const bytes = Buffer.from(base64, 'base64');
      const answer = { headers: { 'content-type': `text/plain; charset=${label}` } };
      expect([label, decodeText(bytes, answer)]).toEqual([label, text]);
      expect([label, encodingOf(bytes, answer).note]).toEqual([label, '']);
    }
  });

  it('is whole or shown as bytes where the server names none, and never silently another', () => {
    for (const [label, text, base64] of texts) {
      const bytes = Buffer.from(base64, 'base64');
      const answer = { headers: { 'content-type': 'text/plain' } };
      const read = decodeText(bytes, answer);
      // This one is ASCII by its bytes.
      if (read === text || read === undefined || label === 'iso-2022-jp') continue;
      expect(encodingOf(bytes, answer).note, label).toMatch(/is a guess/);
      expect(read.length, label).toBe(bytes.length);
    }
  });
});
