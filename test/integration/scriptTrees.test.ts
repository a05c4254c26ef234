/** Apps over several files: the real command deploys and runs them by our arguments, and what is then live is what we showed. */
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeployPlan } from '../../src/features/deploy/core/plan.ts';
import { planDeploy } from '../../src/features/deploy/core/planDeploy.ts';
import { runFunction } from '../../src/features/workspace/core/running/run.ts';
import { ScriptCommand } from '../../src/features/workspace/core/running/scriptCommand.ts';
import { planRun } from '../../src/features/workspace/core/running/scriptProcess.ts';
import type { ModalScript } from '../../src/domain/script.ts';
import { runnables, severalApps } from '../../src/domain/script.ts';
import { removesFunctions } from '../../src/features/deploy/core/losses.ts';
import type { LinkFile } from '../../src/features/workspace/core/linking.ts';
import { readLinked } from '../../src/features/workspace/core/readLinked.ts';
import { readScript } from '../../src/features/workspace/core/readScript.ts';
import { workspaceScripts } from '../../src/features/workspace/core/workspaceScripts.ts';
import { TestWorld } from './support/world.ts';

let world: TestWorld;
let folder: string;
beforeAll(async () => {
  [world, folder] = await Promise.all([TestWorld.start(), mkdtemp(path.join(os.tmpdir(), 'trees-'))]);
});
afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true });
});

const fn = (name: string, app = 'app', args = '') =>
  `@${app}.function(${args})\ndef ${name}(x: int = 1) -> int:\n    print("ran ${name}")\n    return x\n\n`;

/** In a container a file finds those beside it only where the image has them. */
const withSource = (app: string, ...modules: readonly string[]) =>
  `import modal\n\nimage = modal.Image.debian_slim().add_local_python_source(${modules.map((module) => `"${module}"`).join(', ')})\napp = modal.App("${app}", image=image)\n`;

interface Tree {
  readonly files: Readonly<Record<string, string>>;
  /** Which file deploys it all. */
  readonly deployedBy: string;
  /** What the CLI is given. */
  readonly args: readonly string[];
  /** A function that is run, and its file. */
  readonly runs: readonly [file: string, name: string];
}

const trees: Readonly<Record<string, Tree>> = {
  'a package with relative imports': {
    files: {
      'src/__init__.py': '',
      'src/common.py': 'import modal\n\napp = modal.App("tree-relative")\n',
      'src/inference.py': `from .common import app\n\n${fn('infer', 'app', 'gpu="T4"')}`,
      'src/main.py': `import modal\n\nfrom .common import app\nfrom . import inference\n\n${fn('serve')}`,
    },
    deployedBy: 'src/main.py',
    args: ['-m', 'src.main'],
    runs: ['src/inference.py', 'infer'],
  },
  'relative imports without __init__.py': {
    files: {
      'pkg/common.py': 'import modal\n\napp = modal.App("tree-namespace")\n',
      'pkg/jobs.py': `from .common import app\n\n${fn('job')}`,
    },
    deployedBy: 'pkg/jobs.py',
    args: ['-m', 'pkg.jobs'],
    runs: ['pkg/jobs.py', 'job'],
  },
  'files side by side': {
    files: {
      'common.py': withSource('tree-flat', 'common', 'jobs'),
      'jobs.py': `import common\n\n${fn('job', 'common.app')}`,
      'main.py': `import jobs\nfrom common import app as production\n\n${fn('last', 'production')}`,
    },
    deployedBy: 'main.py',
    args: ['main.py::production'],
    runs: ['jobs.py', 'job'],
  },
  'a src layout': {
    files: {
      'src/tool/__init__.py': 'from tool.base import app\n',
      'src/tool/base.py': 'import modal\n\napp = modal.App("tree-src")\n',
      'src/tool/work.py': `from tool import app\nfrom tool.deep.more import helper\n\n${fn('work')}`,
      'src/tool/deep/__init__.py': '',
      'src/tool/deep/more.py': `from ..base import app\n\ndef helper(): ...\n\n${fn('deep', 'app', 'gpu="L4"')}`,
    },
    deployedBy: 'src/tool/work.py',
    args: ['-m', 'tool.work'],
    runs: ['src/tool/deep/more.py', 'deep'],
  },
  'imports from the root of the repository': {
    files: {
      'app/common.py': 'import modal\n\napp = modal.App("tree-root")\n',
      'app/run.py': `from app.common import app\n\n${fn('go')}`,
    },
    deployedBy: 'app/run.py',
    args: ['-m', 'app.run'],
    runs: ['app/run.py', 'go'],
  },
  'apps that one app includes': {
    files: {
      'one.py': `import modal\n\napp = modal.App("tree-part")\n\n${fn('inner', 'app', 'gpu="A10"')}`,
      'all.py': `import modal\nfrom one import app as part\n\nimage = modal.Image.debian_slim().add_local_python_source("one")\napp = modal.App("tree-included", image=image).include(part)\n\n${fn('outer')}`,
    },
    deployedBy: 'all.py',
    // It has the included app as `part` too.
    args: ['all.py::app'],
    runs: ['all.py', 'outer'],
  },
  'a circle of imports, and names that a star brings': {
    files: {
      'base.py': `${withSource('tree-circle', 'base', 'parts')}\nimport parts\n`,
      'parts.py': `from base import *\n\n${fn('part')}`,
    },
    deployedBy: 'base.py',
    args: ['base.py'],
    runs: ['parts.py', 'part'],
  },
  'a script in a package that imports the file beside it': {
    files: {
      'tools/__init__.py': '',
      'tools/shared.py': withSource('tree-beside', 'shared'),
      'tools/job.py': `from shared import app\n\n${fn('job')}`,
    },
    deployedBy: 'tools/job.py',
    args: ['tools/job.py'],
    runs: ['tools/job.py', 'job'],
  },
};

