import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packagedFiles } from '../../../scripts/release/stage.ts';
import { root } from '../../../scripts/root.ts';

const files = (await packagedFiles()).map((file) => file.split(path.sep).join('/'));

describe('a package', () => {
  it('contains what the extension is made of and nothing else of the checkout', () => {
    const places = new Set(files.map((file) => file.replace(/\/.*$/, '/')));
    const own = ['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'package.json'];
    const folders = ['media/', 'modal_apps/', 'syntaxes/'];
    // Those of a build, which may not have been made.
    const made = ['dist/', 'THIRD_PARTY_NOTICES.txt'].filter((name) => places.has(name));
    expect([...places].sort()).toEqual([...own, ...folders, ...made].sort());
  });

  it('contains no test, no cache, no map of the source and nothing hidden', () => {
    const odd = /(?:^|\/)(?:\.|tests?\/|__pycache__)|\.(?:map|ts|pyc|vsix)$/;
    expect(files.filter((file) => odd.test(file))).toEqual([]);
    expect(files.length).toBeGreaterThan(100);
  });

  it('contains every file that its manifest names', () => {
    const manifest = readFileSync(path.join(root, 'package.json'), 'utf8');
    const named = [...manifest.matchAll(/"(?:\.\/)?((?:media|syntaxes|modal_apps)\/[\w./-]+\.\w+)"/g)].map(
      ([, file]) => file,
    );
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((file) => !files.includes(file!))).toEqual([]);
    expect(named.filter((file) => !existsSync(path.join(root, file!)))).toEqual([]);
  });
});
