import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RequestSpec } from '../../../src/domain/request.ts';
import { asCurl } from '../../../src/features/savedRequests/core/export/curl.ts';
import { httpx, openai } from '../../../src/features/savedRequests/core/export/python.ts';
import { snippetKinds } from '../../../src/features/savedRequests/core/export/snippets.ts';
import { fetchScript } from '../../../src/features/savedRequests/core/export/typescript.ts';

const run = promisify(execFile);
const auth = { secretRef: 'endpointKey/main/demo', header: 'Authorization', scheme: 'Bearer' };
const spec: RequestSpec = { method: 'POST', url: 'https://h/v1/x', headers: {}, body: '{}', auth };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'export-'));
});
afterAll(() => rm(folder, { recursive: true }));

const nasty = fc.array(
  fc.oneof(
    fc.constantFrom(
      '\n',
      '\r\n',
      '\r',
      '"',
      '"""',
      "'",
      "'''",
      '`',
      '$',
      '${x}',
      '$(id)',
      '`id`',
      '\\',
      '\\n',
      '!',
      '%s',
      '-',
    ),
    fc.constantFrom(
      '\0',
      '\t',
      '\u0007',
      '\u2028',
      '\u0085',
      '\ufeff',
      'é',
      '😀',
      '\ud800',
      '{{x}}',
      '@',
      '#',
      '{',
      '\\N{DASH}',
    ),
    fc.string({ unit: 'grapheme', maxLength: 4 }),
  ),
  { maxLength: 12 },
);
const bodies = fc.sample(
  nasty.map((parts) => parts.join('')),
  { numRuns: 150, seed: 7 },
);
/** What a client sends for a text. */
const sent = (text: string) => Buffer.from(text).toString('hex');

describe('texts in exported code', () => {
  it('reach a POSIX shell as they are', async () => {
    // Each command runs with a curl that only prints, in hex, what it was given or what came in.
    const fake = `curl() { for a; do case "$p" in --data-raw) printf %s "$a" | od -An -v -tx1;; esac; [ "$a" = @- ] && od -An -v -tx1; p=$a; done; echo END; }\n`;
    const script = bodies.map((body) => asCurl({ ...spec, body })).join('\n');
    await writeFile(path.join(folder, 'all.sh'), `${fake}${script}\n`);
    const { stdout } = await run('sh', [path.join(folder, 'all.sh')], { env: { PATH: process.env['PATH'] } });
    const got = stdout.split('END').slice(0, -1);
    expect(got.map((hex) => hex.replaceAll(/\s/g, ''))).toEqual(bodies.map(sent));
  });

  it('reach TypeScript as they are', async () => {
    const all = bodies.map(
      (body) =>
        `{ const fetch = print; ${fetchScript.write({ ...spec, headers: { 'x-a': 'a"\'`$\\{' }, body })} }`,
    );
    const print =
      'const print = async (url: string, { body, headers }: { body: Uint8Array; headers: Record<string, string> }) => {\n' +
      "console.log(Buffer.from(body).toString('hex') + headers['x-a'] + headers['Authorization']);\n" +
      "return { status: 0, text: async () => '' };\n};\n";
    const file = path.join(folder, 'all.mts');
    await writeFile(file, print + all.join('\n'));
    const { stdout } = await run(process.execPath, [file], { env: { ...process.env, MODAL_API_KEY: 'k' } });
    const lines = stdout.split('\n').filter((line) => line.endsWith('Bearer k'));
    expect(lines).toEqual(bodies.map((body) => `${sent(body)}a"'\`$\\{Bearer k`));
  });

  it('of bytes reach Python as they are, each of them', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
    const code = httpx.write({ ...spec, body: bytes });
    const literal = /b"(?:[^"\\]|\\x[0-9a-f]{2})*"/.exec(code)?.[0] ?? '';
    const { stdout } = await run('python3', ['-c', `print(${literal}.hex())`]);
    expect(stdout.trim()).toBe(Buffer.from(bytes).toString('hex'));
    // What can be read is left as it is.
    expect(literal).toContain(' !\\x22#$%');
    expect(literal).toContain('}~\\x7f');
  });

  it('reach Python as they are', async () => {
    const python = await run('python3', ['--version']).then(() => 'python3');
    const fake = [
      'import sys, types',
      'module = types.ModuleType("httpx")',
      'class Answer:',
      '    status_code, text = 0, ""',
      'def request(method, url, content, **rest):',
      '    print("GOT", content.hex(), rest["headers"]["x-a"], rest["headers"]["Authorization"])',
      '    return Answer()',
      'module.request = request',
      'sys.modules["httpx"] = module',
      '',
    ].join('\n');
    const all = bodies.map((body) => httpx.write({ ...spec, headers: { 'x-a': 'a"\'`$\\{' }, body }));
    const file = path.join(folder, 'all.py');
    await writeFile(file, fake + all.join('\n'));
    const { stdout } = await run(python, [file], { env: { ...process.env, MODAL_API_KEY: 'k' } });
    const lines = stdout.split('\n').filter((line) => line.startsWith('GOT'));
    expect(lines).toEqual(bodies.map((body) => `GOT ${sent(body)} a"'\`$\\{ Bearer k`));
  });
});

