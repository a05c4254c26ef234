import { describe, expect, it } from 'vitest';
import type { Losses } from '../../../src/features/deploy/core/losses.ts';
import { lossLines, lossesOf, mayLose, removesFunctions } from '../../../src/features/deploy/core/losses.ts';
import type { ModalFunction } from '../../../src/domain/app.ts';
import { parseScript } from '../../../src/features/workspace/core/parseScript.ts';

const live = (...tags: string[]): ModalFunction[] =>
  tags.map((tag) => ({
    id: tag,
    tag,
    kind: tag.endsWith('.*') ? 'class' : 'function',
    gpus: [],
    endpoints: [],
  }));

function losses(text: string, tags: readonly string[], unreadFiles: readonly string[] = []): Losses {
  const script = parseScript(`import modal\napp = modal.App("a")\n${text}`);
  return lossesOf(live(...tags), { script: { ...script, unreadFiles }, app: script.apps[0]! });
}

const f = '@app.function()\ndef f(): pass\n';

describe('what a deploy takes away', () => {
  it.each([
    ['nothing', f, ['f'], [], []],
    ['what the script has no more', f, ['f', 'g', 'C.*'], ['g', 'C'], []],
    ['everything, where the script has none', '', ['a', 'b'], ['a', 'b'], []],
    [
      'nothing of a class by its methods, as early clients tag them',
      '@app.cls()\nclass C: pass\n',
      ['C.*', 'C.m'],
      [],
      [],
    ],
    [
      'a function of which only the name was changed',
      '@app.function(name="g")\ndef f(): pass\n',
      ['f', 'g'],
      ['f'],
      [],
    ],
    ['nothing of a server', '@app.server(name="site")\nclass S: pass\n', ['site'], [], []],
    [
      'nothing, but only under a condition',
      `if x:\n    @app.function()\n    def f(): pass\n`,
      ['f'],
      [],
      ['f'],
    ],
    [
      'nothing where both branches have it',
      `if x:\n    @app.cls()\n    class S: pass\nelse:\n    @app.cls()\n    class T: pass\n`,
      ['S.*'],
      [],
      ['S'],
    ],
  ])('%s', (_name, text, tags, gone, conditional) => {
    expect(losses(text, tags)).toMatchObject({ kind: 'compared', gone, conditional, doubts: [] });
  });

  it.each([
    ['app.include(other)\n', ['it takes in other apps with include']],
    ['app.function()(other.f)\n', ['it makes functions by calls']],
    ['worker = app.cls(gpu="T4")(C)\n', ['it makes functions by calls']],
    ['def make():\n    @app.function()\n    def g(): pass\nmake()\n', ['it makes functions by calls']],
    [
      'for n in names:\n    @app.function(name=n)\n    def g(): pass\n',
      ['it makes functions in a loop', 'g has a name that only running it tells'],
    ],
    ['register(app)\n', ['it hands the app to other code']],
    ['web = make(app=app)\n', ['it hands the app to other code']],
    ['@app.function(name=pick())\ndef g(): pass\n', ['g has a name that only running it tells']],
    ['def broken(:\n', ['a part of it could not be read']],
    ['def make():\n    app.function()(f)\n', ['it makes functions by calls']],
  ])('is not certain: %j', (text, doubts) => {
    const result = losses(text, ['gone']);
    expect(result).toMatchObject({ gone: ['gone'], doubts });
    expect(removesFunctions(result)).toBe(false);
    expect(lossLines(result).join(' ')).toMatch(
      /^May remove 1 live function that was not found in the script: gone\. .*Not all of the script could be read: /s,
    );
  });

  it.each([
    ['the app is only read', 'print(app.name)\n'],
    ['a decorator stands where it is read', f],
    ['it is about another variable', 'apps.function()\nregister(x.app)\nf(app_name=1)\nf(**dict(app_2=2))\n'],
    [
      'a method of a class is decorated',
      '@app.cls()\nclass C:\n    @modal.method()\n    def m(self): pass\n',
    ],
    ['the condition is a with', 'with image.imports():\n    import torch\n'],
  ])('is certain where %s', (_name, text) => {
    const result = losses(text, ['gone']);
    expect(result).toMatchObject({ gone: ['gone'], doubts: [] });
    expect(removesFunctions(result)).toBe(true);
  });

  it('is said in one sentence each, with names', () => {
    expect(lossLines(losses('', ['a', 'b']))).toEqual([
      'Removes 2 live functions that the script does not have: a, b.',
      'No function was found in the script.',
    ]);
    const many = Array.from({ length: 15 }, (_, at) => `f${at + 10}`);
    expect(lossLines(losses(f, many))[0]).toMatch(/^Removes 15 live functions .*: f10, .*f21, and 3 more\.$/);
    expect(lossLines(losses('', ['a'], ['jobs.py']))).toEqual([
      'May remove 1 live function that was not found in the script: a.',
      'No function was found in the script.',
      'Not all of the script could be read: it imports jobs.py. Functions from there stay.',
    ]);
    expect(lossLines(losses(f, ['f']))).toEqual([]);
    expect(lossLines(undefined)).toEqual([]);
    const unknown: Losses = { kind: 'unknown', reason: 'Modal did not tell what is live (no answer)' };
    expect(mayLose(unknown)).toBe(true);
    expect(lossLines(unknown)).toEqual([
      'The live functions could not be compared with the script, because Modal did not tell what is live (no answer). Those that it does not have will be removed.',
    ]);
  });
});
