import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensurePython } from '../../scripts/python.ts';
import { root } from '../../scripts/root.ts';
import type { CatalogApp, Sample } from '../../src/domain/catalog.ts';
import { entryText } from '../../src/domain/logEntry.ts';
import { cliEnvironment } from '../../src/modal/cli.ts';
import { send } from '../../src/features/requests/core/httpClient.ts';
import { sampleBody } from '../../src/features/requests/core/sample.ts';
import { summarize } from '../../src/features/requests/core/summary.ts';
import { CatalogStore } from '../../src/store/catalogStore.ts';
import { ensureTinyHub } from '../host/tinyHub.ts';
import { FollowedLog } from './support/logs.ts';
import { TestWorld } from './support/world.ts';

/** What the log of each app says between its start and its first answer. */
const inLog: Record<string, readonly RegExp[]> = {
  finbert: [/^load_model took /, / \d+ of \d+/, /^GPU: none$/],
  documents: [/^load_model took /, / \d+ of \d+/, /^GPU: none$/],
  vllm: [/^start_engine took /, /^warm_up took /, /^GPU: none$/],
  embeddings: [/^load_model took /, /^GPU: none$/],
  interp: [/^load_model took /, /^GPU: none$/],
};

let world: TestWorld;
let apps: CatalogApp[];
/** By the secret's name, which several apps share. */
const keys = new Map<string, string>();
beforeAll(async () => {
  const hub = await ensureTinyHub(await ensurePython());
  world = await TestWorld.start(hub.deployEnv, hub.containerEnv);
  apps = await new CatalogStore(path.join(root, 'modal_apps'), world.logger).apps();
}, 600_000); // the tiny models may have to be made first
afterAll(() => world.stop());

interface Deployed {
  readonly appId: string;
  readonly app: CatalogApp;
  readonly urls: ReadonlyMap<string, string>;
}

async function deploy(id: string): Promise<Deployed> {
  const app = apps.find((candidate) => candidate.id === id)!;
  const result = await world.deployBundled(app, (name, _environment, value) =>
    Promise.resolve(void keys.set(name, value)),
  );
  const endpoints = result.details.functions.flatMap((fn) => fn.endpoints);
  return { appId: result.appId, app, urls: new Map(endpoints.map(({ name, url }) => [name, url])) };
}

async function sendSample(deployed: Deployed, sample: Sample, withKey = true) {
  const { app, urls } = deployed;
  const { auth } = app.endpoints.find((endpoint) => endpoint.function === sample.function)!;
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (auth && withKey) headers[auth.header] = `${auth.scheme} ${keys.get(auth.secretName)}`;
  const body = await sampleBody(app, sample);
  return send({
    method: sample.method,
    url: `${urls.get(sample.function)}${sample.path}`,
    headers,
    ...(body ? { body: body.body } : {}),
    signal: new AbortController().signal,
    headersTimeoutMs: 300_000,
  });
}

/** Those of the values that the manifest names which the answer's summary shows. */
function shownLabels(body: string, sample: Sample): string[] {
  const wanted = sample.expect?.highlights.map(({ label }) => label) ?? [];
  const shown = summarize(body, sample).flatMap((block) =>
    block.kind === 'cards' ? block.items.map(({ label }) => label) : [block.title],
  );
  return wanted.filter((label) => shown.includes(label));
}

async function logOf(appId: string, wanted: readonly RegExp[]): Promise<string[]> {
  const texts = ({ entries }: FollowedLog) => entries.map(entryText);
  const log = new FollowedLog(
    world.plane,
    { appId },
    {
      onChange: (followed) => {
        const lines = texts(followed);
        if (wanted.every((pattern) => lines.some((line) => pattern.test(line)))) followed.stopSoon();
      },
    },
  );
  await Promise.race([log.run, sleep(30_000, undefined, { ref: false })]);
  await log.stop();
  return texts(log);
}

const authorized = (secret: string) => ({
  authorization: `Bearer ${keys.get(secret)}`,
  'content-type': 'application/json',
});

const fetchJson = async (url: string, secret: string, method = 'GET', body?: unknown) => {
  const answer = await send({
    method,
    url,
    headers: authorized(secret),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: new AbortController().signal,
    headersTimeoutMs: 120_000,
  });
  return { status: answer.status, json: JSON.parse(answer.body) as Record<string, unknown> };
};

/** A batch is a spawned call, and its progress is in a Dict: both only exist where the app is deployed. */
async function readBatch({ app, urls }: Deployed): Promise<void> {
  const url = urls.get('web')!;
  const page = await readFile(path.join(app.folder, 'samples/page.png'), 'base64');
  const documents = [
    { name: 'a.png', content_b64: page },
    { name: 'broken.png', content_b64: 'AAAA' },
    { name: 'b.png', content_b64: page },
  ];
  const accepted = await fetchJson(`${url}/batch`, 'modal-apps-key', 'POST', { documents });
  expect(accepted.status).toBe(202);
  const job = `${url}/jobs/${String(accepted.json['job_id'])}`;
  let view = await fetchJson(job, 'modal-apps-key');
  for (let tries = 0; view.json['status'] !== 'done' && tries < 120; tries++) {
    expect(['queued', 'running']).toContain(view.json['status']);
    await sleep(500);
    view = await fetchJson(job, 'modal-apps-key');
  }
  expect(view.json).toMatchObject({
    status: 'done',
    progress: { done: 3, total: 3, ok: 2, failed: 1 },
    result: {
      num_images: 3,
      succeeded: 2,
      failed: 1,
      results: [
        { name: 'a.png', success: true },
        { name: 'broken.png', success: false },
        { name: 'b.png', success: true },
      ],
    },
  });
  expect((await fetchJson(job, 'modal-apps-key', 'DELETE')).status).toBe(409);
}

