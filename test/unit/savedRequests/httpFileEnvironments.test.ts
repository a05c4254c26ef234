/** The files of variables beside a `.http` file. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import dotenv from 'dotenv';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  parseDotenv,
  readEnvironments,
} from '../../../src/features/savedRequests/core/httpFile/environment.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'environments-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('environments', () => {
  it('come from the nearest files, the private one last, and say what is broken', async () => {
    const inner = path.join(folder, 'env/inner');
    await mkdir(inner, { recursive: true });
    await writeFile(
      path.join(folder, 'env/http-client.env.json'),
      '{"$shared": {"s": 1}, "dev": {"a": "public", "b": "b"}, "prod": {}}',
    );
    await writeFile(path.join(inner, 'http-client.private.env.json'), '{"dev": {"a": "private"}}');
    await writeFile(path.join(inner, '.env'), 'export A="x y" # note\n# B=1\nC = plain # note\n');
    const read = await readEnvironments(inner, path.join(folder, 'env'));
    expect(read.names).toEqual(['dev', 'prod']);
    expect(read.values('dev')).toEqual({ s: '1', a: 'private', b: 'b' });
    expect(read.dotenv).toEqual({ A: 'x y', C: 'plain' });
    expect((await readEnvironments(inner, inner)).names).toEqual(['dev']);
    await writeFile(path.join(inner, 'http-client.env.json'), '{broken');
    expect((await readEnvironments(inner, inner)).problems).toEqual([
      expect.stringContaining('not valid JSON'),
    ]);
    expect(parseDotenv("Q='a#b'\r\n")).toEqual({ Q: 'a#b' });
  });
});

describe('a file of environments', () => {
  it.each(['null', '[]', '"dev"', '7'])('that is no object is named, and has no values: %s', async (text) => {
    await writeFile(path.join(folder, 'http-client.env.json'), text);
    const { names, problems } = await readEnvironments(folder, folder);
    expect(names).toEqual([]);
    expect(problems).toEqual([expect.stringContaining('is not a JSON object') as string]);
  });

  it('has no values for an environment that is no object', async () => {
    const text = '{"list": ["a"], "none": null, "word": "x", "dev": {"a": 1, "b": null, "c": ["d"]}}';
    await writeFile(path.join(folder, 'http-client.env.json'), text);
    const read = await readEnvironments(folder, folder);
    expect(['list', 'none', 'word'].map((name) => read.values(name))).toEqual([{}, {}, {}]);
    expect(read.values('dev')).toEqual({ a: '1', b: 'null', c: '["d"]' });
    expect(read.problems).toEqual([]);
  });
});

describe('.env', () => {
  const hard = [
    'A=1',
    'export B = two words # note',
    `C='it is "quoted" \\n'`,
    'D="line\\nbreak"',
    'E=`back\'s "ticks"`',
    'F="-----BEGIN\nabc\n\n-----END"',
    'G=',
    'H: colon',
    'I=a#b',
    'J="x" # y',
    'K.dotted-name=1',
    'bad line',
    '=none',
    'L=$A ${A}',
    'M = "unclosed',
    'A=again',
  ];

  it.each(['\n', '\r\n', '\r'])('is read as the package reads it, with the line end %j', (end) => {
    const text = hard.join('\n').replaceAll('\n', end);
    expect(parseDotenv(text)).toEqual(dotenv.parse(text));
    expect(parseDotenv(`\uFEFF${text}`)).toEqual(dotenv.parse(text));
    expect(parseDotenv(text)).toMatchObject({ A: 'again', E: `back's "ticks"`, 'K.dotted-name': '1' });
  });

  it('of an environment comes before the common one, and is not read where the folder is not trusted', async () => {
    await writeFile(path.join(folder, 'http-client.env.json'), '{"dev": {}, "prod": {}, "../x": {}}');
    await writeFile(path.join(folder, '.env'), 'A=common\nB=common\n');
    await writeFile(path.join(folder, '.env.dev'), 'A=dev\n');
    const read = await readEnvironments(folder, folder);
    expect(read.dotenvOf('dev')).toEqual({ A: 'dev', B: 'common' });
    expect(read.dotenvOf('prod')).toEqual({ A: 'common', B: 'common' });
    expect(read.dotenvOf('../x')).toEqual({ A: 'common', B: 'common' });
    const restricted = await readEnvironments(folder, folder, false);
    expect(restricted.dotenvOf('dev')).toEqual({});
    await writeFile(path.join(folder, '.env'), `A=1${'\n'.repeat(100)}B=2`);
    expect((await readEnvironments(folder, folder)).problems).toEqual([
      ".env has more than 64 blanks in a row and isn't read. Remove them.",
    ]);
  });
});
