/** What clients do with `.http` files that the wire does not show: what is refused, warned of, and kept from sight. */
import { describe, expect, it } from 'vitest';
import type { RequestSpec } from '../../../src/domain/request.ts';
import { parseHttpFile } from '../../../src/features/savedRequests/core/httpFile/parse.ts';
import { specOfHttpRequest } from '../../../src/features/savedRequests/core/httpFile/toSpec.ts';
import type { VariableSource } from '../../../src/features/savedRequests/core/httpFile/variables.ts';
import { Variables } from '../../../src/features/savedRequests/core/httpFile/variables.ts';
import { requestText, updateRequest } from '../../../src/features/savedRequests/core/httpFile/write.ts';
import { filledHeaders, secretValues } from '../../../src/features/requests/core/secretHeaders.ts';

const noSource: VariableSource = { environment: {}, dotenv: {}, processEnv: {} };

function specOfText(text: string, source: Partial<VariableSource> = {}, file = ''): Promise<RequestSpec> {
  const parsed = parseHttpFile(text);
  const [request] = parsed.requests;
  if (!request) throw new Error('no request');
  return specOfHttpRequest(parsed, request, {
    variables: new Variables(parsed, { ...noSource, ...source }),
    folder: '/',
    readFile: () => Promise.resolve(new TextEncoder().encode(file)),
    allowFiles: (files) => Promise.resolve(files),
    secretOf: () => Promise.resolve(undefined),
  });
}

const problemsOf = (text: string) =>
  parseHttpFile(text).problems.map(({ severity, message }) => `${severity}: ${message}`);

describe('the address of a path', () => {
  it.each([
    ['h:443', 'https://h/x'],
    ['h:8443', 'https://h:8443/x'],
    ['h:80', 'http://h/x'],
    ['h', 'http://h/x'],
    ['h:8080', 'http://h:8080/x'],
    ['[::1]:443', 'https://[::1]/x'],
    ['[::1]:8080', 'http://[::1]:8080/x'],
    ['[::1]', 'http://[::1]/x'],
    ['https://h', 'https://h/x'],
    ['http://h:81/', 'http://h:81/x'],
    ['{{name}}:443', 'https://h/x'],
    ['me--app.modal.run', 'https://me--app.modal.run/x'],
  ])('beside Host: %s is %s', async (host, url) => {
    const spec = await specOfText(`GET /x\nHost: ${host}\n`, { environment: { name: 'h' } });
    expect(spec.url).toBe(url);
    expect(spec.headers).toEqual({});
  });

  it.each([
    ['GET /x\n', 'is a path. Write the full URL, or a Host header.'],
    ['GET https://a/\nHost: b\n', 'The URL is for a, but the Host header names "b"'],
    ['GET https://a/\nHost: a:80\n', 'The URL is for a, but the Host header names "a:80"'],
    ['GET https://a/\u0000\n', 'line break or control character'],
    ['GET ws://a/\n', 'Only http and https requests'],
    ['grpc a/b\n', "grpc requests aren't supported"],
    ['GET localhost:8000/x\n', 'The URL is missing'],
    ['GET\n', 'The URL is missing'],
    ['GET http://a:%ff@h/\n', "aren't UTF-8"],
    ['GET http://h/\nX-A: \\{\\{x\\}\\}\n', 'The header X-A contains a literal {{'],
  ])('is refused in words: %j', async (text, message) => {
    await expect(specOfText(text)).rejects.toThrow(message);
  });

  it.each(['HTTP/1.1', 'HTTP/2', 'http/1.0', 'HTTP/2 (Prior Knowledge)'])(
    'has no %s in it',
    async (version) => {
      expect((await specOfText(`GET http://h/a b ${version}\n  ?c=1\n`)).url).toBe('http://h/a%20b?c=1');
    },
  );

  it('keeps the name and password of an address out of it', async () => {
    const text = 'GET https://ann:{{password}}@h/x\n';
    const spec = await specOfText(text, { environment: { password: 's3cretS3cret' } });
    expect(spec.url).toBe('https://h/x');
    expect(JSON.stringify({ ...spec, secrets: undefined, hidden: undefined })).not.toContain('s3cret');
    expect(filledHeaders(spec)).toEqual({
      Authorization: `Basic ${Buffer.from('ann:s3cretS3cret').toString('base64')}`,
    });
    const own = await specOfText('GET https://ann:x@h/x\nAuthorization: Bearer y\n');
    expect(filledHeaders(own)).toEqual({ Authorization: 'Bearer y' });
  });
});

