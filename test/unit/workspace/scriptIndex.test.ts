import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/shared/logger.ts';
import { excludeGlob, isPlainGlob, isNeverOwn } from '../../../src/features/workspace/core/excludes.ts';
import { readScript } from '../../../src/features/workspace/core/readScript.ts';
import type { FileStamp } from '../../../src/features/workspace/core/scriptIndex.ts';
import { ScriptIndex, mentionsModal } from '../../../src/features/workspace/core/scriptIndex.ts';

const script = (name: string) => `import modal\napp = modal.App("${name}")\n`;

/** Files in memory that count how they are read. */
class MemoryFiles {
  readonly texts = new Map<string, { text: string; mtime: number }>();
  readonly reads: string[] = [];
  finds = 0;
  fails = false;
  isCut = false;
  readonly asked: string[] = [];
  open = 0;
  mostOpen = 0;

  set(uri: string, text: string, mtime = 1): void {
    this.texts.set(uri, { text, mtime });
  }

  index(): ScriptIndex {
    return new ScriptIndex(
      {
        find: () =>
          this.fails
            ? Promise.reject(new Error('no workspace'))
            : Promise.resolve({ uris: (this.finds++, [...this.texts.keys()]), isCut: this.isCut }),
        includes: (uri) => Promise.resolve((this.asked.push(uri), !uri.startsWith('excluded'))),
        stat: (uri): Promise<FileStamp | undefined> => {
          const file = this.texts.get(uri);
          return Promise.resolve(file && { mtime: file.mtime, size: file.text.length });
        },
        read: async (uri) => {
          this.reads.push(uri);
          this.mostOpen = Math.max(this.mostOpen, ++this.open);
          await new Promise(setImmediate);
          this.open--;
          return this.texts.get(uri)!.text;
        },
        label: (uri) => uri,
        path: (uri) => `/w/${uri}`,
        top: () => '/w',
      },
      readScript,
      silentLogger,
    );
  }
}

const labels = (index: ScriptIndex) => index.scripts.map(({ label }) => label);