const sources = (root: string) => ({
  list: async (at: string) => new Set(await readdir(at).catch(() => [])),
  read: async (at: string): Promise<LinkFile | undefined> => {
    const text = await readFile(at, 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    return { uri: at, label: path.relative(root, at), reading: await readScript(text) };
  },
  top: () => root,
});

async function read(root: string, file: string): Promise<ModalScript> {
  const linked = await readLinked(path.join(root, file), sources(root));
  if (!linked) throw new Error(`${file} was not read`);
  return linked.script;
}

async function write(name: string, files: Tree['files']): Promise<string> {
  const root = path.join(folder, name.replaceAll(/\W/g, '_'));
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  }
  return root;
}

/** As the Scripts view shows it. */
async function appOf(root: string, files: Tree['files']) {
  const all = new Map<string, LinkFile>();
  for (const file of Object.keys(files)) {
    const found = await sources(root).read(path.join(root, file));
    if (found) all.set(path.join(root, file), found);
  }
  const present = new Set<string>();
  for (const file of all.keys())
    for (let at = file; at.startsWith(root); at = path.dirname(at)) present.add(at);
  const scripts = workspaceScripts([...all.keys()], {
    exists: (at) => present.has(at),
    get: (at) => all.get(at),
    top: () => root,
  });
  return scripts.flatMap(({ apps }) => apps);
}

const planServices = async (root: string) => ({
  plane: world.plane,
  connection: await world.planes.connection(),
  environment: '',
  readScript: (script: string) => read(root, path.relative(root, script)),
});

async function planOf(root: string, file: string, variable: string): Promise<DeployPlan> {
  const script = await read(root, file);
  const app = script.apps.find((each) => each.variable === variable);
  return planDeploy(
    { kind: 'script', script: path.join(root, file), ...(app ? { app } : {}), several: severalApps(script) },
    await planServices(root),
  );
}

async function live(name: string) {
  const deployed = await world.plane.findDeployedApp(name, 'main');
  const details = deployed && (await world.plane.describeApp(deployed.appId));
  return details?.functions.map(({ tag, gpus = [] }) => [tag, gpus.join()]).sort() ?? [];
}

describe.each(Object.entries(trees))('%s', (name, { files, deployedBy, args, runs }) => {
  it('is deployed by one file, with the functions that its row has', async () => {
    const root = await write(name, files);
    const apps = await appOf(root, files);
    const row = apps.find(({ deployFiles }) =>
      deployFiles?.some(({ uri }) => uri === path.join(root, deployedBy)),
    )!;
    expect(row.deployFiles).toHaveLength(1);
    const plan = await planOf(root, deployedBy, row.deployFiles![0]!.variable);
    expect(plan.args.slice(2)).toEqual(
      args.map((each) => (each.includes('.py') ? path.join(root, each) : each)),
    );
    expect(plan.complete).toBe(true);
    await world.deployPlan(plan);
    const shown = row.units.map(({ deployedAs, gpus }) => [deployedAs, gpus?.join()]).sort();
    expect(await live(row.name!)).toEqual(shown);
  });

  it('runs a function by the file in which it stands', async () => {
    const root = await write(name, files);
    const script = await read(root, runs[0]);
    const app = script.apps.find((each) => runnables(each).some((runnable) => runnable.name === runs[1]))!;
    const runnable = runnables(app).find((each) => each.name === runs[1])!;
    const choice = { script: path.join(root, runs[0]), app, read: script, several: severalApps(script) };
    const plan = await planRun(choice, runnable, { args: [], shownArgs: [] }, await planServices(root));
    const lines: string[] = [];
    const services = {
      cli: world.cli,
      connection: await world.planes.connection(),
      plane: world.plane,
      env: world.env,
      logger: world.logger,
    };
    const command = new ScriptCommand(plan);
    command.onLine(({ line }) => lines.push(line));
    await runFunction(command, services);
    expect(lines).toContain(`ran ${runs[1]}`);
  });
});

it('a file that only makes the app is not what its row deploys, and would take all functions away', async () => {
  const [, tree] = Object.entries(trees)[2]!;
  const root = await write('only the app', tree.files);
  await world.deployPlan(await planOf(root, 'main.py', 'production'));
  const [row] = await appOf(root, tree.files);
  expect(row!.deployFiles?.map(({ label }) => label)).toEqual(['main.py']);
  const plan = await planOf(root, 'common.py', 'app');
  expect(removesFunctions(plan.losses)).toBe(true);
  expect(plan.losses).toMatchObject({ gone: ['job', 'last'], found: 0, doubts: [] });
});
