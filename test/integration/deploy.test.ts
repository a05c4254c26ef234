/** A deploy leaves what `modal deploy` would have left, whatever happens on the way. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ModalClient } from 'modal';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { planDeploy } from '../../src/features/deploy/core/planDeploy.ts';
import { DeployRun } from '../../src/features/deploy/core/deployRun.ts';
import type { DeployStage } from '../../src/features/deploy/core/stages.ts';
import { parseManifest } from '../../src/domain/catalog.ts';
import { cliEnvironment, runCli } from '../../src/modal/cli.ts';
import { root } from '../../scripts/root.ts';
import { TestWorld, fixture } from './support/world.ts';

let world: TestWorld;
let folder: string;
beforeAll(async () => {
  world = await TestWorld.start();
  folder = await mkdtemp(path.join(os.tmpdir(), 'deploy-'));
});
afterEach(() => world.simulator.admin('DELETE', '/faults'));
afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true });
});

const matching = (pattern: RegExp) => expect.stringMatching(pattern) as string;

async function script(name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return file;
}

async function terminal(args: readonly string[], cwd = folder): Promise<void> {
  const { exitCode, stderr } = await runCli(world.cli, args, {
    cwd,
    env: cliEnvironment(world.env, await world.planes.connection()),
    onLine: () => undefined,
    timeoutMs: 60_000,
    logger: world.logger,
  });
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
}

/** Everything that the server knows of an app, with ids, times and addresses replaced by their order. */
async function layoutOf(name: string): Promise<unknown> {
  process.env['MODAL_SERVER_URL'] = world.simulator.serverUrl;
  const client = new ModalClient({
    tokenId: world.simulator.tokenId,
    tokenSecret: world.simulator.tokenSecret,
  });
  delete process.env['MODAL_SERVER_URL'];
  const rpc = client.cpClient;
  const { appId } = await rpc.appGetByDeploymentName({ name, environmentName: 'main' });
  const { appLayout } = await rpc.appGetLayout({ appId });
  const functions = await Promise.all(
    Object.entries(appLayout?.functionIds ?? {}).map(
      async ([tag, functionId]) => [tag, await rpc.functionGetById({ functionId })] as const,
    ),
  );
  const [info, history, tags] = [
    await rpc.appGetInfo({ appId }),
    await rpc.appDeploymentHistory({ appId }),
    await rpc.appGetTags({ appId }),
  ];
  client.close();
  const everything = JSON.stringify({ appLayout, functions, info, history, tags }, undefined, 1);
  const order = new Map<string, string>();
  const placeholder = (text: string, kind: string) => {
    if (!order.has(text)) order.set(text, `<${kind} ${order.size}>`);
    return order.get(text)!;
  };
  return JSON.parse(
    everything
      .replaceAll(/\b(ap|fu|cs|mo|im|de|st|en)-[A-Za-z0-9]{6,}/g, (id, kind: string) => placeholder(id, kind))
      .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, (url) => placeholder(url, 'url'))
      .replaceAll(/"(\w*[aA]t|\w*[tT]imestamp)": [\d.]+/g, '"$1": 0'),
  ) as unknown;
}

describe('after a deploy', () => {
  it.each(['plain_function.py', 'class_with_enter.py', 'asgi_app.py'])(
    'the server knows the same as after the plain command: %s',
    async (name) => {
      const file = fixture(name);
      const { appName, appId } = await world.deploy(file);
      const ours = await layoutOf(appName);
      await world.plane.stopApp(appId);
      await terminal(['deploy', '--env', 'main', file], path.dirname(file));
      const theirs = await layoutOf(appName);
      expect(ours).toEqual(theirs);
      expect(JSON.stringify(ours)).toMatch(/functionIds/);
      await world.plane.stopApp((await world.plane.findDeployedApp(appName, 'main'))!.appId);
    },
  );

  it('every stage has been seen when it happened, with its time', async () => {
    await world.simulator.admin('POST', '/faults', { buildSeconds: 1 });
    const source = await readFile(fixture('asgi_app.py'), 'utf8');
    const file = await script(
      'staged.py',
      source.replace('fastapi==0.163.2', 'fastapi==0.163.2", "staged==1'),
    );
    const stages: DeployStage[] = [];
    const connection = await world.planes.connection();
    const target = { kind: 'script', script: file } as const;
    const run = new DeployRun(await planDeploy(target, { plane: world.plane, connection, environment: '' }));
    const result = await world.deployRun(run, { onStage: (stage) => stages.push(stage) });
    // Uploads and builds run side by side: whichever begins first is seen.
    const ordered = stages.filter((stage) => stage !== 'upload');
    expect(ordered).toEqual(['check', 'image', 'functions', 'publish', 'done']);
    expect(run.outcome).toBe(result);
    const { times } = run;
    expect(times.map(({ stage }) => stage)).toEqual(stages.slice(0, -1));
    const longest = times.toSorted((a, b) => b.ms - a.ms).slice(0, 2);
    expect(longest.map(({ stage }) => stage).sort()).toEqual(['check', 'image']);
    await world.plane.stopApp(result.appId);
  });

  it("what Modal warns of stands at the user's line", async () => {
    const file = await script(
      'old.py',
      `import modal\napp = modal.App("it-old")\n\n@app.function(max_inputs=1)\ndef f(): ...\n`,
    );
    const result = await world.deploy(file);
    expect(result.warnings).toEqual([
      { file, line: 4, severity: 'warning', message: matching(/Deprecation.*single_use_containers/) },
    ]);
    await world.plane.stopApp(result.appId);
  });
});

