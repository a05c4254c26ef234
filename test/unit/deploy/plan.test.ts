import { describe, expect, it } from 'vitest';
import type { DeployTarget } from '../../../src/features/deploy/core/plan.ts';
import { missingSecrets } from '../../../src/features/deploy/core/plan.ts';
import { planDeploy } from '../../../src/features/deploy/core/planDeploy.ts';
import { planUnits } from '../../../src/features/deploy/core/planParts.ts';
import { costsAttention, unitLines } from '../../../src/features/deploy/core/unitLines.ts';
import { datedRates } from '../../../src/domain/cost.ts';
import { parseScript } from '../../../src/features/workspace/core/parseScript.ts';
import { createPlannedSecrets } from '../../../src/features/deploy/core/secret.ts';
import type { AppVersion } from '../../../src/domain/lifecycle.ts';
import { ModalError } from '../../../src/domain/errors.ts';
import type { Connection } from '../../../src/modal/connection.ts';
import type { ControlPlane } from '../../../src/modal/controlPlane.ts';
import { catalogApp } from '../support/catalogApp.ts';

const connection = { environment: '' } as Connection;
const app = catalogApp();
const target: DeployTarget = { kind: 'bundled', app };

function plane(changes: Partial<ControlPlane> = {}): ControlPlane {
  const environment = { name: 'main', isDefault: true, runningContainers: 0, runningGpus: 0 };
  return {
    listEnvironments: () => Promise.resolve([environment]),
    rates: () => Promise.resolve({ usdPerHour: { gpu_hour_cost_a10g: 1.23 }, source: 'live', asOf: 'now' }),
    findDeployedApp: () => Promise.resolve(undefined),
    hasSecret: () => Promise.resolve(false),
    history: () => Promise.resolve([]),
    describeApp: () =>
      Promise.resolve({
        appId: 'ap-1',
        functions: [{ id: 'fu-1', tag: 'f', kind: 'function', gpus: ['T4'], endpoints: [] }],
      }),
    ...changes,
  } as ControlPlane;
}

