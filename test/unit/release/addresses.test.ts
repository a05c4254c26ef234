import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { addressesFrom } from '../../../scripts/release/addresses.ts';
import { root } from '../../../scripts/root.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';
const given = { GITHUB_REPOSITORY: 'owner/some.name', GITHUB_SHA: commit };

it('the manifest of the checkout names no repository, since it is published in no fixed place', () => {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as object;
  for (const field of ['repository', 'bugs', 'homepage', 'qna']) expect(manifest).not.toHaveProperty(field);
});

it('a package gets its addresses from the run that makes it', () => {
  expect(addressesFrom(given)).toEqual({
    manifest: {
      repository: { type: 'git', url: 'https://github.com/owner/some.name.git' },
      bugs: { url: 'https://github.com/owner/some.name/issues' },
      homepage: 'https://github.com/owner/some.name#readme',
    },
    links: `https://github.com/owner/some.name/blob/${commit}`,
    pictures: `https://github.com/owner/some.name/raw/${commit}`,
  });
  const elsewhere = addressesFrom({ ...given, GITHUB_SERVER_URL: 'https://git.example:8443' });
  expect(elsewhere?.manifest.homepage).toBe('https://git.example:8443/owner/some.name#readme');
});

it('a package that is made elsewhere gets none', () => {
  expect(addressesFrom({})).toBeUndefined();
  expect(addressesFrom({ GITHUB_REPOSITORY: '', GITHUB_SHA: commit })).toBeUndefined();
});

it.each([
  { GITHUB_REPOSITORY: 'name' },
  { GITHUB_REPOSITORY: 'owner/name/more' },
  { GITHUB_REPOSITORY: 'owner/name)[x](https://evil.example' },
  { GITHUB_SERVER_URL: 'http://github.com' },
  { GITHUB_SERVER_URL: 'https://user@github.com' },
  { GITHUB_SHA: 'main' },
  { GITHUB_SHA: undefined },
])('no package is made with an address that is none: %o', (wrong) => {
  expect(() => addressesFrom({ ...given, ...wrong })).toThrow(/GITHUB_/);
});
