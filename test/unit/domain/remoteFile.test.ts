import { describe, expect, it } from 'vitest';
import { bestMatch, isLibraryFile, pathInProject } from '../../../src/domain/remoteFile.ts';

describe('files of a container', () => {
  it.each([
    ['/root/shop.py', 'shop.py'],
    ['/root/pkg/deep/mod.py', 'pkg/deep/mod.py'],
    ['pkg/mod.py', 'pkg/mod.py'],
    ['/home/me/x.py', 'home/me/x.py'],
    ['/root/../etc/passwd.py', undefined],
    ['<frozen importlib._bootstrap>', undefined],
    ['/usr/local/lib/python3.12/json/decoder.py', undefined],
    ['/root/.venv/lib/python3.12/site-packages/x.py', undefined],
    ['/pkg/modal/_runtime/container.py', undefined],
  ])('%s is %s below the folder that was deployed', (file, path) => {
    expect(pathInProject(file)).toBe(path);
    expect(isLibraryFile(file)).toBe(path === undefined && !file.includes('..'));
  });

  it('are the one file that ends alike, never a guess between two', () => {
    expect(bestMatch('pkg/mod.py', ['/w/other/mod.py', '/w/pkg/mod.py'])).toBe('/w/pkg/mod.py');
    expect(bestMatch('mod.py', ['/w/a/mod.py', '/w/b/mod.py'])).toBeUndefined();
    expect(bestMatch('mod.py', ['/w/a/mode.py'])).toBeUndefined();
    expect(bestMatch('mod.py', [])).toBeUndefined();
  });
});
