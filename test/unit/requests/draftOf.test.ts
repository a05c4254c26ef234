import { describe, expect, it } from 'vitest';
import { draftOf } from '../../../src/features/requests/core/draftOf.ts';

const auth = { secretRef: 'r', header: 'Authorization', scheme: 'Bearer' };

describe('a request of a file as a draft', () => {
  it('has path, query, headers, body and key in their places', () => {
    const spec = {
      method: 'POST',
      url: 'https://h/base/v1/x?a=1&a=b+c',
      headers: { 'Content-Type': 'application/json', 'X-A': '1' },
      body: '{}',
      auth,
    };
    expect(draftOf(spec, 'https://h/base/')).toEqual({
      method: 'POST',
      path: '/v1/x',
      pathValues: {},
      query: [
        { name: 'a', value: '1', on: true },
        { name: 'a', value: 'b c', on: true },
      ],
      headers: [{ name: 'X-A', value: '1', on: true }],
      body: { kind: 'text', type: 'application/json', text: '{}', files: [] },
      auth,
    });
  });

  it('keeps a query in the path where a table would write it otherwise', () => {
    const draft = draftOf({ method: 'GET', url: 'https://h/x?a=b%20c&{d}', headers: {} }, 'https://h');
    expect(draft).toMatchObject({ path: '/x?a=b%20c&%7Bd%7D', query: [], body: { kind: 'none' } });
  });

  it.each([
    ['/x?a=1#b{c}', '/x?a=1#b%7Bc%7D', 0],
    ['/x#b', '/x#b', 0],
    ['/base/x?a=1', '/x', 1],
    ['/based/x?a=1', '/based/x', 1],
    ['/other', '/other', 0],
  ])('loses nothing of an address, also outside of the first path: %s', (url, path, parameters) => {
    const draft = draftOf({ method: 'GET', url: `https://h${url}`, headers: {} }, 'https://h/base');
    expect(draft?.path).toBe(path);
    expect(draft?.query).toHaveLength(parameters);
  });

  it('names the files of parts, and leaves bytes alone', () => {
    const parts = [
      { name: 't', text: '' },
      { name: 'f', file: { path: '/tmp/a b.png', name: 'c.png', type: 'image/png' } },
    ];
    const spec = { method: 'POST', url: 'https://h/', headers: {}, body: { parts } };
    expect(draftOf(spec, 'https://h')?.body).toEqual({
      kind: 'multipart',
      parts: [
        { name: 't', on: true, text: '' },
        { name: 'f', on: true, file: { uri: 'file:///tmp/a%20b.png', name: 'c.png', type: 'image/png' } },
      ],
    });
    expect(draftOf({ ...spec, body: new Uint8Array(1) }, 'https://h')).toBeUndefined();
  });
});
