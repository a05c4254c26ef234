/** Apps that are deployed already, by the real SDK, the real CLI, a real Git repository and the local Modal. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DeployResult } from '../../src/features/deploy/core/deployRun.ts';
import { cliEnvironment, runCli } from '../../src/modal/cli.ts';
import { replaceContainers } from '../../src/modal/replaceContainers.ts';
import { send } from '../../src/features/requests/core/httpClient.ts';
import { commitWord } from '../../src/features/apps/ui/lifecycle/versionWords.ts';
import { TestWorld } from './support/world.ts';

const run = promisify(execFile);
let world: TestWorld;
let folder: string;

beforeAll(async () => {
  world = await TestWorld.start();
  folder = await mkdtemp(path.join(os.tmpdir(), 'lifecycle-'));
  await git('init', '--quiet', '--initial-branch', 'main');
  await git('remote', 'add', 'origin', 'https://git.example.com/me/answers.git');
});
afterAll(async () => {
  await world?.stop();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => world.simulator.admin('DELETE', '/faults'));

const git = (...args: string[]) =>
  run('git', ['-c', 'user.name=Alice', '-c', 'user.email=alice@example.com', ...args], { cwd: folder });

/** An app whose answer is its version; the class shows that a rollback brings back more than functions. */
const source = (name: string, answer: string, extra = '') => `import modal

app = modal.App("${name}")
image = modal.Image.debian_slim().pip_install("fastapi[standard]")


@app.function(image=image, max_containers=3)
@modal.fastapi_endpoint()
def answer() -> dict[str, str]:
    return {"answer": "${answer}"}


@app.cls(image=image, gpu="A10")
class Model:
    @modal.method()
    def say(self) -> str:
        return "${answer}"
${extra}`;

async function deploy(
  name: string,
  answer: string,
  { commit = true, extra = '' } = {},
): Promise<DeployResult> {
  const script = path.join(folder, `${name}.py`);
  await writeFile(script, source(name, answer, extra));
  if (commit) {
    await git('add', '.');
    await git('commit', '--quiet', '--message', answer);
  }
  return world.deploy(script);
}

async function modal(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runCli(world.cli, args, {
    cwd: folder,
    env: cliEnvironment(world.env, await world.planes.connection()),
    onLine: () => undefined,
    timeoutMs: 60_000,
    logger: world.logger,
  });
  if (exitCode !== 0) throw new Error(stderr || stdout);
  return stdout;
}

async function ask({ details }: DeployResult): Promise<unknown> {
  const url = details.functions.flatMap((fn) => fn.endpoints)[0]!.url;
  const { body } = await send({
    method: 'GET',
    url,
    headers: {},
    signal: new AbortController().signal,
    headersTimeoutMs: 60_000,
  });
  return (JSON.parse(body) as { answer: unknown }).answer;
}

const containersOf = ({ appId }: DeployResult) => world.plane.listContainers('main', appId);
const functionOf = ({ details }: DeployResult, tag: string) =>
  details.functions.find((fn) => fn.tag === tag)!.id;

/** What an app serves, with ids by what they stand for, so that two apps can be compared. */
async function layoutOf({ appId }: DeployResult): Promise<unknown> {
  const details = await world.plane.describeApp(appId);
  return details.functions.map(({ tag, kind, gpus, endpoints }) => ({
    tag,
    kind,
    gpus,
    endpoints: endpoints.map(({ name, requiresProxyAuth }) => ({ name, requiresProxyAuth })),
  }));
}

interface HistoryRow {
  readonly version: string;
  readonly time_deployed: string;
  readonly client: string;
  readonly deployed_by: string;
  readonly commit: string | null;
  readonly tag?: string | null;
}

