/** Files that do not name Modal, but a module that does, as the workspace changes under the index. */
import { beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/shared/logger.ts';
import { PresentPaths } from '../../../src/features/workspace/core/presentPaths.ts';
import { readScript } from '../../../src/features/workspace/core/readScript.ts';
import { ScriptIndex } from '../../../src/features/workspace/core/scriptIndex.ts';

const app = 'import modal\napp = modal.App("demo")\n';
const job = '@app.function(gpu="T4")\ndef job():\n    pass\n';

const texts = new Map<string, string>();
const reads: string[] = [];
let mtime = 0;
let index: ScriptIndex;

function write(uri: string, text: string): void {
  texts.set(uri, text);
  index.touch(uri);
}

async function functions(): Promise<string[]> {
  await index.update();
  return index.scripts.flatMap(({ apps }) => apps.flatMap(({ units }) => units.map(({ name }) => name)));
}

beforeEach(() => {
  texts.clear();
  reads.length = 0;
  index = new ScriptIndex(
    {
      find: () => Promise.resolve({ uris: [...texts.keys()], isCut: false }),
      includes: () => Promise.resolve(true),
      stat: (uri) => Promise.resolve(texts.has(uri) ? { mtime: mtime++, size: 1 } : undefined),
      read: (uri) => Promise.resolve((reads.push(uri), texts.get(uri)!)),
      label: (uri) => uri,
      path: (uri) => `/w/${uri}`,
      top: () => '/w',
    },
    readScript,
    silentLogger,
  );
});

describe('a file that gives its functions to an app of another file', () => {
  it('is found when that file is written later', async () => {
    texts.set('jobs.py', `from common import app\n${job}`);
    expect(await functions()).toEqual([]);
    write('common.py', app);
    expect(await functions()).toEqual(['job']);
  });

  it('is found when it is written later itself, and when its imports change', async () => {
    texts.set('common.py', app);
    texts.set('jobs.py', 'import os\n');
    expect(await functions()).toEqual([]);
    write('jobs.py', `from common import app\n${job}`);
    expect(await functions()).toEqual(['job']);
    write('more.py', `from common import app\n${job.replaceAll('job', 'more')}`);
    expect((await functions()).sort()).toEqual(['job', 'more']);
  });

  it('is found through a third file, and gone with the app', async () => {
    texts.set('jobs.py', `from middle import app\n${job}`);
    texts.set('middle.py', 'from common import app\n');
    expect(await functions()).toEqual([]);
    write('common.py', app);
    expect(await functions()).toEqual(['job']);
    write('later.py', `from middle import app\n${job.replaceAll('job', 'later')}`);
    expect((await functions()).sort()).toEqual(['job', 'later']);
    texts.delete('common.py');
    index.touch('common.py');
    expect(await functions()).toEqual([]);
  });

  it('is found when it was changed while that file was away', async () => {
    texts.set('common.py', app);
    texts.set('jobs.py', `from common import app\n${job}`);
    expect(await functions()).toEqual(['job']);
    texts.delete('common.py');
    index.touch('common.py');
    await functions();
    write('jobs.py', `from common import app\n${job}\n`);
    expect(await functions()).toEqual([]);
    write('common.py', app);
    expect(await functions()).toEqual(['job']);
  });

  it('costs no second read of the others', async () => {
    texts.set('common.py', app);
    texts.set('jobs.py', `from common import app\n${job}`);
    await functions();
    reads.length = 0;
    write('other.py', 'import os\n');
    await functions();
    expect(reads).toEqual(['other.py']);
  });

  it('is read the next time where the work is ended before its turn', async () => {
    texts.set('common.py', app);
    texts.set('jobs.py', `from common import app\n${job}`);
    const ending = new AbortController();
    const told = index.onDidChange(() => ending.abort());
    await index.update(ending.signal);
    told.dispose();
    index.touch('common.py');
    expect(await functions()).toEqual(['job']);
  });
});

describe('paths that are there', () => {
  it('are files and their folders, as long as there is a file in them', () => {
    const paths = new PresentPaths();
    for (const file of ['/w/a/b/one.py', '/w/a/two.py', '/w/a/two.py']) paths.add(file);
    expect(['/w', '/w/a', '/w/a/b', '/w/a/b/one.py', '/w/c'].map((path) => paths.has(path))).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
    paths.delete('/w/a/b/one.py');
    paths.delete('/w/a/b/one.py');
    expect(['/w/a', '/w/a/b', '/w/a/two.py'].map((path) => paths.has(path))).toEqual([true, false, true]);
    paths.delete('/w/a/two.py');
    expect(paths.has('/w')).toBe(false);
  });
});