describe('planning a deploy', () => {
  it('says environment, GPU with live price, secrets and settings', async () => {
    const plan = await planDeploy(target, { plane: plane(), connection, environment: '' });
    expect(plan).toMatchObject({
      environment: 'main',
      gpu: { name: 'A10', usdPerHour: 1.23 },
      rates: { source: 'live' },
      secrets: [{ state: 'created' }],
      settings: { APP_GPU: 'A10', APP_NAME: app.defaultAppName },
      args: ['deploy', '--env=main', '/apps/demo/app.py'],
    });
  });

  it('takes the choices of the last deploy, and says what differs from what is deployed', async () => {
    const setting = { env: 'APP_N', title: 'Size', description: '', type: 'integer', default: 4 } as const;
    const sized: DeployTarget = { kind: 'bundled', app: { ...app, settings: [setting] } };
    const deployed = plane({ findDeployedApp: () => Promise.resolve({ appId: 'ap-1', version: 3 }) });
    const services = {
      plane: deployed,
      connection,
      environment: '',
      lastChoices: () => ({ gpu: 'L4', settings: { APP_N: '8' } }),
    };
    expect(await planDeploy(sized, services)).toMatchObject({
      gpu: { name: 'L4' },
      settings: { APP_GPU: 'L4', APP_N: '8' },
      changes: ['GPU T4 → L4'],
    });
    expect(await planDeploy({ ...sized, gpu: 'T4', settings: {} }, services)).toMatchObject({
      settings: { APP_GPU: 'T4' },
      changes: ['Size 8 → 4'],
    });
    expect(await planDeploy({ ...sized, environment: 'dev' }, services)).toMatchObject({
      environment: 'dev',
    });
  });

  it('knows the commit of what is deployed, and does without where the server does not tell', async () => {
    const live = { number: 3, live: true, commit: { hash: 'a1b2c3d4', dirty: true } } as AppVersion;
    const deployed = { findDeployedApp: () => Promise.resolve({ appId: 'ap-1', version: 3 }) };
    const telling = plane({ ...deployed, history: () => Promise.resolve([live, { ...live, live: false }]) });
    expect(await planDeploy(target, { plane: telling, connection, environment: '' })).toMatchObject({ live });
    const silent = plane({ ...deployed, history: () => Promise.reject(new ModalError('forbidden', 'no')) });
    expect((await planDeploy(target, { plane: silent, connection, environment: '' })).live).toBeUndefined();
  });

  it('compares what is live with the file of a bundled app, as far as its settings decide', async () => {
    const setting = { env: 'APP_N', title: 'Size', description: '', type: 'integer', default: 4 } as const;
    const sized: DeployTarget = { kind: 'bundled', app: { ...app, settings: [setting] } };
    const services = (text: string, settings?: Record<string, string>) => ({
      plane: plane({ findDeployedApp: () => Promise.resolve({ appId: 'ap-1' }) }),
      connection,
      environment: '',
      readScript: () => Promise.resolve(parseScript(`import modal\napp = modal.App(n)\n${text}`)),
      ...(settings ? { lastChoices: () => ({ settings }) } : {}),
    });
    const conditional = 'if n:\n    @app.function()\n    def f(): pass\n';
    // Known to be as it was: what only running it tells is there as it was.
    expect((await planDeploy(sized, services(conditional, {}))).losses).toBeUndefined();
    expect(
      (await planDeploy({ ...sized, settings: { APP_N: '8' } }, services(conditional, {}))).losses,
    ).toMatchObject({
      conditional: ['f'],
    });
    expect((await planDeploy(sized, services(conditional))).losses).toMatchObject({ conditional: ['f'] });
    expect((await planDeploy(sized, services('', {}))).losses).toMatchObject({ gone: ['f'], doubts: [] });
    const unread = { ...services(''), readScript: () => Promise.reject(new Error('gone')) };
    expect((await planDeploy(sized, unread)).losses).toEqual({
      kind: 'unknown',
      reason: 'the script could not be read',
    });
  });

  it('knows a script whose text does not name its app by its last deploy from here, and reads it anew', async () => {
    const asked: string[] = [];
    const before = parseScript('import modal\napp = modal.App(n)\n@app.function()\ndef f(): pass\n').apps[0]!;
    const plan = await planDeploy(
      { kind: 'script', script: '/w/app.py', app: before },
      {
        plane: plane({
          findDeployedApp: (name) => {
            asked.push(name);
            return Promise.resolve({ appId: 'ap-1' });
          },
        }),
        connection,
        environment: '',
        lastName: (script, _app, environment) => `${script} ${environment}`,
        readScript: () => Promise.resolve(parseScript('import modal\napp = modal.App(n)\n')),
      },
    );
    expect(asked).toEqual(['/w/app.py main']);
    expect(plan).toMatchObject({ appName: '', losses: { kind: 'compared', gone: ['f'] } });
  });

  it('uses the dated table when the live prices may not be read', async () => {
    const refused = plane({ rates: () => Promise.reject(new ModalError('forbidden', 'no')) });
    const plan = await planDeploy(target, { plane: refused, connection, environment: 'dev' });
    expect(plan).toMatchObject({ environment: 'dev', rates: { source: 'table' }, gpu: { usdPerHour: 1.1 } });
  });

  it('refuses a GPU that Modal does not sell, and lists those it does', async () => {
    const planning = planDeploy({ ...target, gpu: 'A40' }, { plane: plane(), connection, environment: '' });
    await expect(planning).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('L40S') as string,
    });
  });

  it('uses an optional secret only where it is there', async () => {
    const [secret] = app.secrets;
    const optional = { ...secret!, name: 'hub', generate: null, required: false, setting: 'APP_HF_SECRET' };
    const withHub: DeployTarget = { kind: 'bundled', app: { ...app, secrets: [optional] } };
    for (const found of [true, false]) {
      const source = plane({ hasSecret: () => Promise.resolve(found) });
      const plan = await planDeploy(withHub, { plane: source, connection, environment: '' });
      expect(plan.settings['APP_HF_SECRET']).toBe(found ? 'hub' : undefined);
      expect(missingSecrets(plan)).toEqual([]);
    }
  });

  it('knows a required secret that only the user can make', async () => {
    const [secret] = app.secrets;
    const own = { ...app, secrets: [{ ...secret!, generate: null }] };
    const plan = await planDeploy(
      { kind: 'bundled', app: own },
      { plane: plane(), connection, environment: '' },
    );
    expect(missingSecrets(plan).map(({ name }) => name)).toEqual(['demo-key']);
  });
});