describe('credentials in exported code', () => {
  const values = { API_KEY: 'k-1 $x`"', PASSWORD: "p'2", CLIENT_SECRET: 's-3' };
  const env = { ...process.env, ...values };
  const url = 'https://h/v1/x?api_key=__API_KEY__&n=1';
  const texts = [
    '{"password": "__PASSWORD__", "n": 1.0}',
    '{\n  "password": "__PASSWORD__",\n  "it\'s": [{"client_secret": "__CLIENT_SECRET__"}]\n}',
    'a=b&password=__PASSWORD__',
  ];
  /** What the user typed: a value for each name, which is not the one of the environment. */
  const typed = (text: string) => text.replaceAll(/__(\w+?)__/g, 'typed-$1');
  const expected = (text: string) =>
    text.replaceAll(/__(\w+?)__/g, (_, name: string) => values[name as keyof typeof values]);
  const specs = texts.map((text) => ({ ...spec, url: typed(url), headers: {}, body: typed(text) }));
  const wanted = texts.map((text) => `${expected(url)} ${expected(text)}`);

  it('are read from the environment by curl', async () => {
    const fake = `curl() { for a; do case "$a" in http*) printf '%s ' "$a";; esac; case "$p" in --data-raw) printf %s "$a";; esac; p=$a; done; printf '\\0'; }\n`;
    await writeFile(path.join(folder, 'secrets.sh'), fake + specs.map(asCurl).join('\n'));
    const { stdout } = await run('sh', [path.join(folder, 'secrets.sh')], { env });
    expect(stdout.split('\0').slice(0, -1)).toEqual(wanted);
  });

  it('are read from the environment by TypeScript', async () => {
    const print =
      'const print = async (url: string, { body }: { body: Uint8Array }) => {\n' +
      "console.log(JSON.stringify(`${url} ${Buffer.from(body)}`));\nreturn { status: 0, text: async () => '' };\n};\n";
    const file = path.join(folder, 'secrets.mts');
    await writeFile(
      file,
      print + specs.map((each) => `{ const fetch = print; ${fetchScript.write(each)} }`).join('\n'),
    );
    const { stdout } = await run(process.execPath, [file], { env });
    const lines = stdout.split('\n').filter((line) => line.startsWith('"'));
    expect(lines.map((line) => JSON.parse(line) as string)).toEqual(wanted);
  });

  it('are read from the environment by Python', async () => {
    const fake = [
      'import json, sys, types',
      'for name in ("httpx", "openai"):',
      '    sys.modules[name] = types.ModuleType(name)',
      'class Answer:',
      '    status_code, text = 0, ""',
      '    to_json = str',
      'def request(method, url, content, **rest):',
      '    print("GOT", json.dumps(f"{url} {content.decode()}"))',
      '    return Answer()',
      'sys.modules["httpx"].request = request',
      'class OpenAI:',
      '    def __init__(self, **rest):',
      '        self.chat = self.completions = self',
      '    def create(self, **rest):',
      '        print("GOT", json.dumps(rest["extra_body"]["password"]))',
      '        return Answer()',
      'sys.modules["openai"].OpenAI = OpenAI',
      '',
    ].join('\n');
    const chat = {
      ...spec,
      url: 'https://h/v1/chat/completions',
      body: '{"model": "m", "messages": [], "password": "typed"}',
    };
    const file = path.join(folder, 'secrets.py');
    await writeFile(file, [fake, ...specs.map(httpx.write), openai.write(chat)].join('\n'));
    const { stdout } = await run('python3', [file], { env: { ...env, MODAL_API_KEY: 'k' } });
    const lines = stdout.split('\n').filter((line) => line.startsWith('GOT'));
    expect(lines.map((line) => JSON.parse(line.slice(4)) as string)).toEqual([...wanted, values.PASSWORD]);
  });

  it('leave words alone that only look alike', () => {
    const body =
      '{"max_tokens": 5, "token": " the", "prompt": "as-needed, sk-learn-based-pipeline", "key": "a", "b": "say \\"password\\": \\"x"}';
    for (const { write } of [httpx, fetchScript])
      expect(write({ ...spec, body })).toContain('as-needed, sk-learn');
    expect(asCurl({ ...spec, body })).toContain(body);
  });
});

