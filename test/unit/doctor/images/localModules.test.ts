import { describe, expect, it } from 'vitest';
import { applyEdits, editsOfAll } from '../../../../src/features/doctor/core/applyFixes.ts';
import { localModule } from '../../../../src/features/doctor/core/images/localModules.ts';
import { rulePage } from '../../../../src/features/doctor/core/rulePage.ts';
import { findingsAround } from './around.ts';

const files = [
  '/w/app.py',
  '/w/helpers.py',
  '/w/util.py',
  '/w/wave.py',
  '/w/pkg/__init__.py',
  '/w/pkg/part.py',
  '/w/bare/part.py',
];
const found = (text: string, release = '1.6.4', around = files) =>
  findingsAround(text, { path: '/w/app.py', files: around, release });
const codes = async (text: string) => (await found(text)).map(({ code }) => code);
const fixed = async (text: string) => applyEdits(text, editsOfAll(await found(text)));

const head = 'import modal\nimport helpers\n\n';
const unit = (args = '', body = 'pass') => `\n\n@app.function(${args})\ndef f():\n    ${body}\n`;
const app = (args = '') => `app = modal.App("a"${args})`;
const image = (steps: string, base = 'modal.Image.debian_slim()') => `image = ${base}${steps}\n`;

describe('a module of the workspace', () => {
  it('that the image does not carry is found, with what happens and what helps', async () => {
    expect(await found(localModule.examples.hit)).toMatchObject([
      {
        code: 'local-module',
        severity: 'error',
        message:
          'helpers is not in the image of f, so that importing it in the container fails with modal 1.6.4 (since 1.0.0). Add it: image.add_local_python_source("…").',
      },
    ]);
    expect(await found(localModule.examples.miss)).toEqual([]);
    expect(rulePage(localModule)).toContain('add_local_python_source("helpers")');
  });

  it.each([
    [
      'by an image that only installs',
      head + image('.apt_install("git").pip_install("torch==2")') + app() + unit('image=image'),
    ],
    ['by an image of the app', head + image('.env({"A": "1"})') + app(', image=image') + unit()],
    [
      'by a public image',
      head +
        image('', 'modal.Image.from_registry("nvidia/cuda:12.8.0-devel-ubuntu22.04")') +
        app() +
        unit('image=image'),
    ],
    [
      'by an image that carries another',
      head + image('.add_local_python_source("util")') + app() + unit('image=image'),
    ],
    [
      'by an image with files elsewhere',
      head +
        image('.add_local_dir("x", "/assets").add_local_file("a.py", "/root/util.py")') +
        app() +
        unit('image=image'),
    ],
    [
      'beside a file in the folder',
      head + image('.add_local_file("a.py", "/root/")') + app() + unit('image=image'),
    ],
    ['of a package', `import modal\nfrom pkg.part import x\n\n${app()}${unit()}`],
    ['of a folder', `import modal\nfrom bare import part\n\n${app()}${unit()}`],
    ['in a function', `import modal\n\n${app()}${unit('', 'import helpers')}`],
    [
      'in a block for the image',
      `import modal\n\n${image('')}${app()}\nwith image.imports():\n    import helpers\n${unit('image=image')}`,
    ],
    [
      'in a method',
      `import modal\n\n${app()}\n\n@app.cls()\nclass C:\n    @modal.enter()\n    def load(self):\n        import helpers\n`,
    ],
    ['beside a volume', `${head}${app()}${unit('volumes={"/data": modal.Volume.from_name("d")}')}`],
  ])('is missed: %s', async (_, text) => {
    expect(await codes(text)).toEqual(['local-module']);
  });

  it.each([
    ['carried', head + image('.add_local_python_source("helpers")') + app() + unit('image=image')],
    ['carried with others', head + image('.add_local_python_source(*NAMES)') + app() + unit('image=image')],
    [
      'a file that is added',
      head + image('.add_local_file("helpers.py", "/root/helpers.py")') + app() + unit('image=image'),
    ],
    [
      'a file that is added to the folder',
      head + image('.add_local_file("helpers.py", "/root/")') + app() + unit('image=image'),
    ],
    ['a folder that is added', head + image('.add_local_dir(".", "/root")') + app() + unit('image=image')],
    [
      'a folder by a name that is not read',
      head + image('.add_local_dir(".", where)') + app() + unit('image=image'),
    ],
    ['an image that is not read', head + `image = make()\n` + app() + unit('image=image')],
    [
      'an image that is bound twice',
      head + image('') + image('.pip_install("x")') + app() + unit('image=image'),
    ],
    [
      'an image of another file',
      `import modal\nimport helpers\nfrom images import image\n\n${app()}${unit('image=image')}`,
    ],
    [
      'an own image',
      head + image('', 'modal.Image.from_registry("me/mine:1")') + app() + unit('image=image'),
    ],
    [
      'a Dockerfile',
      head + image('', 'modal.Image.from_dockerfile("Dockerfile")') + app() + unit('image=image'),
    ],
    ['commands', head + image('.run_commands("git clone x")') + app() + unit('image=image')],
    ['a package of this name', head + image('.pip_install("helpers>=1")') + app() + unit('image=image')],
    ['a package of a like name', head + image('.pip_install("acme-helpers")') + app() + unit('image=image')],
    ['an address', head + image('.pip_install("git+https://host/me/repo")') + app() + unit('image=image')],
    [
      'packages of a list that is not read',
      head + image('.pip_install(PACKAGES)') + app() + unit('image=image'),
    ],
    ['unpacked options', `${head}${app()}${unit('**OPTIONS')}`],
    ['an app of another file', `import helpers\nimport modal\nfrom common import app\n${unit()}`],
    ['a function that is sent as it is', `${head}${app()}${unit('serialized=True')}`],
    ['a file without its own source', `${head}${app(', include_source=False')}${unit()}`],
    [
      'a volume over the folder',
      `${head}${app()}${unit('volumes={"/root/helpers": modal.Volume.from_name("d")}')}`,
    ],
    ['volumes that are not read', `${head}${app()}${unit('volumes=VOLUMES')}`],
    ['an image that is set on the app', `${head}${app()}\napp.image = make()\n${unit()}`],
    ['a path of its own', `import sys\n${head}sys.path.append("/data")\n${app()}${unit()}`],
    [
      'an import that is tried',
      `import modal\n\ntry:\n    import helpers\nexcept ImportError:\n    pass\n\n${app()}${unit()}`,
    ],
    [
      'an import on this computer',
      `import modal\n\nif modal.is_local():\n    import helpers\n\n${app()}${unit()}`,
    ],
    [
      'an import of types',
      `import modal\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import helpers\n\n${app()}${unit()}`,
    ],
    [
      'an entry point',
      `import modal\n\n${app()}\n\n@app.local_entrypoint()\ndef main():\n    import helpers\n`,
    ],
    ['a helper', `import modal\n\n${app()}\n\ndef g():\n    import helpers\n${unit()}`],
    [
      'a block for another image',
      `import modal\n\n${image('')}${image('', 'modal.Image.debian_slim()').replace('image', 'other')}${app()}\nwith other.imports():\n    import helpers\n${unit('image=image')}`,
    ],
    ['a relative import', `import modal\nfrom . import helpers\n\n${app()}${unit()}`],
    ['a file without functions', `${head}${app()}\n`],
    ['an image of another library', head + 'image = company.debian_slim()\n' + app() + unit('image=image')],
    ['variables that are not read', head + image('.env(VARIABLES)') + app() + unit('image=image')],
    [
      'a method that nothing calls there',
      `import modal\n\n${app()}\n\n@app.cls()\nclass C:\n    @staticmethod\n    def load():\n        import helpers\n`,
    ],
    ['a file with the name of a module of Python', `import modal\nimport wave\n\n${app()}${unit()}`],
    ['another library', 'import json\nimport modal\nimport torch\n\n' + app() + unit()],
  ])('is no matter: %s', async (_, text) => {
    expect(await codes(text)).toEqual([]);
  });

  it('is carried by the module mode where it is the package of the file itself', async () => {
    const text = `import modal\nfrom pkg.part import x\nimport app\n\n${app()}${unit()}`;
    const own = { path: '/w/pkg/app.py', files: [...files, '/w/pkg/app.py'], release: '1.6.4' };
    expect(await findingsAround(text, own)).toEqual([]);
    expect(await findingsAround(text.replace('from pkg.part', 'from bare.part'), own)).toHaveLength(1);
  });

  it('is looked for no further than the workspace, and yields to what is installed', async () => {
    const text = `${head}${app()}${unit()}`;
    const below = { path: '/w/src/app.py', files: [...files, '/w/src/app.py'], release: '1.6.4' };
    expect(await findingsAround(text, below)).toHaveLength(1);
    expect(await findingsAround(text, { ...below, top: '/w/src' })).toEqual([]);
    expect(await findingsAround(text, { ...below, installed: ['helpers'] })).toEqual([]);
  });

  it('was added by itself before 1.0', async () => {
    const text = localModule.examples.hit;
    expect(await found(text, '0.73.0')).toEqual([]);
    expect((await found(text, '0.77.0')).map(({ severity }) => severity)).toEqual(['warning']);
  });
});

