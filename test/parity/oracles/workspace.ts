import type { ObjectKind } from '../../../src/domain/objectKind.ts';
import { isDeepStrictEqual } from 'node:util';
import type { Environment } from '../../../src/domain/app.ts';
import type { Identity } from '../../../src/modal/controlPlane.ts';
import type { ObjectNames } from '../../../src/modal/objectNames.ts';
import type { ListedContainer, Scene } from '../scene.ts';
import { other } from '../scene.ts';
import { by, keyed, nobody, view } from '../witness.ts';

export const whoAmI = view<Identity, string>({
  name: 'identity',
  ours: async (plane) => new Map([['token', await plane.whoAmI()]]),
  theirs: async ({ official }) => new Map([['token', await official.cli('token', 'info')]]),
  fields: {
    workspace: by('CLI', (text) => /^Workspace: (\S+)/m.exec(text)?.[1]),
    user: by('CLI', (text) => /^User: (\S+)/m.exec(text)?.[1]),
  },
});

/** An environment as `modal.environments.list_environments()` has it. */
interface TheirEnvironment {
  readonly name: string;
  readonly default: boolean;
  readonly current_concurrent_gpus: number;
  readonly effective_cycle_spend_limit: number;
  readonly current_cycle_usage: number;
  readonly containers: readonly ListedContainer[];
}

export const environments = view<Environment, TheirEnvironment>({
  name: 'environments',
  ordered: true,
  ours: async (plane) => keyed(await plane.listEnvironments(), ({ name }) => name),
  theirs: async ({ official }) => {
    const listed = await official.cliJson<{ name: string }[]>('environment', 'list');
    const all = await official.ask<TheirEnvironment[]>('environments');
    const known = listed.map(async ({ name }) => ({
      ...all.find((each) => each.name === name)!,
      containers: await official.cliJson<ListedContainer[]>('container', 'list', '--env', name),
    }));
    return keyed(await Promise.all(known), ({ name }) => name);
  },
  fields: {
    name: by('CLI', ({ name }) => name),
    isDefault: by('Python SDK', (their) => their.default),
    runningContainers: by('CLI', ({ containers }) => containers.length),
    runningGpus: by('Python SDK', (their) => their.current_concurrent_gpus),
    spend: by(
      'Python SDK',
      (their) => ({ usd: their.current_cycle_usage, limitUsd: their.effective_cycle_spend_limit }),
      // They were asked a moment later, and containers run.
      (ours, theirs) =>
        ours.limitUsd === theirs.limitUsd && ours.usd <= theirs.usd && ours.usd > theirs.usd / 2,
    ),
  },
});

export const answers = view<{ readonly answers: boolean }, readonly { readonly name: string }[]>({
  name: 'whether there are answers beside log streams',
  ours: async (plane) => {
    await plane.answersOnLogs();
    return new Map([['server', { answers: true }]]);
  },
  theirs: async ({ official }) => new Map([['server', await official.cliJson('environment', 'list')]]),
  fields: { answers: by('CLI', (listed) => listed.length > 0) },
});

export const prices = view<{ readonly usd: number }, string>({
  name: 'prices',
  ours: async (plane) =>
    new Map(Object.entries((await plane.rates()).usdPerHour).map(([key, usd]) => [key, { usd }])),
  theirs: async ({ official }) =>
    new Map(Object.entries(await official.cliJson<Record<string, string>>('billing', 'rates'))),
  fields: { usd: by('CLI', (decimal) => Number(decimal)) },
});

export const pricesOrigin = view<{ readonly source: string; readonly asOf: string }, string>({
  name: 'origin of the prices',
  ours: async (plane) => new Map([['rates', await plane.rates()]]),
  theirs: () => Promise.resolve(new Map([['rates', 'live']])),
  fields: {
    source: by('scene', (source) => source),
    asOf: nobody('It is our own clock: Modal does not date its prices.'),
  },
});

interface Listed {
  readonly exists: boolean;
}

const objectKinds: readonly ObjectKind[] = ['secret', 'volume', 'dict', 'queue'];

const secretNames = ['parity-known', 'parity-unknown'];

async function listedSecrets({ official }: Scene, environment: string): Promise<string[]> {
  const listed = await official.cliJson<{ name: string }[]>('secret', 'list', '--env', environment);
  return listed.map(({ name }) => name);
}

