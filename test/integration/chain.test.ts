import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeployResult } from '../../src/features/deploy/core/deployRun.ts';
import type { DeployStage } from '../../src/features/deploy/core/stages.ts';
import type { LogEntry } from '../../src/domain/logEntry.ts';
import { entryText } from '../../src/domain/logEntry.ts';
import { send } from '../../src/features/requests/core/httpClient.ts';
import { FollowedLog } from './support/logs.ts';
import { TestWorld, fixture } from './support/world.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await TestWorld.start();
});
afterAll(() => world.stop());

const get = (url: string) =>
  send({ method: 'GET', url, headers: {}, signal: new AbortController().signal, headersTimeoutMs: 60_000 });

/** Follows the log until all of the wanted lines have come. */
async function follow(appId: string, wanted: readonly string[]): Promise<readonly LogEntry[]> {
  const log = new FollowedLog(
    world.plane,
    { appId },
    {
      onChange: (followed) => {
        const texts = followed.entries.map(entryText);
        if (wanted.every((line) => texts.includes(line))) followed.stopSoon();
      },
    },
  );
  await Promise.race([log.run, sleep(30_000, undefined, { ref: false })]);
  await log.stop();
  return log.entries;
}

const endpointOf = ({ details }: DeployResult) => details.functions.flatMap((fn) => fn.endpoints)[0]!;

describe('deploy, call, follow, stop', () => {
  it('a plain function', async () => {
    const stages: DeployStage[] = [];
    const result = await world.deploy(fixture('plain_function.py'), {
      onStage: (stage) => stages.push(stage),
    });
    expect(result).toMatchObject({ appName: 'it-plain', environment: 'main' });
    expect(result.details.functions).toMatchObject([{ tag: 'square', kind: 'function', endpoints: [] }]);
    expect(stages[0]).toBe('check');
    expect(stages.at(-1)).toBe('done');
    const call = `import modal; print(modal.Function.from_name("it-plain", "square").remote(12))`;
    expect(await world.python(call)).toEqual(['144']);
    const entries = await follow(result.appId, ['squaring 12']);
    const line = entries.find((entry) => entry.kind === 'line');
    expect(line).toMatchObject({ text: 'squaring 12', source: 'stdout' });
    expect(line?.kind === 'line' && line.containerId).toMatch(/^ta-/);
    expect(entries.filter((entry) => entry.kind === 'phase').map(({ phase }) => phase)).toEqual(
      expect.arrayContaining(['queued', 'loading', 'creating', 'idle']) as unknown,
    );
    await world.plane.stopApp(result.appId);
    const apps = await world.plane.listApps('main');
    expect(apps.find(({ id }) => id === result.appId)?.state).toBe('stopped');
  });

  it('a class with enter and concurrent, on a GPU', async () => {
    const result = await world.deploy(fixture('class_with_enter.py'));
    expect(result.details.functions).toMatchObject([{ tag: 'Model.*', kind: 'class', gpus: ['A10'] }]);
    const endpoint = endpointOf(result);
    expect(endpoint.name).toBe('Model.predict');
    const answers = await Promise.all([1, 2, 3].map(() => get(endpoint.url)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const entries = await follow(result.appId, ['model loaded', 'call 3']);
    // One container took all three, and was entered once.
    expect(entries.filter((entry) => entryText(entry) === 'model loaded')).toHaveLength(1);
    expect(await world.plane.listContainers('main', result.appId)).toHaveLength(1);
    await world.plane.stopApp(result.appId);
  });

  it('an ASGI app, whose answer names the call of its log lines', async () => {
    const result = await world.deploy(fixture('asgi_app.py'));
    const { url } = endpointOf(result);
    const answer = await get(`${url}/hello/you`);
    expect(answer).toMatchObject({ status: 200, body: '{"hello":"you"}' });
    expect(answer.callId).toMatch(/^fc-/);
    const entries = await follow(result.appId, ['hello you']);
    expect(entries.find((entry) => entryText(entry) === 'hello you')).toMatchObject({
      callId: answer.callId,
    });
    await world.plane.stopApp(result.appId);
    expect(await get(url)).toMatchObject({
      status: 404,
      body: 'modal-http: app for invoked web endpoint is stopped',
    });
  });

  it('a second deploy keeps the app and makes a new version', async () => {
    const first = await world.deploy(fixture('asgi_app.py'));
    const second = await world.deploy(fixture('asgi_app.py'));
    expect(second.appId).toBe(first.appId);
    expect(second.details.version).toBe((first.details.version ?? 0) + 1);
    expect(endpointOf(second).url).toBe(endpointOf(first).url);
    await world.plane.stopApp(second.appId);
  });
});

describe('secrets', () => {
  it('are created once and their values never come back', async () => {
    expect(await world.plane.hasSecret('it-key', 'main')).toBe(false);
    await world.plane.createSecret('it-key', 'main', { APP_API_KEY: 'CANARY-VALUE' });
    expect(await world.plane.hasSecret('it-key', 'main')).toBe(true);
    await expect(world.plane.createSecret('it-key', 'main', { A: 'b' })).rejects.toMatchObject({
      kind: 'conflict',
    });
    expect(world.logged.join('\n')).not.toContain('CANARY-VALUE');
  });
});
