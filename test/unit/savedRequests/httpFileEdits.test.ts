import { describe, expect, it } from 'vitest';
import type { RequestSpec } from '../../../src/domain/request.ts';
import { parseHttpFile } from '../../../src/features/savedRequests/core/httpFile/parse.ts';
import { requestText, updateRequest } from '../../../src/features/savedRequests/core/httpFile/write.ts';

const wanted = (headers: Record<string, string>, body?: string): RequestSpec => ({
  ...{ method: 'POST', url: 'https://h/', headers },
  ...(body === undefined ? {} : { body }),
});
const updated = (text: string, spec: RequestSpec) => {
  const file = parseHttpFile(text);
  return updateRequest(file, file.requests[0]!, spec, {
    folder: '/',
    says: (template) => template,
    keepBody: false,
  }).text;
};

describe.each([
  ['\n', 'LF'],
  ['\r\n', 'CRLF'],
])('a request that is saved again in a file with line ends %j', (end) => {
  const lines = (text: string) => text.replaceAll('\n', end);
  const text = lines('POST https://h/\nX-A: 1\n# of the team\nX-B: 2\n\nhello\n\n### next\nGET https://z/\n');

  it('leaves no gap where a header was', () => {
    expect(updated(text, wanted({ 'X-B': '2' }, 'hello'))).toBe(text.replace(lines('X-A: 1\n'), ''));
    expect(updated(text, wanted({ 'X-A': '1' }, 'hello'))).toBe(text.replace(lines('X-B: 2\n'), ''));
    expect(updated(text, wanted({}, 'hello'))).toBe(text.replaceAll(/X-[AB]: \d\r?\n/g, ''));
  });

  it('has a new header at the end of the others', () => {
    const changed = updated(text, wanted({ 'X-A': '1', 'X-B': '2', 'X-C': '3' }, 'hello'));
    expect(changed).toBe(text.replace(lines('X-B: 2\n'), lines('X-B: 2\nX-C: 3\n')));
  });

  it('has its new body in the place of the old one', () => {
    const changed = updated(text, wanted({ 'X-A': '1', 'X-B': '2' }, 'one\ntwo'));
    expect(changed).toBe(text.replace('hello', lines('one\ntwo')));
  });
});

describe('the address of a request that is written', () => {
  const file = parseHttpFile(
    [
      '@host = https://old.example\n@host = https://h.example\n@v1 = https://h.example/v1\n@slash = https://s.example/\n',
      '@empty =\n@word = https\n@more = https://{{host}}\n\nGET https://h.example/\n',
    ].join(''),
  );
  const written = (url: string) =>
    requestText({ method: 'GET', url, headers: {} }, { name: 'n', folder: '/', variables: file.variables })
      .text.split('\n')
      .find((line) => line.startsWith('GET '));

  it.each([
    ['https://h.example', '{{host}}'],
    ['https://h.example/x', '{{host}}/x'],
    ['https://h.example?x=1', '{{host}}?x=1'],
    ['https://h.example/v1/x', '{{v1}}/x'],
    ['https://h.example/v1x', '{{host}}/v1x'],
    ['https://h.example.net/x', 'https://h.example.net/x'],
    ['https://old.example/x', 'https://old.example/x'],
    ['https://s.example/x', '{{slash}}x'],
    ['https://h.example/{{x}}', '{{host}}/%7B%7Bx%7D%7D'],
    ['https://h.example/{x}', '{{host}}/{x}'],
  ])('begins with the longest variable of the file that it lies below: %s', (url, line) => {
    expect(written(url)).toBe(`GET ${line}`);
  });
});