describe('two deploys of one app at once', () => {
  it('run one after the other', async () => {
    // Which of them comes first is decided by how long each takes to be planned.
    const both = [0, 1].map(async () => {
      const stages: DeployStage[] = [];
      const result = await world.deploy(fixture('plain_function.py'), {
        onStage: (stage) => stages.push(stage),
      });
      return { stages, result, version: result.details.version ?? 0 };
    });
    const [first, second] = (await Promise.all(both)).sort((a, b) => a.version - b.version);
    expect(first!.stages[0]).toBe('check');
    expect(second!.stages.slice(0, 2)).toEqual(['queued', 'check']);
    expect(second!.version).toBe(first!.version + 1);
    await world.plane.stopApp(second!.result.appId);
  });
});

describe('a cancel', () => {
  it('that comes too late leaves a deploy, and is not called cancelled', async () => {
    const manifest = await smallApp();
    const plan = await planned(manifest);
    const run = new DeployRun(plan);
    const result = await world.deployRun(run, {
      onLine: (line) => {
        if (line.startsWith('✓ App deployed')) run.cancel();
      },
    });
    expect(result.details.version).toBe(1);
    await world.plane.stopApp(result.appId);
  });
});

describe('what goes wrong on the way', () => {
  it.each([
    'AppGetByDeploymentName',
    'AppCreate',
    'FunctionPrecreate',
    'MountGetOrCreate',
    'ImageGetOrCreate',
    'FunctionCreate',
    'AppPublish',
  ])('the server fails at %s: the cause is told and nothing is published', async (rpc) => {
    const faults = { rpc: { [rpc]: { code: 13, message: `storage of ${rpc} is down` } } };
    await world.simulator.admin('POST', '/faults', faults);
    await expect(world.deploy(fixture('asgi_app.py'))).rejects.toMatchObject({
      kind: 'cliFailed',
      message: matching(new RegExp(`storage of ${rpc} is down`)),
    });
    await world.simulator.admin('DELETE', '/faults');
    expect(await world.plane.findDeployedApp('it-asgi', 'main')).toBeUndefined();
    const apps = await world.plane.listApps('main');
    expect(apps.filter(({ name, state }) => name === 'it-asgi' && state !== 'stopped')).toEqual([]);
  });

  it('a secret vanishes between the preview and the deploy', async () => {
    const manifest = await smallApp();
    await world.plane.createSecret('it-vanishing', 'main', { KEY: 'x' });
    const plan = await planned(manifest);
    expect(plan.secrets).toMatchObject([{ state: 'found' }]);
    await terminal(['secret', 'delete', '--yes', '--env', 'main', 'it-vanishing']);
    const env = { ...world.env, NEEDS_SECRET: '1' };
    const deploying = world.deployRun(new DeployRun(plan), {}, { env });
    await expect(deploying).rejects.toMatchObject({
      message: matching(/it-vanishing.*Create the secret/s),
      problems: [{ file: plan.script, line: 5 }],
    });
  });

  it('the disk is full: the cause, its line and what to do', async () => {
    const file = await script(
      'full.py',
      'import modal\n\nwith open("/dev/full", "w") as cache:\n    cache.write("x")\n    cache.flush()\n\napp = modal.App("it-full")\n',
    );
    await expect(world.deploy(file)).rejects.toMatchObject({
      message: matching(/No space left on device.*Free space/s),
      problems: [{ file, severity: 'error' }],
    });
    expect(await world.plane.findDeployedApp('it-full', 'main')).toBeUndefined();
  });

  it('the app has a name that Modal refuses', async () => {
    const file = await script(
      'named.py',
      'import modal\napp = modal.App("no good!")\n\n@app.function()\ndef f(): ...\n',
    );
    await expect(world.deploy(file)).rejects.toMatchObject({
      message: matching(/no good!/),
      problems: [{ file, line: 2 }],
    });
  });

  it('output that is no text, and 10 MB on one line: every byte is passed on, and the deploy goes on', async () => {
    const file = await script(
      'loud.py',
      'import sys\nimport modal\nsys.stdout.buffer.write(b"\\xff\\xfe\\x00 bad\\n" + b"x" * 10_000_000 + b"\\n")\nsys.stdout.flush()\napp = modal.App("it-loud")\n\n@app.function()\ndef f(): ...\n',
    );
    const lines: string[] = [];
    const result = await world.deploy(file, { onLine: (line) => lines.push(line) });
    const long = lines.filter((line) => /^x+$/.test(line));
    expect(long.reduce((sum, line) => sum + line.length, 0)).toBe(10_000_000);
    expect(Math.max(...lines.map(({ length }) => length))).toBe(256 * 1024);
    expect(lines).toContain('\ufffd\ufffd\0 bad');
    await world.plane.stopApp(result.appId);
  });
});

/** A bundled app of one function, which asks for a secret only when told. */
async function smallApp() {
  const source = JSON.parse(await readFile(path.join(root, 'modal_apps/finbert/app.json'), 'utf8')) as object;
  await script(
    'app.py',
    'import os\nimport modal\napp = modal.App("it-small")\nneeded = os.environ.get("NEEDS_SECRET")\nsecrets = [modal.Secret.from_name("it-vanishing")] if needed else []\n\n@app.function(secrets=secrets)\ndef f(): ...\n',
  );
  const secret = { name: 'it-vanishing', keys: ['KEY'], generate: null, required: false, purpose: '' };
  const changes = { defaultAppName: 'it-small', secrets: [secret], settings: [], endpoints: [], samples: [] };
  return { ...parseManifest(JSON.stringify({ ...source, ...changes })), folder };
}

async function planned(app: Awaited<ReturnType<typeof smallApp>>) {
  const connection = await world.planes.connection();
  return planDeploy({ kind: 'bundled', app }, { plane: world.plane, connection, environment: '' });
}
