/** The `.vsix` as a release makes it, read by another program. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensurePython } from '../../scripts/python.ts';
import { root } from '../../scripts/root.ts';

const execute = promisify(execFile);
const commit = '0123456789abcdef0123456789abcdef01234567';
const known = {
  GITHUB_REPOSITORY: 'owner/name',
  GITHUB_SERVER_URL: 'https://git.example',
  GITHUB_SHA: commit,
};

let folder: string;
let python: string;
let first: string;
let second: string;

beforeAll(async () => {
  python = await ensurePython();
  folder = await mkdtemp(path.join(os.tmpdir(), 'packages-'));
  first = await makePackage({ TZ: 'UTC', LC_ALL: 'C' }, 0o022);
  second = await makePackage({ TZ: 'Asia/Tokyo', LC_ALL: 'da_DK.UTF-8' }, 0o002);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** @param mask the rights that new files do not get */
async function makePackage(env: NodeJS.ProcessEnv, mask: number): Promise<string> {
  const place = await mkdtemp(path.join(folder, 'made-'));
  const before = process.umask(mask);
  try {
    const running = execute(process.execPath, ['scripts/package.ts', '--folder', place], {
      cwd: root,
      env: { ...process.env, ...known, ...env },
    });
    return (await running).stdout.trim().split('\n').at(-1) ?? '';
  } finally {
    process.umask(before);
  }
}

async function content(vsix: string, name: string): Promise<string> {
  const code = 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))';
  return (await execute(python, ['-c', code, vsix, name], { maxBuffer: 1 << 24 })).stdout;
}

it('two builds are the same to the byte, whatever the clock, the language and the rights of files are', async () => {
  expect((await readFile(second)).equals(await readFile(first))).toBe(true);
});

it('where the repository is known, the listing leads to it and to the files of this very commit', async () => {
  const manifest = JSON.parse(await content(first, 'extension/package.json')) as object;
  expect(manifest).toMatchObject({
    repository: { type: 'git', url: 'https://git.example/owner/name.git' },
    bugs: { url: 'https://git.example/owner/name/issues' },
    homepage: 'https://git.example/owner/name#readme',
  });
  expect(manifest).not.toHaveProperty('scripts');
  const readme = await content(first, 'extension/readme.md');
  expect(readme).toContain(`](https://git.example/owner/name/raw/${commit}/media/readme/answer.png)`);
  expect(readme).toContain(`](https://git.example/owner/name/blob/${commit}/SECURITY.md)`);
  expect(readme).not.toMatch(/\]\((?!https:\/\/)/);
});
