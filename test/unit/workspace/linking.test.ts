import { describe, expect, it } from 'vitest';
import type { LinkFile } from '../../../src/features/workspace/core/linking.ts';
import { Linker } from '../../../src/features/workspace/core/linking.ts';
import { readScript } from '../../../src/features/workspace/core/readScript.ts';
import { workspaceScripts } from '../../../src/features/workspace/core/workspaceScripts.ts';

const fn = (name: string, app = 'app') => `@${app}.function()\ndef ${name}(): ...\n`;
const makes = (name: string) => `import modal\napp = modal.App("${name}")\n`;

/** Files in memory, in the folder `/w`. */
async function filesOf(texts: Readonly<Record<string, string>>) {
  const all = new Map<string, LinkFile>();
  const present = new Set<string>();
  for (const [label, text] of Object.entries(texts)) {
    const path = `/w/${label}`;
    all.set(path, { uri: path, label, reading: await readScript(text) });
    for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) present.add(at);
  }
  return {
    paths: [...all.keys()],
    exists: (path: string) => present.has(path),
    get: (path: string) => all.get(path),
    top: () => '/w',
  };
}

/** By each file: the variable of each app, its name and all that importing the file gives to it. */
async function linked(texts: Readonly<Record<string, string>>, label: string) {
  const script = new Linker(await filesOf(texts)).link(`/w/${label}`)!.script;
  const apps = script.apps.map(({ variable, name, units }) => [
    variable,
    name,
    units.map((unit) => unit.name),
  ]);
  return { ...script, apps };
}

async function rows(texts: Readonly<Record<string, string>>) {
  const files = await filesOf(texts);
  return workspaceScripts(files.paths, files).flatMap(({ label, apps }) =>
    apps.map(({ name, units, deployFiles = [] }) => ({
      label,
      name,
      units: units.map((unit) => [unit.name, unit.origin?.label ?? label]),
      deployedBy: deployFiles.map((each) => `${each.label}::${each.variable}`),
    })),
  );
}

describe('an app over several files', () => {
  it('gets the functions of a file that imports it relatively, which is then given as a module', async () => {
    const texts = {
      'pkg/__init__.py': '',
      'pkg/common.py': makes('x'),
      'pkg/jobs.py': `from .common import app\n${fn('job')}`,
    };
    expect(await linked(texts, 'pkg/jobs.py')).toMatchObject({
      apps: [['app', 'x', ['job']]],
      module: { folder: '/w', name: 'pkg.jobs' },
    });
    expect(await rows(texts)).toEqual([
      {
        label: 'pkg/common.py',
        name: 'x',
        units: [['job', 'pkg/jobs.py']],
        deployedBy: ['pkg/jobs.py::app'],
      },
    ]);
  });

  it('is the same app through a package that passes it on', async () => {
    const texts = {
      'tool/__init__.py': 'from tool.base import app\n',
      'tool/base.py': makes('x'),
      'main.py': `from tool import app\n${fn('go')}`,
    };
    expect(await linked(texts, 'main.py')).toMatchObject({ apps: [['app', 'x', ['go']]] });
    expect(await rows(texts)).toMatchObject([
      { label: 'tool/base.py', units: [['go', 'main.py']], deployedBy: ['main.py::app'] },
    ]);
  });

  it('comes by a star, but not under a name with an underscore', async () => {
    const base = `${makes('x')}_hidden = modal.App("y")\n`;
    const texts = { 'base.py': base, 'main.py': `from base import *\n${fn('go')}` };
    expect((await linked(texts, 'main.py')).apps).toEqual([['app', 'x', ['go']]]);
  });

  it('has another name in another file', async () => {
    const texts = {
      'base.py': makes('x'),
      'main.py': `from base import app as production\n${fn('go', 'production')}`,
    };
    expect((await linked(texts, 'main.py')).apps).toEqual([['production', 'x', ['go']]]);
    expect(await rows(texts)).toMatchObject([{ deployedBy: ['main.py::production'] }]);
  });

  it('takes in the functions of an app that it includes, once also where both include each other', async () => {
    const one = `import modal\nimport two\napp = modal.App("one").include(two.app)\n${fn('first')}`;
    const two = `import modal\nimport one\napp = modal.App("two").include(one.app)\n${fn('second')}`;
    const plain = { 'one.py': one, 'two.py': `${makes('two')}${fn('second')}` };
    const script = new Linker(await filesOf(plain)).link('/w/one.py')!.script;
    expect(script.apps[0]).not.toHaveProperty('includes');
    expect(script.apps[0]).not.toHaveProperty('unread');
    for (const texts of [plain, { 'one.py': one, 'two.py': two }]) {
      const { apps } = await linked(texts, 'one.py');
      expect(apps[0]).toEqual(['app', 'one', ['first', 'second']]);
    }
  });

  it('is read also where its files import each other', async () => {
    const texts = {
      'base.py': `${makes('x')}import parts\n`,
      'parts.py': `from base import app\n${fn('part')}`,
    };
    expect((await linked(texts, 'base.py')).apps).toEqual([['app', 'x', ['part']]]);
    expect(await rows(texts)).toMatchObject([
      { units: [['part', 'parts.py']], deployedBy: ['base.py::app'] },
    ]);
  });

  it('is found in a src folder by the name that its files use', async () => {
    const texts = {
      'src/tool/__init__.py': '',
      'src/tool/base.py': makes('x'),
      'src/tool/work.py': `from tool.base import app\n${fn('work')}`,
    };
    expect(await linked(texts, 'src/tool/work.py')).toMatchObject({
      apps: [['app', 'x', ['work']]],
      module: { folder: '/w/src', name: 'tool.work' },
    });
  });

  it('is named by a module of a package, and cannot be deployed by that', async () => {
    const texts = { 'common.py': makes('x'), 'jobs.py': `import common\n${fn('job', 'common.app')}` };
    const { script } = new Linker(await filesOf(texts)).link('/w/jobs.py')!;
    expect(script.apps).toMatchObject([{ variable: 'common.app', name: 'x', unreachable: 'dotted' }]);
    expect(script.apps[0]!.units.map(({ name }) => name)).toEqual(['job']);
  });

  it('is deployed by a file that has all of it, not by the one that only makes it', async () => {
    const texts = {
      'common.py': makes('x'),
      'a.py': `from common import app\n${fn('one')}`,
      'main.py': `import a\nfrom common import app\n${fn('two')}`,
    };
    expect(await rows(texts)).toMatchObject([
      {
        label: 'common.py',
        units: [
          ['one', 'a.py'],
          ['two', 'main.py'],
        ],
        deployedBy: ['main.py::app'],
      },
    ]);
  });

  it('has no one file to deploy it where none has all of it', async () => {
    const texts = {
      'common.py': makes('x'),
      'a.py': `from common import app\n${fn('one')}`,
      'b.py': `from common import app\n${fn('two')}`,
    };
    expect(await rows(texts)).toMatchObject([{ deployedBy: ['a.py::app', 'b.py::app'] }]);
  });

  it('names imported files with a syntax error', async () => {
    const texts = { 'main.py': `import broken\n${makes('x')}`, 'broken.py': 'def f(\n' };
    expect((await linked(texts, 'main.py')).unreadFiles).toEqual(['broken.py']);
  });
});
