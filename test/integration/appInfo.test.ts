/** What the extension says of the functions of an app, beside what the official CLI and SDK say of the same app. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DeployResult } from '../../src/features/deploy/core/deployRun.ts';
import { cliEnvironment, runCli } from '../../src/modal/cli.ts';
import { TestWorld } from './support/world.ts';

const source = `import modal

app = modal.App("it-info")
image = modal.Image.debian_slim().pip_install("fastapi[standard]")


@app.function(gpu=["L40S", "A100-80GB:2"])
def ranked() -> None: ...


@app.function(schedule=modal.Cron("5 4 * * *", timezone="Europe/Berlin"))
def nightly() -> None: ...


@app.function(gpu="T4", schedule=modal.Period(hours=6, minutes=30))
def often() -> None: ...


@app.function(image=image)
@modal.fastapi_endpoint(requires_proxy_auth=True)
def guarded() -> str:
    return "guarded"


@app.function(image=image)
@modal.fastapi_endpoint()
def public() -> str:
    return "public"


@app.cls(image=image, gpu="H100:2")
class Model:
    @modal.fastapi_endpoint(requires_proxy_auth=True)
    def predict(self) -> str:
        return "class"
`;

let world: TestWorld;
let folder: string;
let app: DeployResult;

beforeAll(async () => {
  world = await TestWorld.start();
  folder = await mkdtemp(path.join(os.tmpdir(), 'app-info-'));
  const script = path.join(folder, 'info.py');
  await writeFile(script, source);
  app = await world.deploy(script);
});
afterAll(async () => {
  await world?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** As `modal app info --json` has it. */
interface CliFunction {
  readonly id: string;
  readonly summary: {
    readonly gpu_config?: readonly { readonly gpu_type: string; readonly count: number }[];
    readonly schedule?: {
      readonly cron?: { readonly cron_string: string; readonly timezone: string };
      readonly period?: Readonly<Record<string, number>>;
    };
    readonly authenticated?: boolean;
  };
}

async function cliFunctions(): Promise<Readonly<Record<string, CliFunction>>> {
  const { stdout } = await runCli(world.cli, ['app', 'info', 'it-info', '--json'], {
    cwd: folder,
    env: cliEnvironment(world.env, await world.planes.connection()),
    onLine: () => undefined,
    timeoutMs: 60_000,
    logger: world.logger,
  });
  return (JSON.parse(stdout) as { functions: Record<string, CliFunction> }).functions;
}

function gpusOf({ summary }: CliFunction): string[] {
  return (summary.gpu_config ?? []).map(({ gpu_type, count }) =>
    count > 1 ? `${gpu_type}:${count}` : gpu_type,
  );
}

function scheduleOf({ summary }: CliFunction): string | undefined {
  const { cron, period } = summary.schedule ?? {};
  if (cron) return `cron ${cron.cron_string} ${cron.timezone}`;
  if (!period) return undefined;
  return `every ${Object.entries(period)
    .map(([unit, value]) => `${value} ${unit}`)
    .join(' ')}`;
}

it('says GPU, schedule and proxy authentication of each function as the CLI does', async () => {
  const functions = await cliFunctions();
  const ours = app.details.functions.map(({ id, tag, gpus, schedule, endpoints }) => ({
    ...{ id, tag, gpus, schedule },
    authenticated: endpoints[0]?.requiresProxyAuth,
  }));
  const theirs = Object.entries(functions).map(([tag, fn]) => ({
    ...{ id: fn.id, tag, gpus: gpusOf(fn), schedule: scheduleOf(fn) },
    authenticated: fn.summary.authenticated,
  }));
  expect(ours).toEqual(theirs.sort((a, b) => a.tag.localeCompare(b.tag)));
  // Both would also be equal if nobody said anything.
  expect(ours).toMatchObject([
    { tag: 'guarded', authenticated: true },
    { tag: 'Model.*', gpus: ['H100:2'], authenticated: true },
    { tag: 'nightly', schedule: 'cron 5 4 * * * Europe/Berlin' },
    { tag: 'often', gpus: ['T4'], schedule: 'every 6 hours 30 minutes' },
    { tag: 'public', gpus: [], authenticated: false },
    { tag: 'ranked', gpus: ['L40S', 'A100-80GB:2'] },
  ]);
});

it('has the address of each web function as the SDK has it', async () => {
  const said = await world.python(`
import modal
for name in ("guarded", "public"):
    print(name, modal.Function.from_name("it-info", name).get_web_url())
print("Model.predict", modal.Cls.from_name("it-info", "Model")().predict.get_web_url())
`);
  const ours = app.details.functions.flatMap(({ endpoints }) =>
    endpoints.map(({ name, url }) => `${name} ${url}`),
  );
  expect(ours.sort()).toEqual(said.sort());
  expect(ours).toHaveLength(3);
});
