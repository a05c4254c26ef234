import { describe, expect, it } from 'vitest';
import { ModalError } from '../../../src/domain/errors.ts';
import { parseHttpFile } from '../../../src/requests/httpFile/parse.ts';
import { bodyNames, writeRequest } from '../../../src/requests/httpFile/saving.ts';
import { addRequest, requestText, updateRequest } from '../../../src/requests/httpFile/write.ts';

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