describe('planning the deploy of a script', () => {
  const script = `import modal
web = modal.App("shop")
@web.cls(gpu="H100:2", min_containers=2)
class Model: ...
@web.function(gpu=["A10", "T9000"])
def find(): ...
@web.function(min_containers=1)
def cpu(): ...
@web.function(gpu=pick())
def late(): ...
`;
  const [app] = parseScript(script).apps;
  const table = plane({ rates: () => Promise.reject(new ModalError('forbidden', 'no')) });
  const services = { plane: table, connection, environment: '' };

  it('names the app and the variable, and what each function costs', async () => {
    const plan = await planDeploy({ kind: 'script', script: '/w/shop.py', app: app! }, services);
    expect(plan).toMatchObject({ appName: 'shop', args: ['deploy', '--env=main', '/w/shop.py::web'] });
    expect(unitLines(plan.units!, datedRates)).toEqual([
      'GPU of Model: H100:2 (160 GB), $7.90/h while a container runs',
      'GPU of find: A10 (24 GB), $1.10/h or T9000, price unknown while a container runs',
      'GPU of late: as the script says, price unknown',
      'CPU only: cpu',
      '2 containers of Model are kept running: about $379.20 a day, also without requests',
      '1 container of cpu is kept running, and paid, all day',
      expect.stringContaining('before credits'),
    ]);
  });

  it('prices a cluster by its size, and names the variables that change a GPU or what is kept', async () => {
    const [shown] = parseScript(`import os
import modal
app = modal.App("shop")
@app.function(gpu="H100:8")
@modal.experimental.clustered(size=4)
def train(): ...
@app.function(gpu="H100:8")
@modal.experimental.clustered(size=count())
def tune(): ...
@app.function(gpu=os.environ.get("SHOP_GPU", "L40S"))
def serve(): ...
@app.function(min_containers=int(os.environ.get("KEEP", "0")))
def web(): ...
`).apps;
    const plan = await planDeploy({ kind: 'script', script: '/w/shop.py', app: shown! }, services);
    expect(unitLines(plan.units!, datedRates)).toEqual([
      `GPU of train: H100:8 (640 GB) in 4 containers, $${(datedRates.usdPerHour['gpu_hour_cost_h100']! * 32).toFixed(2)}/h while the cluster runs`,
      `GPU of tune: H100:8 (640 GB), $${(datedRates.usdPerHour['gpu_hour_cost_h100']! * 8).toFixed(2)}/h for each container of a cluster, whose size only the script tells`,
      `GPU of serve: L40S (48 GB), $${datedRates.usdPerHour['gpu_hour_cost_l40s']!.toFixed(2)}/h while a container runs, unless SHOP_GPU is set`,
      'CPU only: web',
      'Containers that web keeps running: none, unless KEEP is set',
      expect.stringContaining('before credits'),
    ]);
  });

  it('says nothing of what the text does not tell', async () => {
    const plan = await planDeploy({ kind: 'script', script: '/w/shop.py' }, services);
    expect(plan).toMatchObject({ appName: '', args: ['deploy', '--env=main', '/w/shop.py'] });
    expect(plan.units).toBeUndefined();
  });

  it.each([
    ['', false],
    ['gpu="T4"', true],
    ['gpu=pick()', true],
    ['min_containers=1', true],
    ['min_containers=pick()', true],
  ])('asks before a serve with (%s): %s', (args, expected) => {
    const text = `import modal\napp = modal.App("x")\n@app.function(${args})\ndef f(): ...\n`;
    expect(costsAttention(planUnits(parseScript(text).apps[0]!.units, datedRates))).toBe(expected);
  });
});

describe('creating the API key', () => {
  const created = async (createSecret: ControlPlane['createSecret']) => {
    const kept: string[][] = [];
    const plan = await planDeploy(target, { plane: plane(), connection, environment: '' });
    const keepKey = (...key: string[]) => Promise.resolve(void kept.push(key));
    await createPlannedSecrets(plan, { plane: plane({ createSecret }), keepKey });
    return kept;
  };

  it('makes 32 random bytes for each key and keeps them for requests', async () => {
    const values: Record<string, string>[] = [];
    const create = (_name: string, _environment: string, value: Readonly<Record<string, string>>) =>
      Promise.resolve(void values.push({ ...value }));
    const [first] = await created(create);
    const [second] = await created(create);
    expect(first?.slice(0, 2)).toEqual(['demo-key', 'main']);
    expect(Buffer.from(first?.[2] ?? '', 'base64url')).toHaveLength(32);
    expect(values[0]).toEqual({ APP_API_KEY: first?.[2] });
    expect(second?.[2]).not.toBe(first?.[2]);
  });

  it('makes a proxy token once, and goes on when the role may not', async () => {
    const token = { ...app.secrets[0]!, name: 'proxy', generate: 'proxy-token' as const };
    const proxied: DeployTarget = { kind: 'bundled', app: { ...app, secrets: [token] } };
    const keys = new Map<string, string>();
    const hasKey = (name: string) => Promise.resolve(keys.has(name));
    const keep = (name: string, _environment: string, value: string) =>
      Promise.resolve(void keys.set(name, value));
    const planned = () => planDeploy(proxied, { plane: plane(), connection, environment: '', hasKey });
    const refused = plane({ createProxyToken: () => Promise.reject(new ModalError('forbidden', 'no')) });
    await createPlannedSecrets(await planned(), { plane: refused, keepKey: keep });
    expect(keys.size).toBe(0);
    const early = await planned();
    const allowed = plane({ createProxyToken: (name) => Promise.resolve(`wk-1.${name}`) });
    await createPlannedSecrets(await planned(), { plane: allowed, keepKey: keep, hasKey });
    expect(keys.get('proxy')).toBe(`wk-1.${app.defaultAppName}`);
    expect((await planned()).secrets).toMatchObject([{ state: 'found' }]);
    const never = plane({ createProxyToken: () => Promise.reject(new Error('a second token')) });
    await createPlannedSecrets(early, { plane: never, keepKey: keep, hasKey });
  });

  it('leaves a key alone that somebody made meanwhile', async () => {
    expect(await created(() => Promise.reject(new ModalError('conflict', 'exists')))).toEqual([]);
  });
});
