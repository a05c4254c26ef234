import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ModalError } from '../../../src/domain/errors.ts';
import type { RequestSpec } from '../../../src/domain/request.ts';
import { parseHttpFile } from '../../../src/features/savedRequests/core/httpFile/parse.ts';
import { bodyNames, writeRequest } from '../../../src/features/savedRequests/core/httpFile/saving.ts';
import { specOfHttpRequest } from '../../../src/features/savedRequests/core/httpFile/toSpec.ts';
import { Variables } from '../../../src/features/savedRequests/core/httpFile/variables.ts';
import {
  addRequest,
  requestText,
  updateRequest,
} from '../../../src/features/savedRequests/core/httpFile/write.ts';

const secrets = { API_KEY: 'k-1', PASSWORD: 'p-2', PASSWORD_2: 'p-3', TOKEN: 'hf_abcdefgh12345678' };

/** The request of a file, sent where the private environment has the credentials. */
async function sentFrom(text: string, files: Record<string, Uint8Array> = {}): Promise<RequestSpec> {
  const file = parseHttpFile(text);
  const variables = new Variables(file, {
    environment: secrets,
    privateNames: new Set(Object.keys(secrets)),
    dotenv: {},
    processEnv: {},
  });
  return specOfHttpRequest(file, file.requests[0]!, {
    variables,
    folder: '/w',
    readFile: (name) => Promise.resolve(files[name] ?? new Uint8Array()),
    allowFiles: (files) => Promise.resolve(files),
    secretOf: () => Promise.resolve(undefined),
  });
}

describe('credentials of a saved request', () => {
  const url = 'https://h/v1/x?n=1&api_key=k-1';
  const { API_KEY, PASSWORD, PASSWORD_2, TOKEN } = secrets;
  const nested = `{\n  "password": "${PASSWORD}",\n  "a": [{"password": "${PASSWORD_2}"}, {"password": "${PASSWORD}"}],\n  "note": "${TOKEN}", "max_tokens": 5\n}`;

  it.each<[string, RequestSpec['body'], string[]]>([
    ['members', nested, ['API_KEY', 'PASSWORD', 'PASSWORD_2', 'TOKEN']],
    ['fields', `a=b&password=${PASSWORD}`, ['API_KEY', 'PASSWORD']],
    [
      'parts',
      {
        parts: [
          { name: 'password', text: PASSWORD },
          { name: 'b', text: 'c' },
        ],
      },
      ['API_KEY', 'PASSWORD'],
    ],
  ])('are variables, and what is sent is the same: %s', async (_kind, body, names) => {
    const { text } = requestText(
      { method: 'POST', url, headers: {}, body: body! },
      { name: 'n', folder: '/w' },
    );
    for (const name of names) {
      expect(text).toContain(`{{${name}}}`);
      expect(text).toContain(`give ${name} one in http-client.private.env.json.`);
    }
    for (const value of [API_KEY, PASSWORD, PASSWORD_2, TOKEN]) expect(text).not.toContain(value);
    const sent = await sentFrom(text);
    expect([sent.url, sent.body]).toEqual([url, body]);
    expect(sent.hidden).toContain(API_KEY);
  });

  it('are variables in a body that is a file, or it is not saved', async () => {
    const body = `{"password": "${PASSWORD}", "a": "${'x'.repeat(70_000)}"}`;
    const save = (text: string) =>
      requestText(
        { method: 'POST', url: 'https://h/', headers: {}, body: text },
        { name: 'n', folder: '/w' },
      );
    const { text, bodyFile } = save(body);
    expect(Buffer.from(bodyFile!.bytes).toString()).toBe(body.replace(PASSWORD, '{{PASSWORD}}'));
    const sent = await sentFrom(text, { [path.resolve('/w', bodyFile!.name)]: bodyFile!.bytes });
    expect(sent.body).toBe(body);
    expect(() => save(`{"password": "${PASSWORD}", "a": "{{b}}"}`)).toThrow('The body contains a credential');
  });

  it('take no name that stands for something else', () => {
    const headers = { 'X-API-Key': 'h-1' };
    const body = '{"x_api_key": "b-1", "modal_api_key": "b-2"}';
    const { text } = requestText(
      { method: 'POST', url: 'https://h/', headers, body },
      { name: 'n', folder: '/w' },
    );
    expect(text).toContain('X-API-Key: {{X_API_KEY}}');
    expect(text).toContain('{"x_api_key": "{{X_API_KEY_2}}", "modal_api_key": "{{MODAL_API_KEY_2}}"}');
  });
});

const spec = { method: 'POST', url: 'https://h/v1/x', headers: {}, body: '{"a": "{{b}}"}' };

describe('saving a request whose body is a file', () => {
  it('takes no name that another app or another request has', () => {
    const file = parseHttpFile('');
    const save = (stem: string, name: string, taken: readonly string[] = []) =>
      requestText(spec, { name, folder: '/w', bodyName: bodyNames({ stem, file, taken }) });
    expect(save('a', 'v1/x').bodyFile?.name).toBe('bodies/a/v1_x.json');
    expect(save('b', 'v1/x').bodyFile?.name).toBe('bodies/b/v1_x.json');
    expect(save('a', '请求').bodyFile?.name).toBe('bodies/a/request.json');
    const third = save('a', '要求', ['Request.json', 'request_2.json']);
    expect(third.bodyFile?.name).toBe('bodies/a/request_3.json');
    expect(third.text).toContain('\n\n< ./bodies/a/request_3.json\n');
  });

  it('writes the body of the request that it replaces, unless another names it too', () => {
    const bodyName = bodyNames({ stem: 'a', file: parseHttpFile(''), taken: [] });
    const one = requestText(spec, { name: 'one', folder: '/w', bodyName }).text;
    const replace = (text: string) => {
      const file = parseHttpFile(text);
      const [old] = file.requests;
      return updateRequest(file, old!, spec, {
        folder: '/w',
        says: (said) => said,
        keepBody: false,
        bodyName: bodyNames({ stem: 'a', file, taken: ['one.json'], old }),
      });
    };
    expect(replace(one).bodyFile?.name).toBe('bodies/a/one.json');
    expect(replace(one).text).toBe(one);
    const shared = addRequest(one, one.replace('### one', '### two'));
    expect(replace(shared).bodyFile?.name).toBe('bodies/a/one_2.json');
    // Other apps may have written there.
    const before = one.replace('bodies/a/', 'bodies/');
    expect(replace(before).bodyFile?.name).toBe('bodies/a/one_2.json');
  });

  it('changes nothing where the file must not be written', async () => {
    const done: string[] = [];
    const write = (check: () => Promise<void>) =>
      writeRequest(
        { text: 'text', bodyFile: { name: 'body', bytes: new Uint8Array() } },
        {
          check,
          writeBody: (name) => Promise.resolve(void done.push(name)),
          writeText: (text) => Promise.resolve(void done.push(text)),
        },
      );
    await expect(write(() => Promise.reject(new ModalError('conflict', 'not saved')))).rejects.toThrow(
      'not saved',
    );
    expect(done).toEqual([]);
    await write(() => Promise.resolve());
    expect(done).toEqual(['body', 'text']);
  });
});
