import { describe, expect, it } from 'vitest';
import type { RequestSpec } from '../../../src/domain/request.ts';
import { draftOf } from '../../../src/features/requests/core/draftOf.ts';
import { parseHttpFile } from '../../../src/features/savedRequests/core/httpFile/parse.ts';
import { savedRequestsOf } from '../../../src/features/savedRequests/core/httpFile/savedRequests.ts';
import { specOfHttpRequest } from '../../../src/features/savedRequests/core/httpFile/toSpec.ts';
import { Variables } from '../../../src/features/savedRequests/core/httpFile/variables.ts';
import { requestText } from '../../../src/features/savedRequests/core/httpFile/write.ts';
import { wholeBody } from '../../../src/features/requests/core/requestBody.ts';
import { specOf as draftSpec } from '../../../src/features/requests/core/spec.ts';

async function specOfText(text: string): Promise<RequestSpec> {
  const file = parseHttpFile(text);
  expect(file.problems).toEqual([]);
  return specOfHttpRequest(file, file.requests[0]!, {
    variables: new Variables(file, { environment: {}, dotenv: {}, processEnv: {} }),
    folder: '',
    readFile: () => Promise.reject(new Error('no file')),
    allowFiles: (files) => Promise.resolve(files),
    secretOf: () => Promise.resolve('endpointKey/main/demo'),
  });
}

describe('a request of a .http file loses nothing on its way', () => {
  it('keeps name and type of a part that stands in the file', async () => {
    const text = `POST http://h/parts
Content-Type: multipart/form-data; boundary=x

--x
Content-Disposition: form-data; name="f"; filename="a.txt"

inline
--x
Content-Disposition: form-data; name="meta"
Content-Type: application/json

{"a": 1}
--x--
`;
    const parts = [
      { name: 'f', text: 'inline', fileName: 'a.txt' },
      { name: 'meta', text: '{"a": 1}', type: 'application/json' },
    ];
    const spec = await specOfText(text);
    expect(spec.body).toEqual({ parts });
    expect(await specOfText(requestText(spec, { name: 'n', folder: '' }).text)).toEqual(spec);
    const { body } = await wholeBody({ parts });
    expect(Buffer.from(body!).toString()).toMatch(
      /form-data; name="f"; filename="a\.txt"\r\n\r\ninline\r\n--.*\r\n.*name="meta"\r\nContent-Type: application\/json\r\n\r\n\{"a": 1\}\r\n/,
    );
    const draft = draftOf(spec, 'http://h')!;
    expect((await draftSpec(draft, 'http://h')).body).toEqual({ parts });
  });

  it('sends all lines of a header', async () => {
    const spec = await specOfText('GET http://h/\nX-A: 1\nx-a: 2\nCookie: a=1\nCookie: b=2\n');
    expect(await draftSpec(draftOf(spec, 'http://h')!, 'http://h')).toEqual(spec);
    expect(spec.headers).toMatchObject({ 'X-A': '1, 2' });
    expect({ ...spec.headers, ...spec.secrets }['Cookie']).toBe('a=1; b=2');
  });

  it.each([
    'Modal-Key: {{MODAL_KEY}}',
    'Modal-Secret: {{MODAL_SECRET}}',
    'Authorization: Bearer {{MODAL_API_KEY}}\nX-API-Key: {{MODAL_API_KEY}}',
    'Authorization: Bearer {{MODAL_API_KEY}}\nModal-Key: {{MODAL_KEY}}\nModal-Secret: {{MODAL_SECRET}}',
  ])('leaves no key out silently: %j', async (headers) => {
    await expect(specOfText(`GET https://a/\n${headers}\n`)).rejects.toThrow(
      'A request can have only one key',
    );
  });
});

describe('a list of saved requests', () => {
  it('has those whose address is known, each with a place inside of it', () => {
    const text = `@base = http://h:1
### Hello
POST {{base}}/hello?x=1

{}
### Broken
GET {{base}}/{{nobody}}
GET {{nobody}}/x
###
GET http://other/y
`;
    const file = parseHttpFile(text);
    const variables = new Variables(file, { environment: {}, dotenv: {}, processEnv: {} });
    const list = savedRequestsOf(file, 'file:///a.http', (each) => variables.fill(each).text);
    expect(list.map(({ title, method, path, origin }) => [title, method, path, origin])).toEqual([
      ['Hello', 'POST', '/hello', 'http://h:1'],
      ['GET /y', 'GET', '/y', 'http://other'],
    ]);
    for (const { at, method } of list) expect(text.slice(at).startsWith(method)).toBe(true);
  });
});
