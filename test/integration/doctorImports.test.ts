/** Imports that the doctor calls missing: the real command runs such files, and the container says the same. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyEdits, editsOfAll } from '../../src/features/doctor/core/applyFixes.ts';
import { examine } from '../../src/features/doctor/core/examine.ts';
import { imagePackage } from '../../src/features/doctor/core/images/imagePackages.ts';
import { localModule } from '../../src/features/doctor/core/images/localModules.ts';
import { standardLibrary } from '../../src/features/doctor/core/images/standardLibrary.ts';
import { importFindings } from '../../src/features/doctor/core/images/surroundings.ts';
import type { Finding } from '../../src/features/doctor/core/rule.ts';
import { newestKnown } from '../../src/features/doctor/core/version.ts';
import { installedModules } from '../../src/modal/installedModules.ts';
import { TestWorld } from './support/world.ts';

let world: TestWorld;
let folder: string;
beforeAll(async () => {
  [world, folder] = await Promise.all([TestWorld.start(), mkdtemp(path.join(os.tmpdir(), 'imports-'))]);
});
afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true });
});

const helpers = 'VALUE = 1\n';
const image = 'image = modal.Image.debian_slim()';
const app = 'app = modal.App("doctor-imports")';
const unit = (args = '', body = 'pass') => `\n\n@app.function(${args})\ndef f():\n    ${body}\n`;

/** A file `app.py` beside `helpers.py` and a package `pkg`. */
const files: Readonly<Record<string, string>> = {
  'of the module': `import modal\nimport helpers\n\n${app}${unit()}`,
  'of a package': `import modal\nfrom pkg.part import VALUE\nimport helpers\n\n${image}\n${app}${unit('image=image')}`,
  'in a function': `import modal\n\n${app}${unit('', 'import helpers')}`,
  'in a block for the image': `import modal\n\n${image}\n${app}\nwith image.imports():\n    import helpers\n${unit('image=image')}`,
  'beside others that are carried': `import modal\nimport helpers\nimport pkg\n\n${image}.add_local_python_source("pkg")\n${app}${unit('image=image')}`,
  'beside files elsewhere': `import modal\nimport helpers\n\n${image}.add_local_file("helpers.py", "/assets/helpers.py")\n${app}${unit('image=image')}`,
};

const carried: Readonly<Record<string, string>> = {
  'by its name': `import modal\nimport helpers\n\n${image}.add_local_python_source("helpers")\n${app}${unit('image=image')}`,
  'as a file': `import modal\nimport helpers\n\n${image}.add_local_file("helpers.py", "/root/")\n${app}${unit('image=image')}`,
  'with its folder': `import modal\nimport helpers\n\n${image}.add_local_dir(".", "/root")\n${app}${unit('image=image')}`,
  'by nobody, where it is not imported': `import modal\n\nif modal.is_local():\n    import helpers\n\n${app}${unit()}`,
};

async function write(text: string): Promise<string> {
  const place = await mkdtemp(path.join(folder, 'tree-'));
  await mkdir(path.join(place, 'pkg'));
  const all = { 'app.py': text, 'helpers.py': helpers, 'pkg/__init__.py': '', 'pkg/part.py': helpers };
  for (const [name, content] of Object.entries(all)) await writeFile(path.join(place, name), content);
  return place;
}

async function findings(place: string, text: string, installed: readonly string[]): Promise<Finding[]> {
  return importFindings(examine(text, newestKnown).imports, {
    ...{ path: `${place}/app.py`, top: place },
    list: async (at) => new Set(await readdir(at).catch(() => [])),
    installed: () => Promise.resolve(new Set(installed)),
  });
}

interface Run {
  readonly exitCode: number;
  readonly said: string;
}

function modal(place: string, ...args: readonly string[]): Promise<Run> {
  const { command, args: before } = world.cli;
  return new Promise((resolve) =>
    execFile(command, [...before, ...args], { cwd: place, env: world.env }, (error, stdout, stderr) =>
      resolve({ exitCode: error ? 1 : 0, said: stdout + stderr }),
    ),
  );
}

describe('the real command and a module of the workspace', () => {
  it.each(Object.entries(files))('fails in the container, and runs when it is fixed: %s', async (_, text) => {
    const place = await write(text);
    const found = await findings(place, text, []);
    expect(found.map(({ code }) => code)).toContain(localModule.code);
    const before = await modal(place, 'run', 'app.py::f');
    expect(before).toMatchObject({ exitCode: 1 });
    expect(before.said).toMatch(/No module named '(?:helpers|pkg)'/);
    await writeFile(path.join(place, 'app.py'), applyEdits(text, editsOfAll(found)));
    expect(await modal(place, 'run', 'app.py::f')).toMatchObject({ exitCode: 0 });
  });

  it.each(Object.entries(carried))('runs what is carried %s', async (_, text) => {
    const place = await write(text);
    expect(await findings(place, text, [])).toEqual([]);
    expect(await modal(place, 'run', 'app.py::f')).toMatchObject({ exitCode: 0 });
  });
});

describe('the real command and a package that only the image has', () => {
  it('fails on this computer, and runs when the import has moved', async () => {
    // Stands for what pip installs: containers of the local Modal have the packages of this computer.
    const elsewhere = path.join(folder, 'elsewhere/xgboost');
    await mkdir(elsewhere, { recursive: true });
    await writeFile(path.join(elsewhere, '__init__.py'), '__version__ = "3.1.1"\n');
    const text = imagePackage.examples.hit.replace(
      '"xgboost==3.1.1")',
      `"xgboost==3.1.1").add_local_dir(${JSON.stringify(elsewhere)}, "/root/xgboost")`,
    );
    const place = await write(text);
    const installed = await installedModules({
      configured: world.cli.command,
      workspaceFolders: [],
      env: {},
    });
    expect(installed).toContain('modal');
    const found = await findings(place, text, [...(installed ?? [])]);
    expect(found.map(({ code }) => code)).toEqual([imagePackage.code]);
    const before = await modal(place, 'deploy', 'app.py');
    expect(before).toMatchObject({ exitCode: 1 });
    expect(before.said).toContain("No module named 'xgboost'");
    const mended = applyEdits(text, editsOfAll(found));
    await writeFile(
      path.join(place, 'app.py'),
      mended.replace('return xgboost', 'print(xgboost').replace('__version__\n', '__version__)\n'),
    );
    const after = await modal(place, 'deploy', 'app.py');
    expect(after).toMatchObject({ exitCode: 0 });
    expect((await modal(place, 'run', 'app.py::f')).said).toContain('3.1.1');
  });

  it('finds every package installed that Python itself imports', async () => {
    const { command } = world.cli;
    const python = path.join(path.dirname(command), 'python');
    const script =
      'import json, pkgutil, sys; print(json.dumps([[m.name for m in pkgutil.iter_modules(p for p in sys.path if "site-packages" in p) if m.name.isidentifier()], sorted(n for n in sys.stdlib_module_names if not n.startswith("_"))]))';
    const { stdout } = await promisify(execFile)(python, ['-I', '-c', script]);
    const [packages = [], library = []] = JSON.parse(stdout) as string[][];
    const installed = await installedModules({ configured: command, workspaceFolders: [], env: {} });
    expect(packages.length).toBeGreaterThan(20);
    expect(packages.filter((name) => !installed?.has(name))).toEqual([]);
    expect(library.filter((name) => !standardLibrary.has(name))).toEqual([]);
  });
});
