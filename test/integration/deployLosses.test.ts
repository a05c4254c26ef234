/** What the question before a deploy says would be lost, beside what the real CLI then takes away. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeployPlan } from '../../src/features/deploy/core/plan.ts';
import { planDeploy } from '../../src/features/deploy/core/planDeploy.ts';
import { readFile } from 'node:fs/promises';
import { removesFunctions } from '../../src/features/deploy/core/losses.ts';
import { parseScript } from '../../src/features/workspace/core/parseScript.ts';
import { TestWorld } from './support/world.ts';

let world: TestWorld;
let folder: string;
beforeAll(async () => {
  [world, folder] = await Promise.all([TestWorld.start(), mkdtemp(path.join(os.tmpdir(), 'losses-'))]);
});
afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true });
});

const names = ['one', 'two', 'three', 'four', 'five'] as const;
const functions = (of: readonly string[]) =>
  of.map((name) => `@app.function()\ndef ${name}(x: int) -> int:\n    return x\n`).join('\n');
const head = (app: string) => `import modal\n\napp = modal.App("${app}")\n\n`;

async function write(file: string, text: string): Promise<string> {
  const full = path.join(folder, file);
  await writeFile(full, text);
  return full;
}

async function planOf(script: string): Promise<DeployPlan> {
  const app = parseScript(await readFile(script, 'utf8')).apps[0];
  return planDeploy(
    { kind: 'script', script, ...(app ? { app } : {}) },
    {
      plane: world.plane,
      connection: await world.planes.connection(),
      environment: '',
      readScript: async (file) => parseScript(await readFile(file, 'utf8')),
    },
  );
}

async function liveOf(name: string): Promise<string[]> {
  const deployed = await world.plane.findDeployedApp(name, 'main');
  const details = deployed && (await world.plane.describeApp(deployed.appId));
  return details?.functions.map(({ tag }) => tag).sort() ?? [];
}

it('a file that only makes the app takes all away that other files had added', async () => {
  const common = await write('common.py', head('several'));
  await write('jobs.py', `from common import app\n\n${functions(names)}`);
  // As people deploy it: by the file that imports all of them.
  const main = await write('main.py', 'from common import app\nimport jobs\n');
  await world.deploy(main);
  expect(await liveOf('several')).toEqual([...names].sort());

  const plan = await planOf(common);
  expect(plan.losses).toEqual({
    kind: 'compared',
    gone: [...names].sort(),
    conditional: [],
    found: 0,
    doubts: [],
  });
  await world.deployPlan(plan);
  expect(await liveOf('several')).toEqual([]);
});

it('what deploys several files does not say which app it is, and so what is lost is not known', async () => {
  const plan = await planOf(path.join(folder, 'main.py'));
  expect(plan.losses).toEqual({ kind: 'unknown', reason: 'its text does not tell the name of its app' });
});

describe('what is said beside what happens', () => {
  const wholly = `${functions(names)}
@app.cls()
class Model:
    @modal.method()
    def run(self):
        pass

@app.function(name="renamed")
def original():
    pass
`;
  it.each([
    ['all of it again', wholly],
    ['two of five', functions(names.slice(0, 2))],
    ['none', ''],
    [
      'a class that became a function',
      `${functions(names)}\n@app.function()\ndef Model(): pass\n@app.function()\ndef renamed(): pass\n`,
    ],
    ['a name that is gone', wholly.replace('(name="renamed")', '()')],
    ['an import that adds what is missing', `import extra\nextra.add(app)\n${functions(names.slice(0, 3))}`],
    [
      'an app that is taken in',
      `${functions(names.slice(0, 4))}\nother = modal.App("other")\n@other.function()\ndef five(): pass\napp.include(other)\n`,
    ],
    [
      'a loop',
      `for n in ${JSON.stringify(names)}:\n    @app.function(name=n, serialized=True)\n    def f(): pass\n`,
    ],
    [
      'a condition that holds',
      `if True:\n${functions(['one']).replace(/^/gm, '    ')}\n${functions(names.slice(1))}`,
    ],
    [
      'a condition that does not',
      `if modal.is_local() and not True:\n${functions(['one']).replace(/^/gm, '    ')}\n${functions(names.slice(1))}`,
    ],
    [
      'a call',
      `def one(): pass\none.__module__ = __name__\napp.function(serialized=True)(one)\n${functions(names.slice(1))}`,
    ],
  ])('%s', async (_name, text) => {
    await write(
      'extra.py',
      'def add(app):\n    @app.function(name="four", serialized=True)\n    def f(): pass\n',
    );
    const name = 'beside';
    await world.deploy(await write('whole.py', head(name) + wholly));
    const before = await liveOf(name);
    expect(before).toHaveLength(7);
    const plan = await planOf(await write('again.py', head(name) + text));
    await world.deployPlan(plan);
    const after = await liveOf(name);
    const lost = before.filter((tag) => !after.includes(tag)).map((tag) => tag.replace('.*', ''));
    const { losses } = plan;
    if (losses?.kind !== 'compared') throw new Error('not compared');
    // Nothing goes unsaid; what is said for certain goes.
    expect([...losses.gone, ...losses.conditional]).toEqual(expect.arrayContaining(lost));
    if (removesFunctions(losses)) expect(lost).toEqual(expect.arrayContaining([...losses.gone]));
    else if (losses.doubts.length === 0) expect(losses.gone).toEqual([]);
  });
});

it('says that it does not know where Modal does not tell what is live', async () => {
  const script = await write('mute.py', head('mute') + functions(['one']));
  await world.deploy(script);
  await world.simulator.admin('POST', '/faults', {
    rpc: { AppGetLayout: { code: 5, message: 'no', remaining: -1 } },
  });
  try {
    const { losses } = await planOf(script);
    expect(losses).toMatchObject({
      kind: 'unknown',
      reason: expect.stringMatching(/^Modal did not tell what is live \(/) as string,
    });
  } finally {
    await world.simulator.admin('DELETE', '/faults');
  }
});