describe('the history', () => {
  it('is what the CLI shows, field by field, with commits and uncommitted changes', async () => {
    const name = 'it-history';
    const { appId } = await deploy(name, 'one');
    await deploy(name, 'two', { commit: false });
    await modal('deploy', '--tag', 'third', path.join(folder, `${name}.py`));
    const history = await world.plane.history(appId);
    const rows = JSON.parse(await modal('app', 'history', name, '--json')) as HistoryRow[];
    expect(
      history.map((version) => ({
        version: `v${version.number}`,
        seconds: Math.floor(version.deployedAt! / 1000),
        client: version.clientVersion,
        by: version.deployedBy,
        commit: version.commit ? commitWord(version.commit) : null,
        tag: version.tag || null,
      })),
    ).toEqual(
      rows.map((row) => ({
        version: row.version,
        seconds: Math.floor(Date.parse(row.time_deployed) / 1000),
        client: row.client,
        by: row.deployed_by,
        commit: row.commit,
        tag: row.tag ?? null,
      })),
    );
    const { stdout: head } = await git('rev-parse', 'HEAD');
    expect(history.map(({ commit }) => [commit?.hash, commit?.dirty])).toEqual([
      [head.trim(), true],
      [head.trim(), true],
      [head.trim(), false],
    ]);
    expect(history[2]?.commit).toMatchObject({ branch: 'main', author: 'Alice' });
    expect(history[2]?.commit?.repoUrl).toContain('git.example.com');
    expect(history.map(({ live, rollbackAllowed }) => [live, rollbackAllowed])).toEqual([
      [true, false],
      [false, true],
      [false, true],
    ]);
    await git('commit', '--quiet', '--all', '--message', 'two');
  });
});

describe('a rollback', () => {
  it('serves the old answer, and leaves what the CLI leaves', async () => {
    const extra = '\n\n@app.function(image=image)\ndef added() -> None: ...\n';
    const ours = await deploy('it-ours', 'old');
    const theirs = await deploy('it-theirs', 'old');
    const newer = await deploy('it-ours', 'new', { extra });
    await deploy('it-theirs', 'new', { extra });
    expect(newer.details.functions.map(({ tag }) => tag)).toContain('added');
    expect(await ask(ours)).toBe('new');
    await world.plane.rollback(ours.appId, 1);
    await modal('app', 'rollback', 'it-theirs', 'v1');
    await expect.poll(() => ask(ours), { timeout: 30_000 }).toBe('old');
    expect(await layoutOf(ours)).toEqual(await layoutOf(theirs));
    const [mine, other] = await Promise.all(
      [ours, theirs].map(async ({ appId }) =>
        (await world.plane.history(appId)).map(
          ({ number, kind, rollbackOf, live, rollbackAllowed, commit }) => ({
            number,
            kind,
            rollbackOf,
            live,
            rollbackAllowed,
            commit: commit !== undefined,
          }),
        ),
      ),
    );
    expect(mine).toEqual(other);
    expect(mine?.[0]).toMatchObject({ number: 3, kind: 'rollback', rollbackOf: 1, live: true });
  });

  it('says in words which plan it needs', async () => {
    const { appId } = await deploy('it-plan', 'one');
    await deploy('it-plan', 'two');
    await world.simulator.admin('POST', '/faults', { starterPlan: true });
    await expect(world.plane.rollback(appId, 1)).rejects.toMatchObject({
      kind: 'forbidden',
      message: expect.stringContaining("Rollback needs Modal's Team or Enterprise plan") as unknown,
      detail: expect.stringContaining('Starter plan') as unknown,
    });
    await expect(world.plane.history(appId)).resolves.toHaveLength(2);
  });

  it('to a version that is not there changes nothing', async () => {
    const { appId } = await deploy('it-none', 'one');
    await expect(world.plane.rollback(appId, 9)).rejects.toMatchObject({ kind: 'notFound' });
    await expect(world.plane.history(appId)).resolves.toHaveLength(1);
  });
});