describe('exported code', () => {
  it('names keys only as variables, and refuses headers that would smuggle in others', () => {
    const pair = { secretRef: 'r', header: 'Modal-Secret', scheme: '', idHeader: 'Modal-Key' };
    for (const kind of snippetKinds.filter(({ fits }) => fits(spec))) {
      expect(kind.write(spec), kind.id).toContain('MODAL_API_KEY');
      expect(kind.write(spec), kind.id).not.toContain(auth.secretRef);
      expect(() => kind.write({ ...spec, headers: { a: 'b\r\nc: d' } }), kind.id).toThrow('line break');
      if (!kind.fits({ ...spec, auth: pair })) continue;
      expect(kind.write({ ...spec, auth: pair }), kind.id).toMatch(
        /Modal-Key.*MODAL_KEY[^]*Modal-Secret.*MODAL_SECRET/,
      );
    }
  });

  it('is offered only where it can say the request', () => {
    const offered = (request: RequestSpec) =>
      snippetKinds.filter(({ fits }) => fits(request)).map(({ id }) => id);
    expect(offered(spec)).toEqual(['curl', 'httpx', 'fetch', 'http']);
    const chat = { ...spec, url: 'https://h/v1/chat/completions', body: '{"model": "m", "messages": []}' };
    expect(offered(chat)).toContain('openai');
    expect(offered({ ...chat, body: '{"messages": []}' })).not.toContain('openai');
    expect(offered({ ...spec, body: '{{x}}' })).not.toContain('http');
    expect(offered({ ...spec, method: 'GET' })).not.toContain('fetch');
  });

  it('has a variable where a whole part is a secret, in every language', () => {
    const parts = [{ name: 'password', text: 'correct-horse-battery' }];
    for (const { fits, write } of snippetKinds) {
      const request = { ...spec, body: { parts } };
      if (!fits(request)) continue;
      const code = write(request);
      expect(code).not.toMatch(/correct-horse|__VARIABLE__|__END__/);
      expect(code).toContain('PASSWORD');
    }
    expect(fetchScript.fits({ ...spec, body: { parts } })).toBe(true);
  });

  it('tells name and type of a part that is a text, or is not offered', () => {
    const parts = [{ name: 'a', text: '@x;"y"', type: 'application/json', fileName: 'b.json' }];
    const named = { ...spec, body: { parts } };
    expect(asCurl(named)).toContain(`--form 'a="@x;\\"y\\"";filename="b.json";type=application/json'`);
    expect(httpx.write(named)).toContain('("a", ("b.json", "@x;\\"y\\"", "application/json")),');
    expect(fetchScript.write(named)).toContain(
      'body.append("a", new Blob(["@x;\\"y\\""], { type: "application/json" }), "b.json");',
    );
    expect(fetchScript.fits(named)).toBe(true);
    expect(fetchScript.fits({ ...spec, body: { parts: [{ name: 'a', text: '', type: 'text/x' }] } })).toBe(
      false,
    );
  });

  it('gives what the OpenAI package does not know as extra body, with numbers as printed', () => {
    const body =
      '{"model": "m", "messages": [{"role": "user", "content": "a\\"b"}], "temperature": 0.10, "top_k": 5, "stream": true}';
    const code = openai.write({ ...spec, url: 'https://h/base/v1/chat/completions', body });
    expect(code).toContain('base_url="https://h/base/v1",');
    expect(code).toContain('    temperature=0.10,');
    expect(code).toContain('    stream=True,');
    expect(code).toContain('"content": "a\\"b",');
    expect(code).toMatch(/extra_body=\{\n {8}"top_k": 5,\n {4}\},/);
    expect(code).toContain('for chunk in answer:');
  });
});
