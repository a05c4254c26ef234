import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseBody } from '../../../src/features/savedRequests/core/httpFile/body.ts';
import { readEnvironments } from '../../../src/features/savedRequests/core/httpFile/environment.ts';
import { linesOf } from '../../../src/features/savedRequests/core/httpFile/lines.ts';
import { parseHttpFile } from '../../../src/features/savedRequests/core/httpFile/parse.ts';
import { specOfHttpRequest } from '../../../src/features/savedRequests/core/httpFile/toSpec.ts';
import { Variables } from '../../../src/features/savedRequests/core/httpFile/variables.ts';

function sent(text: string) {
  const file = parseHttpFile(text);
  return specOfHttpRequest(file, file.requests[0]!, {
    variables: new Variables(file, noSource),
    folder: '/',
    readFile: () => Promise.reject(new Error('none is named')),
    allowFiles: (files) => Promise.resolve(files),
    secretOf: () => Promise.resolve(undefined),
  });
}

const noSource = { environment: {}, dotenv: {}, processEnv: {} };

describe('a .http file that is made to be slow', () => {
  it('reads a body of many parts once', () => {
    const part = '--b\nContent-Disposition: form-data; name="a"\n\nx\n';
    const headers = [
      { name: 'Content-Type', value: 'multipart/form-data; boundary=b', range: { start: 0, end: 0 } },
    ];
    const body = parseBody(linesOf(`${part.repeat(50_000)}--b--`), { headers }, () => undefined);
    expect(body?.parts).toHaveLength(50_000);
  });

  it('fills in what a few lines ask for, and no more', () => {
    const doubling = Array.from({ length: 20 }, (_, at) => `@v${at + 1} = {{v${at}}}{{v${at}}}\n`).join('');
    const uses = Array.from({ length: 200 }, (_, at) => `@u${at} = {{v20}}\n`).join('');
    const variables = new Variables(parseHttpFile(`@v0 = 01234\n${doubling}${uses}`), noSource);
    const filled = Array.from({ length: 200 }, (_, at) => variables.problem(`u${at}`));
    expect(filled.filter((why) => why === '').length).toBeLessThan(10);
    expect(filled.at(-1)).toContain('20 MB');
  });

  it('gives up a long chain of variables, from whichever end it is asked for', () => {
    const chain = Array.from({ length: 20_000 }, (_, at) => `@v${at} = {{v${at + 1}}}\n`).join('');
    const from = () => new Variables(parseHttpFile(chain), noSource);
    expect(from().problem('v0')).toContain('more than 100 variables deep');
    const last = from();
    const reasons = Array.from({ length: 20_000 }, (_, at) => last.problem(`v${19_999 - at}`));
    expect(reasons[0]).toMatch(/^needs v20000, which isn't defined\. Define it in this file or in /);
    // The reason of the nearest, or that the chain is too long: none that grows with the chain.
    expect(new Set(reasons)).toEqual(new Set([reasons[0], from().problem('v0')]));
  });

  it('takes no more lines than a person writes', () => {
    const file = (lines: number) => parseHttpFile(`GET http://h/${'\n'.repeat(lines - 1)}`);
    expect(file(100_000).requests).toHaveLength(1);
    expect(file(100_001).requests).toEqual([]);
    expect(file(100_001).problems[0]?.message).toContain('more than 100000 lines');
  });

  it('refuses 5 MB in words, and keeps every letter of it', () => {
    const text = '### r\nPOST http://h/\n\n{"a": "x"}\r\n\n'.repeat(150_000);
    expect(text.length).toBeGreaterThan(5_000_000);
    const file = parseHttpFile(text);
    expect(file.text).toBe(text);
    expect(file.requests).toEqual([]);
    expect(file.problems).toMatchObject([
      {
        severity: 'error',
        message: expect.stringContaining('Split it, or put large bodies into') as unknown,
      },
    ]);
  });

  it('reads as many requests as there are lines for, and refuses more in words', () => {
    const file = (count: number) => parseHttpFile('GET http://h/\n###\n'.repeat(count));
    expect(file(49_999).requests).toHaveLength(49_999);
    expect(file(50_000).requests).toEqual([]);
    expect(file(50_000).problems[0]?.message).toContain('Split it');
  });

  it('reads mixed line ends, and lets no sign through that an address or header cannot have', async () => {
    const mixed = parseHttpFile(
      'POST http://h/\r\nX-A: 1\nContent-Type: text/plain\r\n\r\none\ntwo\r\nthree\r\n',
    );
    expect(mixed.problems).toEqual([]);
    expect(mixed.requests[0]).toMatchObject({
      headers: [{ name: 'X-A', value: '1' }, { name: 'Content-Type' }],
      body: { pieces: [{ text: 'one\ntwo\nthree' }] },
    });
    await expect(sent('GET http://h/\0\n')).rejects.toThrow('control character');
    await expect(sent('GET http://h/\nX-A: a\0b\n')).rejects.toThrow(
      "characters that aren't allowed in a header",
    );
    expect((await sent('POST http://h/\n\na\0b\n')).body).toBe('a\0b');
  });

  it.each(['"', '{', '{{', '{{a', '}}', '`', "'", '{%', '\\{\\{', '\\{\\{a'])(
    'sends what is never closed as it stands: %s',
    async (sign) => {
      const body = `x ${sign} y`;
      expect((await sent(`POST http://h/\n\n${body}\n`)).body).toBe(body);
    },
  );

  it('takes no more headers than a person writes', () => {
    const file = (count: number) =>
      parseHttpFile(`GET http://h/\n${Array.from({ length: count }, (_, at) => `a${at}: b\n`).join('')}`);
    expect(file(1000).requests[0]?.headers).toHaveLength(1000);
    expect(file(1000).problems).toEqual([]);
    expect(file(1001).problems).toMatchObject([
      { severity: 'error', message: expect.stringContaining('at most 1000 headers') as unknown },
    ]);
  });

  it.skipIf(process.platform === 'win32')('has no values from what is no file, or too large', async () => {
    const odd = await mkdtemp(path.join(os.tmpdir(), 'http-'));
    execFileSync('mkfifo', [path.join(odd, '.env')]);
    await writeFile(path.join(odd, 'http-client.env.json'), `{"a": {}}${' '.repeat(1024 * 1024)}`);
    const { names, problems } = await readEnvironments(odd, '');
    expect(names).toEqual([]);
    expect(problems.join('\n')).toContain('http-client.env.json is larger than 1 MB');
    expect(problems.join('\n')).toContain('.env is no file');
    await rm(odd, { recursive: true });
  });
});