describe('the fix', () => {
  it('adds all modules at once, below the other steps', async () => {
    const text = `import modal\nimport helpers\nfrom pkg.part import x\n\nimage = (\n    modal.Image.debian_slim()\n    .pip_install("torch==2")  # big\n)\n${app()}${unit('image=image')}`;
    expect(await fixed(text)).toContain(
      '    .pip_install("torch==2")\n    .add_local_python_source("helpers", "pkg")  # big\n)',
    );
    expect(await codes(await fixed(text))).toEqual([]);
  });

  it.each([
    ['modal.App()', 'modal.App(image=modal.Image.debian_slim().add_local_python_source("helpers"))'],
    [
      'modal.App("a", tags={})',
      'modal.App("a", tags={}, image=modal.Image.debian_slim().add_local_python_source("helpers"))',
    ],
    [
      'modal.App("a",)',
      'modal.App("a", image=modal.Image.debian_slim().add_local_python_source("helpers"),)',
    ],
  ])('gives an app its image: %s', async (before, after) => {
    const text = `${head}app = ${before}${unit()}`;
    expect(await fixed(text)).toBe(text.replace(before, after));
  });

  it.each([
    [
      'that others build upon',
      image('') + 'other = image.pip_install("x==1")\n' + app() + unit('image=image'),
    ],
    [
      'of which there are two',
      image('') +
        image('').replace('image', 'other') +
        app() +
        unit('image=image') +
        unit('image=other').replace('f()', 'g()'),
    ],
  ])('is left to the user for an image %s', async (_, text) => {
    expect(await codes(head + text)).toEqual(['local-module']);
    expect(await fixed(head + text)).toBe(head + text);
  });
});
