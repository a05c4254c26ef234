import type { App } from '../../../domain/app.ts';
import type { CatalogApp, Sample } from '../../../domain/catalog.ts';
import type { Rates } from '../../../domain/cost.ts';
import { gpuUsdPerHour } from '../../../domain/cost.ts';
import type { CatalogRowTarget } from '../../../domain/target.ts';
import type { DeployStatus } from '../../deploy/index.ts';
import { shortAge, spokenAge } from '../../../shared/format.ts';
import type { Row, Rows } from '../../../editor/rows/row.ts';
import { rootRow } from '../../../editor/rows/row.ts';
import { formatUsdPerHour, gpuWithMemory, priceNote } from '../../../domain/priceText.ts';

export interface CatalogRowsInput {
  readonly apps: readonly CatalogApp[];
  readonly rates: Rates;
  /** Live deployments by deployment name. */
  readonly deployed: ReadonlyMap<string, App>;
  /** Deploys under way, by manifest id. */
  readonly deploying: ReadonlyMap<string, DeployStatus>;
  readonly now: number;
}

export interface CatalogRows {
  readonly rows: Rows;
  readonly targets: ReadonlyMap<string, CatalogRowTarget>;
}

/** One row per bundled app, with what it needs and its samples below. */
export function buildCatalogRows(input: CatalogRowsInput): CatalogRows {
  const rows = new Map<string, Row>();
  const targets = new Map<string, CatalogRowTarget>();
  for (const app of input.apps) {
    const below = [...needRows(app, input.rates), ...sampleRows(app, input.deployed.has(app.defaultAppName))];
    for (const row of below) rows.set(row.id, row);
    const row = appRow(app, input, below);
    rows.set(row.id, row);
    targets.set(row.id, { kind: 'catalogApp', bundled: app });
    for (const sample of app.samples)
      targets.set(sampleId(app, sample), { kind: 'catalogSample', bundled: app, sample });
  }
  rows.set('', rootRow(input.apps.map(appId)));
  return { rows, targets };
}

const appId = (app: CatalogApp) => `catalogApp/${app.id}`;
const sampleId = (app: CatalogApp, sample: Sample) => `${appId(app)}/sample/${sample.id}`;

function appRow(app: CatalogApp, input: CatalogRowsInput, below: readonly Row[]): Row {
  const deploying = input.deploying.get(app.id);
  const stage = deploying?.text;
  const live = input.deployed.get(app.defaultAppName);
  const state = stage ?? (live ? `deployed ${shortAge(live.deployedAt ?? live.createdAt, input.now)}` : '');
  const spokenState =
    stage ?? (live ? `deployed ${spokenAge(live.deployedAt ?? live.createdAt, input.now)}` : 'not deployed');
  const price = formatUsdPerHour(gpuUsdPerHour(app.gpu.default, input.rates));
  return {
    id: appId(app),
    parentId: '',
    kind: 'catalogApp',
    label: app.title,
    description: [app.gpu.default, price, state].filter(Boolean).join(' · '),
    icon: stage ? 'loading~spin' : app.icon,
    ...(live && !stage ? { iconColor: 'charts.green' } : {}),
    context: `catalogApp ${stage ? 'deploying' : ''} ${live ? 'deployed' : ''}`.trim(),
    spoken: `${app.title}, GPU ${app.gpu.default}, ${price} while running, ${spokenState}`,
    tooltip: () => [
      app.summary,
      ...(deploying?.stages ?? []),
      `GPU ${gpuWithMemory(app.gpu.default)}: ${price} while a container runs`,
      priceNote(input.rates),
    ],
    collapsible: 'collapsed',
    childIds: below.map((row) => row.id),
  };
}

function needRows(app: CatalogApp, rates: Rates): Row[] {
  const gpu = leaf(app, 'gpu', 'GPU', gpuWithMemory(app.gpu.default), 'chip', [
    ...(app.gpu.memoryGb ? [`Needs about ${app.gpu.memoryGb} GB of GPU memory`] : []),
    ...app.gpu.choices.map((choice) =>
      [choice.type, formatUsdPerHour(gpuUsdPerHour(choice.type, rates)), choice.note]
        .filter(Boolean)
        .join(' · '),
    ),
    priceNote(rates),
  ]);
  const secrets = app.secrets.map((secret) =>
    leaf(
      app,
      `secret/${secret.name}`,
      secret.generate === 'proxy-token' ? 'Proxy token' : `Secret ${secret.name}`,
      secret.generate ? 'created for you' : secret.required ? 'required' : 'optional',
      'key',
      [secret.purpose, `Keys: ${secret.keys.join(', ')}`],
    ),
  );
  return [gpu, ...secrets];
}

function sampleRows(app: CatalogApp, deployed: boolean): Row[] {
  return app.samples.map((sample) => ({
    ...leaf(app, `sample/${sample.id}`, sample.title, `${sample.method} ${sample.path}`, 'beaker', [
      sample.expect?.description ?? sample.title,
      deployed ? 'Send it to the deployed endpoint.' : 'Deploy the app to send it.',
    ]),
    context: deployed ? 'sample' : 'sampleOfUndeployed',
  }));
}

function leaf(
  app: CatalogApp,
  key: string,
  label: string,
  description: string,
  icon: string,
  tooltip: readonly string[],
): Row {
  return {
    id: `${appId(app)}/${key}`,
    parentId: appId(app),
    kind: 'need',
    label,
    description,
    icon,
    context: key.split('/')[0] ?? key,
    spoken: `${label}, ${description}`,
    tooltip: () => tooltip,
    collapsible: 'none',
    childIds: [],
  };
}