export const secretsThere = view<Listed, boolean>({
  name: 'secrets that exist',
  ours: async (plane) => {
    const found = new Map<string, Listed>();
    for (const environment of ['main', other])
      for (const name of secretNames)
        found.set(`${environment}/${name}`, { exists: await plane.hasSecret(name, environment) });
    return found;
  },
  theirs: async (scene) => {
    const found = new Map<string, boolean>();
    for (const environment of ['main', other]) {
      const listed = await listedSecrets(scene, environment);
      for (const name of secretNames) found.set(`${environment}/${name}`, listed.includes(name));
    }
    return found;
  },
  fields: { exists: by('CLI', (listed) => listed) },
});

export const objectNames = view<{ readonly names: readonly string[]; readonly more: boolean }, string[]>({
  name: 'names of objects',
  ours: async (plane) => {
    const found = new Map<string, ObjectNames>();
    for (const environment of ['main', other])
      for (const kind of objectKinds)
        found.set(`${environment}/${kind}`, await plane.objectNames(kind, environment, 5));
    return found;
  },
  theirs: async ({ official }) => {
    const found = new Map<string, string[]>();
    for (const environment of ['main', other])
      for (const kind of objectKinds) {
        const listed = await official.cliJson<{ name: string }[]>(kind, 'list', '--env', environment);
        found.set(
          `${environment}/${kind}`,
          listed.map(({ name }) => name),
        );
      }
    return found;
  },
  fields: {
    // The command line sorts some of its lists otherwise.
    names: by(
      'CLI',
      (names) => names,
      (ours, theirs) => isDeepStrictEqual([...ours].sort(), [...theirs].sort()),
    ),
    more: by('scene', () => false),
  },
});

/** What a secret holds, as the code sees it that uses it. */
const madeValues = { PARITY_FIRST: 'one two', PARITY_SECOND: 'zwei = "2"' };

interface MadeSecret {
  readonly values: Readonly<Record<string, string>>;
  readonly listedIn: readonly string[];
}

export const secretMade = view<MadeSecret, MadeSecret>({
  name: 'a new secret',
  ours: async (plane) => {
    await plane.createSecret('parity-made', other, madeValues);
    return new Map([['parity-made', { values: madeValues, listedIn: [other] }]]);
  },
  theirs: async (scene) => {
    const values = await scene.official.ask<Record<string, string>>('secret_values', {
      ...{ name: 'parity-made', environment: other, keys: Object.keys(madeValues) },
    });
    const lists = await Promise.all(
      ['main', other].map(async (environment) => ({
        environment,
        names: await listedSecrets(scene, environment),
      })),
    );
    const listedIn = lists
      .filter(({ names }) => names.includes('parity-made'))
      .map(({ environment }) => environment);
    return new Map([['parity-made', { values, listedIn }]]);
  },
  fields: {
    values: by('Python SDK', ({ values }) => values),
    listedIn: by('CLI', ({ listedIn }) => listedIn),
  },
});

/** Statuses of a guarded endpoint. */
interface Guarded {
  readonly id: string;
  readonly status: number;
}

async function guardedAddress({ official }: Scene): Promise<string> {
  const { guarded } = await official.ask<{ guarded: string }>('addresses', {
    ...{ app: 'parity-rich', environment: 'main', functions: ['guarded'], methods: [] },
  });
  return guarded;
}

export const proxyToken = view<Guarded, { readonly token_id: string; readonly refused: number }>({
  name: 'a new proxy token',
  ours: async (plane, scene) => {
    const token = await plane.createProxyToken('parity-token');
    const answer = await fetch(await guardedAddress(scene), {
      headers: { authorization: `Bearer ${token}` },
    });
    return new Map([['parity-token', { id: token.split('.')[0] ?? '', status: answer.status }]]);
  },
  theirs: async (scene) => {
    const listed = await scene.official.cliJson<{ name: string; token_id: string }[]>(
      ...['workspace', 'proxy-tokens', 'list'],
    );
    const refused = (await fetch(await guardedAddress(scene))).status;
    return new Map(
      listed
        .filter(({ name }) => name === 'parity-token')
        .map(({ name, token_id }) => [name, { token_id, refused }]),
    );
  },
  fields: {
    id: by('CLI', ({ token_id }) => token_id),
    // Without the token the same address refuses.
    status: by('HTTP', ({ refused }) => (refused === 401 ? 200 : undefined)),
  },
});