describe('the index of scripts', () => {
  it('reads a file that was touched once, and is left as it was where files cannot be listed', async () => {
    const files = new MemoryFiles();
    files.set('a.py', script('a'));
    const index = files.index();
    await index.update();
    files.set('a.py', script('b'), 2);
    index.touch('a.py');
    await index.update();
    files.set('a.py', script('c'), 3);
    await index.update();
    expect(files.reads).toEqual(['a.py', 'a.py']);
    files.fails = true;
    index.touchAll();
    await index.update();
    expect(labels(index)).toEqual(['a.py']);
  });

  it('reads nothing before it is asked, then each file once, by name', async () => {
    const files = new MemoryFiles();
    files.set('b.py', script('b'));
    files.set('a.py', script('a'));
    files.set('plain.py', 'print(1)\n');
    const index = files.index();
    expect([files.finds, index.complete]).toEqual([0, false]);
    await Promise.all([index.update(), index.update()]);
    expect([files.finds, index.complete, labels(index)]).toEqual([1, true, ['a.py', 'b.py']]);
    await index.update();
    expect(files.reads.sort()).toEqual(['a.py', 'b.py', 'plain.py']);
  });

  it('reads only what changed, and says so once', async () => {
    const files = new MemoryFiles();
    for (const name of ['a', 'b', 'c']) files.set(`${name}.py`, script(name));
    const index = files.index();
    await index.update();
    let changes = 0;
    index.onDidChange(() => changes++);
    files.reads.length = 0;
    files.set('b.py', script('other'), 2);
    index.touch('b.py');
    files.texts.delete('c.py');
    index.touch('c.py');
    await index.update();
    expect([files.reads, files.finds, changes]).toEqual([['b.py'], 1, 1]);
    expect(index.scripts.map(({ apps }) => apps[0]?.name)).toEqual(['a', 'other']);
  });

  it('asks about a new file alone, and reads neither the others again nor one that is excluded', async () => {
    const files = new MemoryFiles();
    files.set('a.py', script('a'));
    const index = files.index();
    await index.update();
    files.set('new.py', script('new'));
    files.set('excluded.py', script('excluded'));
    index.touch('new.py');
    index.touch('excluded.py');
    await index.update();
    expect([files.reads, labels(index), files.finds, files.asked]).toEqual([
      ['a.py', 'new.py'],
      ['a.py', 'new.py'],
      1,
      ['new.py', 'excluded.py'],
    ]);
  });

  it('tells the first app long before thousands of files are read', async () => {
    const files = new MemoryFiles();
    files.set('first.py', script('first'));
    for (let at = 0; at < 2000; at++) files.set(`plain${at}.py`, 'print(1)\n');
    const index = files.index();
    let readsAtFirst = Infinity;
    index.onDidChange(() => {
      if (index.scripts.length > 0) readsAtFirst = Math.min(readsAtFirst, files.reads.length);
    });
    await index.update();
    expect(readsAtFirst).toBeLessThan(100);
  });

  it('stops when nobody looks any more, and reads the rest when somebody does', async () => {
    const files = new MemoryFiles();
    for (let at = 0; at < 500; at++) files.set(`${at}.py`, script(`a${at}`));
    const index = files.index();
    const abort = new AbortController();
    const work = index.update(abort.signal);
    await expect.poll(() => files.reads.length).toBeGreaterThan(50);
    abort.abort();
    await work;
    const read = files.reads.length;
    expect([read < 500, index.complete]).toEqual([true, false]);
    await index.update();
    expect([files.reads.length, files.finds, index.complete]).toEqual([500, 1, true]);
    expect(index.scripts).toHaveLength(500);
  });

  it('says that there are more files than it looked at, and why they could not be listed', async () => {
    const files = new MemoryFiles();
    files.isCut = true;
    files.fails = true;
    const index = files.index();
    await index.update();
    expect([index.complete, index.problem]).toEqual([false, 'no workspace']);
    files.fails = false;
    await index.update();
    expect([index.complete, index.problem, index.isCut]).toEqual([true, undefined, true]);
  });

  it('leaves out files without an app, and keeps those whose error may hide one', async () => {
    const files = new MemoryFiles();
    files.set('helper.py', 'import modal\nf = modal.Function.from_name("a", "b")\n');
    files.set('brokenHelper.py', 'import modal\nx = (\n');
    files.set('broken.py', 'import modal\nx = = 1\ndef f():\n    app = modal.App("x")\n');
    files.set('large.py', script('large') + '#'.repeat(2 * 1024 * 1024));
    const index = files.index();
    await index.update();
    expect(labels(index)).toEqual(['broken.py']);
    expect(files.reads).not.toContain('large.py');
  });

  it('opens few files at a time', async () => {
    const files = new MemoryFiles();
    for (let at = 0; at < 200; at++) files.set(`${at}.py`, script(`a${at}`));
    const index = files.index();
    await index.update();
    expect(index.scripts).toHaveLength(200);
    expect(files.mostOpen).toBeLessThanOrEqual(16);
  });
});

describe('which texts are parsed', () => {
  it('never leaves out one that defines an app', () => {
    const head = fc.constantFrom(
      'import modal',
      'import os, modal as m',
      'from modal import App',
      'try: import modal\nexcept ImportError: pass',
      '    from modal import (\n    App,\n)',
    );
    fc.assert(fc.property(head, fc.string(), (text, before) => mentionsModal(`${before}\n${text}\n`)));
    expect(mentionsModal('print("modal")')).toBe(false);
    expect(mentionsModal('import modality')).toBe(false);
  });
});

describe('what is left out of the search', () => {
  it('is one glob without groups inside its group', () => {
    const glob = excludeGlob({ '**/gen/**': true, '**/*.{a,b}': true, off: false, '**/*.c': { when: 'x' } });
    expect(glob).toMatch(/^\{[^{}]*\}$/);
    const parts = glob.slice(1, -1).split(',');
    expect(parts).toEqual(expect.arrayContaining(['**/.venv/**', '**/gen/**', '**/*.a', '**/*.b']));
    expect(parts).not.toContain('off');
    expect(parts).not.toContain('**/*.c');
  });

  it('is folders of environments and tools, wherever they are', () => {
    expect(isNeverOwn('/w/.venv/lib/x.py')).toBe(true);
    expect(isNeverOwn('C:\\w\\node_modules\\x.py')).toBe(true);
    expect(isNeverOwn('/w/my.venv.py')).toBe(false);
  });

  it('knows which paths are globs of themselves alone', () => {
    for (const plain of ['a.py', 'my apps/größe-2.py', 'src/app_1.py']) expect(isPlainGlob(plain)).toBe(true);
    for (const other of ['a[1].py', 'a{b,c}.py', 'a*.py', 'a?.py', '!a.py', 'a\\b.py', '$(x).py', ''])
      expect(isPlainGlob(other)).toBe(false);
  });
});