describe('a rollover', () => {
  it('brings new containers of the same code, and old ones end when asked to', async () => {
    const app = await deploy('it-rollover', 'same');
    expect(await ask(app)).toBe('same');
    const [before] = await containersOf(app);
    const { deployedAt } = await world.plane.rollover(app.appId);
    await replaceContainers(world.plane, { appId: app.appId, environment: 'main', deployedAt });
    expect((await containersOf(app)).map(({ id }) => id)).not.toContain(before!.id);
    expect(await ask(app)).toBe('same');
    const [live] = await world.plane.history(app.appId);
    expect(live).toMatchObject({ number: 2, kind: 'rollover', live: true });
    expect(live?.commit).toBeDefined();
  });
});

describe('a container', () => {
  it('tells about itself and ends when it is stopped', async () => {
    const app = await deploy('it-container', 'one');
    await ask(app);
    const [container] = await containersOf(app);
    const info = await world.plane.containerInfo(container!.id);
    expect(info).toMatchObject({ id: container!.id, state: 'running' });
    expect(info.readyAt).toBeGreaterThanOrEqual(info.enqueuedAt!);
    expect(await world.plane.functionStats(functionOf(app, 'answer'))).toEqual({
      backlog: 0,
      containers: 1,
      runningInputs: 0,
    });
    await world.plane.stopContainer(container!.id, { graceful: true });
    await expect.poll(() => containersOf(app), { timeout: 30_000 }).toEqual([]);
    expect(await world.plane.containerInfo(container!.id)).toMatchObject({ state: 'finished' });
    expect(await ask(app)).toBe('one'); // the app itself goes on
  });

  it('says its GPU', async () => {
    const app = await deploy('it-gpu', 'one');
    await world.plane.updateAutoscaler(functionOf(app, 'Model.*'), { minContainers: 1 });
    await expect.poll(() => containersOf(app), { timeout: 30_000 }).toHaveLength(1);
    const [container] = await containersOf(app);
    expect(await world.plane.containerInfo(container!.id)).toMatchObject({ gpu: 'A10' });
    await world.plane.stopApp(app.appId);
  });
});

describe('autoscaling', () => {
  it('is changed at once, seen by the server, and reset by the next deploy', async () => {
    const app = await deploy('it-scale', 'one');
    const id = functionOf(app, 'answer');
    expect(await world.plane.autoscaler(id)).toMatchObject({
      inForce: { minContainers: 0, maxContainers: 3 },
      coded: { maxContainers: 3 },
      overrides: {},
    });
    await world.plane.updateAutoscaler(id, { minContainers: 1, scaledownWindow: 5 });
    const changed = await world.plane.autoscaler(id);
    expect(changed.inForce).toMatchObject({ minContainers: 1, maxContainers: 3, scaledownWindow: 5 });
    expect(Object.keys(changed.overrides).sort()).toEqual(['minContainers', 'scaledownWindow']);
    expect(changed.overrides.minContainers?.by).toBe('alice');
    const settings = await python(
      'f = modal.Function.from_name("it-scale", "answer"); print(f.autoscaler.settings().min_containers)',
    );
    expect(settings).toBe('1');
    await expect.poll(() => containersOf(app), { timeout: 30_000 }).toHaveLength(1);
    await deploy('it-scale', 'two');
    expect(await world.plane.autoscaler(id)).toMatchObject({ inForce: { minContainers: 0 }, overrides: {} });
  });

  it('refuses a minimum above the maximum and keeps what was', async () => {
    const app = await deploy('it-bounds', 'one');
    const id = functionOf(app, 'answer');
    await expect(world.plane.updateAutoscaler(id, { minContainers: 9 })).rejects.toMatchObject({
      kind: 'invalid',
    });
    expect((await world.plane.autoscaler(id)).inForce.minContainers).toBe(0);
  });
});

async function python(code: string): Promise<string> {
  const { stdout } = await run(world.simulator.python, ['-c', `import modal; ${code}`], {
    env: cliEnvironment(world.env, await world.planes.connection()),
  });
  return stdout.trim();
}