describe('Basic with a name and a password', () => {
  const text = 'GET https://h/\nX-A: 1\nAuthorization: Basic {{user}} {{password}}\n';
  const environment = { user: 'ann', password: 's3cretS3cret' };

  it('shows neither, and masks both where a server repeats them', async () => {
    const spec = await specOfText(text, { environment });
    expect(spec.headers['Authorization']).toBe('Basic {{BASIC_CREDENTIALS}}');
    const base64 = Buffer.from('ann:s3cretS3cret').toString('base64');
    expect(secretValues(spec)).toEqual(
      expect.arrayContaining([base64, `Basic ${base64}`, 'ann:s3cretS3cret', 's3cretS3cret']),
    );
    const written = requestText(spec, { name: 'n', folder: '' }).text;
    expect(written).toContain('Authorization: Basic {{BASIC_CREDENTIALS}}\n');
    expect(written).toContain("# The value of Authorization isn't saved here: give BASIC_CREDENTIALS one");
    expect(written).not.toContain('s3cret');
  });

  it('stays as it is written when the request is saved again', async () => {
    const spec = await specOfText(text, { environment });
    expect(saved(text, spec, environment)).toBe(text);
  });
});

/** The file after a request of it was saved that says `spec`. */
function saved(
  text: string,
  spec: RequestSpec,
  environment: Record<string, string>,
  keepBody = true,
): string {
  const file = parseHttpFile(text);
  const variables = new Variables(file, { ...noSource, environment });
  const says = (template: string) => {
    const { text: filled, unknown } = variables.fill(template);
    return unknown.length === 0 ? filled : undefined;
  };
  return updateRequest(file, file.requests[0]!, spec, { folder: '', says, keepBody }).text;
}

describe('a query of GraphQL', () => {
  const byMethod = 'GRAPHQL https://h/g\n\nquery { a }\n\n{"n": 9007199254740993}\n';
  const byHeader =
    'POST https://h/g\nX-REQUEST-TYPE: GraphQL\nContent-Type: application/json\n\nquery { a }\n';

  it('is sent as JSON, with its numbers as they are written', async () => {
    const spec = await specOfText(byMethod);
    expect([spec.method, spec.headers, spec.body]).toEqual([
      'POST',
      { 'Content-Type': 'application/json' },
      '{"query":"query { a }","variables":{"n":9007199254740993}}',
    ]);
    await expect(specOfText(byMethod.replace('}\n', '\n'))).resolves.toBeDefined();
    await expect(specOfText(byMethod.replace('993}', '993'))).rejects.toThrow(
      'variables of the query are not valid JSON',
    );
  });

  it('may be a file', async () => {
    const spec = await specOfText('GRAPHQL https://h/g\n\n< ./q.graphql\n', {}, 'query Q { a }');
    expect(spec.body).toBe('{"query":"query Q { a }","operationName":"Q"}');
  });

  it.each([byMethod, byHeader])('stays one when the request is saved again', async (text) => {
    const spec = await specOfText(text);
    expect(saved(text, spec, {})).toBe(text);
    const moved = saved(text, { ...spec, url: 'https://h/other' }, {});
    expect(moved).toBe(text.replace('/g\n', '/other\n'));
  });

  it.each([byMethod, byHeader])('is plain JSON when its body was changed', async (text) => {
    const spec = await specOfText(text);
    const changed = saved(text, { ...spec, body: '{"query":"{ b }"}' }, {}, false);
    expect((await specOfText(changed)).body).toBe('{"query":"{ b }"}');
    expect(changed).not.toMatch(/GRAPHQL/i);
  });

  it('cannot be written of a request whose header would make one of its JSON', () => {
    const headers = { 'X-Request-Type': 'GraphQL' };
    const spec = { method: 'POST', url: 'https://h/', headers, body: '{}' };
    expect(() => requestText(spec, { name: 'n', folder: '' })).toThrow('Remove the header');
  });
});