/** The GPU container ends in the middle of a request, as one does that runs out of memory. */
async function loseWorker({ appId, urls }: Deployed): Promise<void> {
  const url = `${urls.get('web')}/sentiment`;
  const long = 'Revenue grew and costs fell in every region. '.repeat(80);
  const asked = fetchJson(url, 'modal-apps-key', 'POST', { texts: Array.from({ length: 1024 }, () => long) });
  await sleep(1500);
  const [worker] = await processesWithTorch(appId);
  process.kill(worker!, 'SIGKILL');
  const { status, json } = await asked;
  expect(status).toBe(503);
  expect(json).toMatchObject({ error: { type: 'unavailable_error', code: 'worker_failed' } });
  expect(JSON.stringify(json)).not.toMatch(/Traceback|File "/);
  const next = await fetchJson(url, 'modal-apps-key', 'POST', { texts: ['Profit fell sharply.'] });
  expect(next.status).toBe(200);
}

/** What the app's own command line says, run by the real `modal run`. */
async function modalRun(app: CatalogApp, target: string, args: readonly string[], env = {}): Promise<string> {
  const command = [...world.cli.args, 'run', `${path.join(app.folder, app.entry)}::${target}`, ...args];
  const { stdout } = await promisify(execFile)(world.cli.command, command, {
    env: { ...cliEnvironment(world.env, await world.planes.connection()), ...env },
  });
  return stdout;
}

/** A file of texts becomes a file of vectors, by the containers of a passing copy of the app. */
async function embedFile({ app }: Deployed): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'embed-'));
  const [source, target] = [path.join(folder, 'in.jsonl'), path.join(folder, 'out.npy')];
  await writeFile(source, Array.from({ length: 600 }, (_, index) => `"text ${index}"\n`).join(''));
  await modalRun(app, 'embed_file', ['--path', source, '--out', target]);
  const manifest = JSON.parse(await readFile(path.join(folder, 'out.json'), 'utf8')) as unknown;
  expect(manifest).toMatchObject({ count: 600, dim: 768, model: 'hkunlp/instructor-xl', task: 'document' });
  const bytes = await readFile(target);
  expect(bytes.subarray(1, 6).toString()).toBe('NUMPY');
  expect((bytes.length - 128) % (600 * 768 * 4)).toBe(0);
  await rm(folder, { recursive: true });
}

/** The checks for people with an account, of the deployed app. */
async function checkAsPeopleDo({ app, urls }: Deployed): Promise<void> {
  const env = { APP_API_KEY: keys.get('modal-apps-key'), APP_PROXY_TOKEN: keys.get('modal-proxy-token') };
  const [url] = app.endpoints.map((endpoint) => urls.get(endpoint.function)!);
  const printed = await modalRun(app, 'main', ['--url', url!], env);
  expect(printed).toContain('All steps passed.');
}

/** Those of the app's containers that have loaded torch; told apart by the variable that Modal gives them. */
async function processesWithTorch(appId: string): Promise<number[]> {
  const containers = await world.plane.listContainers('main', appId);
  const wanted = new Set(containers.map(({ id }) => `MODAL_TASK_ID=${id}`));
  const found: number[] = [];
  for (const pid of await readdir('/proc')) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (!environment.split('\0').some((variable) => wanted.has(variable))) continue;
    if ((await readFile(`/proc/${pid}/maps`, 'utf8')).includes('libtorch')) found.push(Number(pid));
  }
  return found;
}

const isSplit = (app: CatalogApp) => app.endpoints.some((endpoint) => endpoint.function === 'web');

/** What an app does beside answering its samples. */
const more: Record<string, (deployed: Deployed) => Promise<void>> = {
  documents: async (deployed) => {
    await readBatch(deployed);
    await checkAsPeopleDo(deployed);
  },
  embeddings: embedFile,
  finbert: async (deployed) => {
    await loseWorker(deployed);
    await checkAsPeopleDo(deployed);
  },
  interp: checkAsPeopleDo,
  vllm: checkAsPeopleDo,
};

describe('bundled apps, deployed by the real command and answered by tiny models of the same architecture', () => {
  it.for(Object.keys(inLog))('%s', { timeout: 420_000 }, async (id) => {
    const deployed = await deploy(id);
    const { app } = deployed;
    expect([...deployed.urls.keys()].sort()).toEqual(app.endpoints.map((one) => one.function).sort());

    for (const sample of app.samples) {
      const refused = await sendSample(deployed, sample, false);
      expect(refused.status, `${sample.id} without a key`).toBe(401);
    }
    for (const pass of ['cold', 'warm']) {
      for (const sample of app.samples) {
        const answer = await sendSample(deployed, sample);
        expect(answer.status, `${pass} ${sample.id}: ${answer.body.slice(0, 300)}`).toBe(
          sample.expect?.status,
        );
        expect(shownLabels(answer.body, sample)).toEqual(
          (sample.expect?.highlights ?? []).map(({ label }) => label),
        );
      }
    }
    // Web functions have an image without torch, so that nothing of a worker's answer may need it.
    if (isSplit(app)) expect(await processesWithTorch(deployed.appId)).toHaveLength(1);
    await more[id]?.(deployed);
    const lines = await logOf(deployed.appId, inLog[id]!);
    for (const pattern of inLog[id]!)
      expect(
        lines.some((line) => pattern.test(line)),
        String(pattern),
      ).toBe(true);
    for (const key of keys.values()) expect(lines.join('\n')).not.toContain(key);
    await world.plane.stopApp(deployed.appId);
  });
});
