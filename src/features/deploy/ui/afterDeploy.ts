import * as vscode from 'vscode';
import type { DeployResult, DeployRun } from '../core/deployRun.ts';
import type { DeployPlan } from '../core/plan.ts';
import type { Endpoint } from '../../../domain/app.ts';
import type { Sample } from '../../../domain/catalog.ts';
import { isCancelled } from '../../../domain/errors.ts';
import type { Text } from '../../../shared/text.ts';
import { plain, text } from '../../../shared/text.ts';
import { connectionEnvironment } from '../../../modal/cli.ts';
import type { Action } from '../../../editor/present.ts';
import { findCli } from '../../account/index.ts';
import { endpointsOf, openDashboard } from '../../apps/index.ts';
import type { DeployNeeds } from './needs.ts';
import { runInTerminal } from '../../../editor/terminal.ts';
import { showInformation, showStatus, showWarning } from '../../../editor/shown/messages.ts';

/** What the user sees and can do once a deploy has ended. */

export async function afterSuccess(
  services: DeployNeeds,
  plan: DeployPlan,
  result: DeployResult,
): Promise<void> {
  const { store, logs } = services;
  store.forgetDetails(result.appId);
  await store.refresh();
  logs.follow({ appId: result.appId, appName: result.appName, environment: result.environment });
  void offerNext(services, plan, result);
}

async function offerNext(services: DeployNeeds, plan: DeployPlan, result: DeployResult): Promise<void> {
  const endpoint = result.details.functions.flatMap((fn) => fn.endpoints)[0];
  const sample = plan.target.kind === 'bundled' ? plan.target.app.samples[0] : undefined;
  const actions: Action[] = [
    ...(endpoint && sample
      ? [{ title: text`Send Sample`, run: () => sendSample(services, plan, result, sample) }]
      : []),
    ...(endpoint ? [{ title: text`Copy URL`, run: () => vscode.env.clipboard.writeText(endpoint.url) }] : []),
    { title: text`Open Dashboard`, run: () => openDashboard(services.planes, result.appId) },
  ];
  const unhealthy = result.health?.kind === 'unhealthy' ? result.health.reason : '';
  const deployed = deployedText(result, endpoint);
  const show = unhealthy ? showWarning : showInformation;
  const chosen = await show(
    unhealthy ? text`${deployed} Health check failed: ${unhealthy}` : deployed,
    ...actions.map(({ title }) => plain(title)),
  );
  await actions.find(({ title }) => plain(title) === chosen)?.run();
}

function deployedText({ appName, environment }: DeployResult, endpoint: Endpoint | undefined): Text {
  return endpoint
    ? text`Deployed ${appName} to ${environment}: ${endpoint.url}`
    : text`Deployed ${appName} to ${environment}.`;
}

async function sendSample(
  { requests, store }: DeployNeeds,
  plan: DeployPlan,
  result: DeployResult,
  sample: Sample,
): Promise<void> {
  if (plan.target.kind !== 'bundled') return;
  const app = store.state.snapshot.apps.find((candidate) => candidate.id === result.appId);
  const endpoint = app && endpointsOf(store, app).find((candidate) => candidate.name === sample.function);
  if (app && endpoint) await requests.openSample(plan.target.app, sample, { app, endpoint }, { send: true });
}

export async function afterFailure(
  { presenter, store, planes, cli }: DeployNeeds,
  { plan, log }: DeployRun,
  error: unknown,
  again: () => Promise<void>,
): Promise<void> {
  if (isCancelled(error)) {
    showStatus('circle-slash', text`Deploy of ${plan.title} cancelled`, 5000);
  } else {
    planes.suspect();
    presenter.failure(`Deploying ${plan.title}`, error, [
      { title: text`Show Deploy Log`, run: () => log.show() },
      { title: text`Try Again`, run: again },
      {
        title: text`Run in Terminal`,
        run: async () => {
          const { command, args } = await findCli({ cli });
          const connection = await planes.connection();
          runInTerminal(text`Deploy ${plan.title}`, [command, ...args, ...plan.args], {
            cwd: plan.cwd,
            // The account that was confirmed, also where variables of the environment name another.
            env: { ...(await planes.proxyVariables()), ...connectionEnvironment(connection) },
            variables: plan.settings,
          });
        },
      },
    ]);
  }
  await store.refresh();
}
