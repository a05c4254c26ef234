import * as vscode from 'vscode';
import type { DeployResult } from '../../deploy/deployer.ts';
import { DeployError, stageText } from '../../deploy/deployer.ts';
import type { DeployPlan, DeployTarget } from '../../deploy/plan.ts';
import { missingSecrets, planDeploy } from '../../deploy/plan.ts';
import { ModalError, isCancelled } from '../../domain/errors.ts';
import { endpointKeyName } from '../../requests/keys.ts';
import { endpointsOf } from '../commands/pick.ts';
import type { Services } from '../commands/services.ts';
import type { BuildLogSink } from '../logs/logsController.ts';
import { confirmDeploy } from './confirmDeploy.ts';
import type { DeployProblems } from './deployProblems.ts';
import { pickGpu } from './pickGpu.ts';

/** From a chosen app or script to a running endpoint: preview, one confirmation, stages, and what comes next. */
export class DeployFlow {
  readonly #services: Services;
  readonly #problems: DeployProblems;

  constructor(services: Services, problems: DeployProblems) {
    this.#services = services;
    this.#problems = problems;
  }

  async run(target: DeployTarget): Promise<void> {
    const { t } = vscode.l10n;
    if (!vscode.workspace.isTrusted) {
      throw new ModalError('invalid', t('Deploying runs Python code, so it needs a trusted workspace.'));
    }
    if (this.#services.deploys.get(keyOf(target))) {
      throw new ModalError('conflict', t('This app is being deployed already. Cancel that deploy first.'));
    }
    const plan = await this.#confirmedPlan(target);
    if (!plan) return;
    await this.#deploy(plan);
  }

  /** @returns undefined when the user left */
  async #confirmedPlan(target: DeployTarget): Promise<DeployPlan | undefined> {
    let chosen = target;
    for (;;) {
      const plan = await this.#plan(chosen);
      const missing = missingSecrets(plan);
      if (missing.length > 0)
        throw new ModalError('invalid', missingText(missing.map((secret) => secret.name)));
      const answer = await confirmDeploy(plan);
      if (answer === 'cancel') return undefined;
      if (answer === 'deploy' || chosen.kind === 'script') return plan;
      const gpu = await pickGpu(chosen.app, plan.gpu?.name ?? '', plan.rates);
      if (gpu) chosen = { ...chosen, gpu };
    }
  }

  #plan(target: DeployTarget): Thenable<DeployPlan> {
    const { config, planes, cli, keys } = this.#services;
    const title = vscode.l10n.t('Preparing the deploy…');
    return vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (_progress, token) => {
        const abort = new AbortController();
        token.onCancellationRequested(() => abort.abort());
        await cli.find(abort.signal);
        return planDeploy(target, {
          plane: await planes.get(abort.signal),
          connection: await planes.connection(),
          environment: config.get('environment'),
          hasKey: async (secret, environment) =>
            (await keys.get(endpointKeyName(environment, secret))) !== undefined,
          signal: abort.signal,
        });
      },
    );
  }

  async #deploy(plan: DeployPlan): Promise<void> {
    const { logs } = this.#services;
    const log = logs.openBuildLog(plan.appName || plan.title);
    this.#problems.clear(plan.script);
    await logs.show();
    try {
      const result = await this.#runWithProgress(plan, log);
      log.end('done', vscode.l10n.t('Deployed in {0} s', result.seconds.toFixed(1)));
      await this.#afterSuccess(plan, result);
    } catch (error) {
      log.end(isCancelled(error) ? 'cancelled' : 'failed');
      if (error instanceof DeployError) this.#problems.show(plan.script, error);
      await this.#afterFailure(plan, error);
    }
  }

  #runWithProgress(plan: DeployPlan, log: BuildLogSink): Thenable<DeployResult> {
    const { deployer, deploys, planes, cli, keys } = this.#services;
    const key = keyOf(plan.target);
    const abort = new AbortController();
    const track = (stage: string) =>
      deploys.update({
        key,
        title: plan.title,
        stage,
        abort,
        showLog: () => void this.#services.logs.show(),
      });
    track(vscode.l10n.t('preparing'));
    const title = vscode.l10n.t('Deploying {0}', plan.appName || plan.title);
    return vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (progress, token) => {
        token.onCancellationRequested(() => abort.abort());
        try {
          return await deployer.deploy(
            plan,
            {
              cli: await cli.find(),
              connection: await planes.connection(),
              plane: await planes.get(abort.signal),
              env: process.env,
              keepKey: (secret, environment, value) =>
                keys.store(endpointKeyName(environment, secret), value),
            },
            {
              onLine: (line, stream) => log.append(line, stream),
              onStage: (stage) => {
                track(stageText(stage));
                progress.report({ message: stageText(stage) });
              },
            },
            abort.signal,
          );
        } finally {
          deploys.end(key);
        }
      },
    );
  }

  async #afterSuccess(plan: DeployPlan, result: DeployResult): Promise<void> {
    const { store, logs } = this.#services;
    store.forgetDetails(result.appId);
    await store.refresh();
    logs.follow({ appId: result.appId, appName: result.appName, environment: result.environment });
    void this.#offerNext(plan, result);
  }

  async #offerNext(plan: DeployPlan, result: DeployResult): Promise<void> {
    const { t } = vscode.l10n;
    const { requests, store } = this.#services;
    const send = t('Send Sample');
    const copy = t('Copy URL');
    const endpoint = result.details.functions.flatMap((fn) => fn.endpoints)[0];
    const sample = plan.target.kind === 'bundled' ? plan.target.app.samples[0] : undefined;
    const actions = [...(endpoint && sample ? [send] : []), ...(endpoint ? [copy] : [])];
    const message = endpoint
      ? t('{0} is deployed in {1}: {2}', result.appName, result.environment, endpoint.url)
      : t('{0} is deployed in {1}.', result.appName, result.environment);
    const chosen = await vscode.window.showInformationMessage(message, ...actions);
    if (chosen === copy && endpoint) await vscode.env.clipboard.writeText(endpoint.url);
    if (chosen !== send || !sample || plan.target.kind !== 'bundled') return;
    const app = store.state.snapshot.apps.find((candidate) => candidate.id === result.appId);
    const live = app && endpointsOf(store, app).find((candidate) => candidate.name === sample.function);
    if (app && live)
      await requests.openSample(plan.target.app, sample, { app, endpoint: live }, { send: true });
  }

  async #afterFailure(plan: DeployPlan, error: unknown): Promise<void> {
    const { presenter, store, planes, logs } = this.#services;
    if (isCancelled(error)) {
      vscode.window.setStatusBarMessage(
        `$(circle-slash) ${vscode.l10n.t('Deploy of {0} cancelled', plan.title)}`,
        5000,
      );
    } else {
      planes.suspect();
      presenter.failure(vscode.l10n.t('Deploying {0}', plan.title), error, [
        { title: vscode.l10n.t('Show Build Log'), run: () => logs.show() },
        { title: vscode.l10n.t('Try Again'), run: () => this.run(plan.target) },
      ]);
    }
    await store.refresh();
  }
}

/** What a deploy is known by while it runs: the app in the Catalogue, or the script's path. */
export function keyOf(target: DeployTarget): string {
  return target.kind === 'bundled' ? target.app.id : target.script;
}

function missingText(names: readonly string[]): string {
  return vscode.l10n.t(
    'The secret {0} is missing in this environment. Create it with "modal secret create {0} KEY=VALUE", then deploy again.',
    names.join(', '),
  );
}
