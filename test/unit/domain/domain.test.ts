import { describe, expect, it } from 'vitest';
import { gpuUsdPerHour, datedRates } from '../../../src/domain/cost.ts';
import { ModalError, isCancelled, toModalError } from '../../../src/domain/errors.ts';
import { DisposableStore, Emitter } from '../../../src/shared/emitter.ts';
import { parseGpu } from '../../../src/domain/gpu.ts';
import { redact } from '../../../src/shared/redact.ts';
import { plural, shortAge, spokenAge } from '../../../src/shared/format.ts';
import { formatUsdPerHour } from '../../../src/domain/priceText.ts';

describe('GPU strings', () => {
  it.each([
    ['A10', 'A10', 1],
    ['a10g', 'A10', 1],
    ['A100', 'A100-40GB', 1],
    ['A100-80GB:2', 'A100-80GB', 2],
    ['H100!', 'H100', 1],
    ['b200+:8', 'B200', 8],
  ])('reads %s', (text, name, count) => {
    expect(parseGpu(text)).toMatchObject({ type: { name }, count });
  });

  it.each(['A40', 'A10:5', 'H100:9', 'T4:0', 'T4:x', ''])('refuses %j', (text) => {
    expect(parseGpu(text)).toBeUndefined();
  });

  it('prices a container by type and count', () => {
    expect(gpuUsdPerHour('L40S:2', datedRates)).toBeCloseTo(3.9);
    expect(gpuUsdPerHour('A40', datedRates)).toBeUndefined();
    expect(formatUsdPerHour(1.1)).toBe('$1.10/h');
  });
});

describe('redact', () => {
  it.each([
    ['token ak-AbCdEf123456 and as-ZZZZZZ999999', 'token ak-… and as-…'],
    ['Authorization: Bearer abcdefgh12345678', 'Authorization: …'],
    ['{"x-api-key": "secretvalue"}', '{"x-api-key": "…"}'],
    ['GET /x?api_key=abc&n=1', 'GET /x?api_key=…&n=1'],
    ['Modal-Secret=ws-abcdef123', 'Modal-Secret=…'],
    ['export X hf_abcdefghijklmnopqrst', 'export X hf_…'],
    ['with sk-proj-abc_123456789012345', 'with sk-…'],
    [
      '{"hf_token":"x1234567","api_key": "k","password":"a \\" b","n":1}',
      '{"hf_token":"…","api_key": "…","password":"…","n":1}',
    ],
    ['{"password": "half', '{"password": "…'],
    ['{"password": 1234, "api_key": abc}', '{"password": …, "api_key": …}'],
    ['{"token": null, "n": {"secret": "x"', '{"token": null, "n": {"secret": "…"'],
    ["{'client_secret': 'x'}", "{'client_secret': '…'}"],
    ['https://h/?a=b&apikey=abc&sig=d%3D#x', 'https://h/?a=b&apikey=…&sig=…'],
  ])('masks %s', (text, masked) => {
    expect(redact(text)).toBe(masked);
  });

  it('leaves ordinary text alone', () => {
    for (const text of [
      'app ap-123 task ta-456 took 3 s',
      '{"token_count": 12, "tokens": "a b", "token": "internationalization", "max_tokens": 5}',
      '{"token": " the", "logprob": -0.1}',
      '{"eos_token": "endoftext2", "page_token": "abcdef123456", "key": "ratios", "signature": "f(x)"}',
      '{"password": ""}',
      'Could not find the secret: hf, and no password: none',
      '{"password": null, "api_key": "{{API_KEY}}", "secret": ["a"], "max_token": 512}',
      'https://h/?max_tokens=5&next_page_token=abc123456&monkey=1',
      'sk-learn-based-pipeline, hf_transfer and hf_hub_download',
    ])
      expect(redact(text)).toBe(text);
  });

  it('takes time in proportion to the text', () => {
    for (const piece of [
      '"',
      '\\',
      '"a":\'',
      '"key":"',
      '"key":\'',
      "{key:'",
      '"a":"',
      '=',
      '?',
      'sk-',
      'hf_',
      'eyJaaaaaaaaaaaaaaaa',
      'ghs_1_aaaaaaaa-',
      'http://a:',
      '%41',
      '-----BEGIN PRIVATE KEY-----',
      'name="password"\n\n',
      '["password","',
      'password: ',
      '<password>',
      'a.',
      '{{',
    ])
      expect(redact(piece.repeat(200_000)).length).toBeGreaterThan(0);
  }, 120_000); // two seconds on a machine of its own; in proportion to the square it would be hours
});

describe('ages', () => {
  it('says how long ago, shortly and in full', () => {
    expect(shortAge(0, 30_000)).toBe('just now');
    expect(shortAge(0, 5 * 60_000)).toBe('5m ago');
    expect(spokenAge(0, 25 * 3_600_000)).toBe('1 day ago');
    expect(spokenAge(0, 2 * 3_600_000)).toBe('2 hours ago');
    expect(plural(1, 'app')).toBe('1 app');
  });
});

describe('errors', () => {
  it('keeps what is ours and wraps the rest with its cause', () => {
    const own = new ModalError('limit', 'too much');
    expect(toModalError(own)).toBe(own);
    const wrapped = toModalError(new TypeError('boom'));
    expect(wrapped).toMatchObject({ kind: 'unexpected', message: 'boom' });
    expect(wrapped.cause).toBeInstanceOf(TypeError);
  });

  it('knows its own kind from another bundle, which has a class of its own', async () => {
    const file = '../../../src/domain/errors.ts?copy'; // the query makes it another module
    const copy = (await import(file)) as {
      ModalError: typeof ModalError;
    };
    const foreign = new copy.ModalError('offline', 'gone');
    expect(foreign).not.toBeInstanceOf(ModalError);
    expect(toModalError(foreign)).toBe(foreign);
  });

  it('knows a cancellation by kind and by abort', () => {
    const abort = new AbortController();
    abort.abort();
    expect(isCancelled(abort.signal.reason)).toBe(true);
    expect(isCancelled(new ModalError('cancelled', 'x'))).toBe(true);
    expect(isCancelled(new Error('cancelled'))).toBe(false);
  });
});

describe('emitter and disposables', () => {
  it('stops telling a listener that is disposed while events are fired', () => {
    const emitter = new Emitter<number>();
    const seen: number[] = [];
    const first = emitter.event((value) => {
      seen.push(value);
      first.dispose();
    });
    emitter.fire(1);
    emitter.fire(2);
    expect(seen).toEqual([1]);
    expect(emitter.listenerCount).toBe(0);
  });

  it('disposes in reverse order, and late arrivals at once', () => {
    const order: string[] = [];
    const item = (name: string) => ({ dispose: () => void order.push(name) });
    const store = new DisposableStore();
    store.add(item('a'));
    store.add(item('b'));
    store.dispose();
    store.add(item('late'));
    expect(order).toEqual(['b', 'a', 'late']);
  });
});