describe('what only other clients do', () => {
  it.each([
    ['# @ref login\nGET http://h/\n', "warning: Other requests aren't sent first."],
    ['# @forceRef login\nGET http://h/\n', "warning: Other requests aren't sent first."],
    ['// @prompt name\nGET http://h/\n', "warning: Prompts aren't supported."],
    ['# @no-redirect\nGET http://h/\n', 'information: Redirects within'],
    ['# @loop for 3\nGET http://h/\n', 'warning: The request is sent once'],
    ['# @import ./a.http\nGET http://h/\n', "warning: Other files aren't read."],
    ['GET http://h/\n# @timeout 5\nX-A: 1\n', 'information: The time limit'],
    ['import ./a.http\n\nGET http://h/\n', "warning: Other files and requests can't be run"],
    ['< ./before.js\nGET http://h/\n', "information: Scripts aren't supported"],
    ['< {%\n x()\n%}\nGET http://h/\n', "information: Scripts aren't supported"],
    ['GET http://h/\n\n> ./after.js\n', 'information: Scripts and response checks'],
    ['GET http://h/\n\n> {% x() %}\n', 'information: Scripts and response checks'],
    ['GET http://h/\n\n>>! ./r.json\n', "information: The response isn't written"],
    ['< {%\nGET http://h/\n', "error: This isn't closed."],
    ['/*\nGET http://h/\n', "error: This isn't closed."],
    ['POST http://h/\n\n{}\n> {%\n x()\n', "error: This script isn't closed."],
    ['GET http://h/\nGET http://h/2\n', 'error: This begins another request.'],
    ['GET http://h/\nhttps://h/2\n', 'error: This begins another request.'],
    ['POST http://h/\n\n{}\nGET http://h/2\n', 'warning: This line is sent as part of the body'],
    ['POST http://h/\n\n<@utf-9 ./f\n', 'error: Unknown encoding utf-9.'],
  ])('%j is said: %s', (text, message) => {
    expect(problemsOf(text)).toEqual([expect.stringContaining(message) as string]);
    expect(parseHttpFile(text).requests.length).toBe(message.includes("This isn't closed") ? 0 : 1);
  });

  it.each(['# @name x', '# @no-log', '# @title x', '# words @ref', '// @unknown'])(
    'says nothing of %s',
    (comment) => {
      expect(problemsOf(`${comment}\nGET http://h/\n`)).toEqual([]);
    },
  );

  it.each([
    ['{{login.response.body.token}}', 'is read from another request'],
    ['{{login.response.headers.X}}', 'is read from another request'],
    ['{{ m.content }}', 'write \\{\\{ … \\}\\}, or put the text into a file and write "< ./file"'],
    ['{{messages[0]}}', "isn't defined: it isn't a variable name"],
    ['{{Date.now()}}', "isn't defined: it isn't a variable name"],
    ['{{bos_token}}', 'To send the braces themselves, write \\{\\{ … \\}\\}'],
    ['{{KEPT}}', 'It is in .env: write {{$dotenv KEPT}}'],
    ['{{$prompt name}}', 'prompts for a value in other clients'],
    ['{{$input name}}', 'prompts for a value in other clients'],
    ['{{$aadToken}}', 'signs in to another service'],
    ['{{$auth.token("a")}}', 'signs in to another service'],
    ['{{$random.integer(1, 5)}}', 'is not one of $guid'],
    ['{{$guid x}}', 'takes nothing after its name'],
    ['{{$timestamp 3}}', 'takes a whole number and one of'],
    ['{{$timestamp 1.5 d}}', 'takes a whole number and one of'],
    ['{{$datetime YYYY}}', 'needs iso8601, rfc1123 or a format'],
    ['{{$randomInt 1 2 3}}', 'needs two whole numbers'],
    ['{{$processEnv}}', 'needs one name'],
    ['{{$dotenv a b}}', 'needs one name'],
    ['{{$dotenv %name}}', "needs name, which isn't defined"],
  ])('%s is said', async (reference, message) => {
    const source = { dotenv: { KEPT: 'x' } };
    await expect(specOfText(`POST http://h/\n\n${reference}\n`, source)).rejects.toThrow(message);
  });

  it('says once that lines of a text are comments', () => {
    const text = (type: string) => `POST http://h/\nContent-Type: ${type}\n\n# a\nb\n# c\n`;
    const warning = [expect.stringContaining('comments in .http files and are not sent') as string];
    for (const type of ['text/markdown', 'text/plain', 'application/yaml', 'text/x-python'])
      expect(problemsOf(text(type))).toEqual(warning);
    for (const type of ['application/json', 'application/xml', 'application/x-www-form-urlencoded'])
      expect(problemsOf(text(type))).toEqual([]);
  });

  it('has no request in a response that was pasted', () => {
    expect(parseHttpFile('###\nHTTP/1.1 200 OK\nA: b\n\n{}\n').requests).toEqual([]);
  });

  it('keeps what only looks like a comment', async () => {
    const body = '{\n  "a": "# x",\n  "b": "//h/x"\n}';
    expect((await specOfText(`POST http://h//x#y\n\n${body}\n`)).body).toBe(body);
  });
});

it('hides a value whose name a variable gives, as it hides one that is named', async () => {
  const source = { environment: { which: 'MY_TOKEN' }, dotenv: { MY_TOKEN: 'CANARYcanary01' } };
  const spec = await specOfText('GET http://h/?t={{$dotenv %which}}\n', source);
  expect(spec.hidden).toEqual(['CANARYcanary01']);
  const header = await specOfText('GET http://h/\nX-A: {{$dotenv %which}}\n', source);
  expect(JSON.stringify(header.headers)).not.toContain('CANARY');
});
