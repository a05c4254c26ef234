import * as vscode from 'vscode';
import type { DeployResult } from '../core/deployRun.ts';
import { Deployer } from '../core/deployer.ts';
import { DeployError } from '../core/deployError.ts';
import type { JournalTarget } from '../core/journal.ts';
import { DeployRun } from '../core/deployRun.ts';
import type { DeployServices } from '../core/deployRun.ts';
import { JournalNote } from '../core/journalNote.ts';
import type { DeployChoices, DeployPlan, DeployTarget } from '../core/plan.ts';
import { missingSecrets } from '../core/plan.ts';
import { planDeploy } from '../core/planDeploy.ts';
import { stageWords } from '../core/stages.ts';
import { ModalError, isCancelled } from '../../../domain/errors.ts';
import { appReference } from '../../../domain/script.ts';
import { text } from '../../../shared/text.ts';
import { secretKeyName } from '../../../domain/keyNames.ts';
import type { DeployNeeds } from './needs.ts';
import { withSignal } from '../../../editor/withSignal.ts';
import { afterFailure, afterSuccess } from './afterDeploy.ts';
import { ChoiceMemory } from './choiceMemory.ts';
import { confirmDeploy } from './confirmDeploy.ts';
import { withDeployProgress } from './deployProgress.ts';
import { createOwnSecret, editSetting, pickEnvironment } from './editChoices.ts';
import { firstHealthyAnswer, hasHealthRoute } from './firstHealthyAnswer.ts';
import { pickGpu } from './pickGpu.ts';
import type { PreviewAnswer } from './preview.ts';
import { showPreview } from './preview.ts';
import { formatDuration } from '../../../shared/format.ts';

/** From a chosen app or script to a running endpoint: preview, one confirmation, stages, and what comes next. */
export class DeployFlow {
  readonly #services: DeployNeeds;
  readonly #deployer = new Deployer();
  readonly #choices: ChoiceMemory;

  constructor(services: DeployNeeds) {
    this.#services = services;
    this.#choices = new ChoiceMemory(services.memory);
  }

  async run(target: DeployTarget): Promise<void> {
    if (!vscode.workspace.isTrusted) {
      throw new ModalError(
        'invalid',
        'Deploying runs Python code and requires a trusted workspace. Run "Manage Workspace Trust" to trust it.',
      );
    }
    const plan = await this.#confirmedPlan(target);
    if (plan) await this.#deploy(plan);
  }

  /** @returns undefined when the user left */
  async #confirmedPlan(target: DeployTarget): Promise<DeployPlan | undefined> {
    let chosen = target;
    for (;;) {
      const plan = await this.#plan(chosen);
      const answer = await showPreview(plan);
      if (!answer) return undefined;
      let next: PreviewAnswer['kind'] = answer.kind;
      if (answer.kind === 'deploy') {
        if (missingSecrets(plan).length > 0) continue;
        const confirmation = await confirmDeploy(plan, this.#waitsForHealth(plan));
        if (confirmation === 'deploy') return plan;
        if (!confirmation) continue;
        next = confirmation;
      }
      if (next === 'script') {
        await vscode.window.showTextDocument(vscode.Uri.file(plan.script));
        return undefined;
      }
      chosen = { ...chosen, ...(await this.#edit(answer, plan)) };
    }
  }

  /** @returns what the user changed; empty when nothing */
  async #edit(answer: PreviewAnswer, plan: DeployPlan): Promise<DeployChoices> {
    const bundled = plan.target.kind === 'bundled' ? plan.target.app : undefined;
    switch (answer.kind) {
      case 'environment': {
        const environment = await pickEnvironment(plan, this.#services.planes);
        return environment === undefined ? {} : { environment };
      }
      case 'gpu': {
        const gpu = bundled && (await pickGpu(bundled, plan.gpu?.name ?? '', plan.rates));
        return gpu === undefined ? {} : { gpu };
      }
      case 'setting': {
        const settings = await editSetting(answer.setting, plan.values);
        return settings === undefined ? {} : { settings };
      }
      case 'secret':
        await createOwnSecret(answer.secret, plan.environment, this.#services.planes);
        return {};
      default:
        return {};
    }
  }

  #plan(target: DeployTarget): Promise<DeployPlan> {
    const { config, planes, cli, scriptReader } = this.#services;
    return withSignal(text`Preparing to deploy…`, async (signal) => {
      await cli.find(signal);
      return planDeploy(target, {
        plane: await planes.get(signal),
        connection: await planes.connection(),
        environment: config.get('environment', folderOf(target)),
        lastChoices: (appName, environment) => this.#choices.get(appName, environment),
        lastName: (script, app, environment) =>
          this.#choices.lastName(appReference(script, app, true), environment),
        readScript: (file) => scriptReader.ofFile(file),
        hasKey: (secret, environment) => this.#hasKey(secret, environment),
        signal,
      });
    });
  }

  #waitsForHealth(plan: DeployPlan): boolean {
    return this.#services.config.get('deploy.waitForHealth') && hasHealthRoute(plan);
  }

  async #deploy(plan: DeployPlan): Promise<void> {
    const { logs, deploys, problems } = this.#services;
    const log = logs.openBuildLog(plan.appName || plan.title);
    const run = new DeployRun(plan, log);
    const note = new JournalNote(run, this.#services);
    problems.clear(plan.script);
    void log.show();
    try {
      const view = this.#services.deployViews[plan.target.kind];
      const result = await withDeployProgress(run, deploys, view, () => this.#start(run, note));
      log.end('done', summaryOf(run));
      problems.show(plan.script, result.warnings);
      await this.#choices.keep(plan);
      if (!plan.appName) await this.#choices.keepName(run.key, result);
      await afterSuccess(this.#services, plan, result);
    } catch (error) {
      log.end(isCancelled(error) ? 'cancelled' : 'failed');
      if (error instanceof DeployError) problems.show(plan.script, error.problems);
      await afterFailure(this.#services, run, error, () => this.run(plan.target));
    } finally {
      await note.end();
    }
  }

  async #start(run: DeployRun, note: JournalNote): Promise<DeployResult> {
    const { appName, environment, target } = run.plan;
    const account = await this.#services.planes.workspace(run.signal);
    await note.begin({ account, title: run.title, appName, environment, target: journalTarget(target) });
    return this.#deployer.deploy(run, await this.#servicesOf(run));
  }

  async #servicesOf({ plan, signal }: DeployRun): Promise<DeployServices> {
    const { planes, cli, keys, logger } = this.#services;
    return {
      cli: await cli.find(signal),
      connection: await planes.connection(),
      plane: await planes.get(signal),
      env: await planes.environment(),
      logger,
      keepKey: (secret, environment, value) => keys.store(secretKeyName(environment, secret), value),
      hasKey: (secret, environment) => this.#hasKey(secret, environment),
      ...(this.#waitsForHealth(plan) ? { health: firstHealthyAnswer(this.#services, plan) } : {}),
    };
  }

  async #hasKey(secret: string, environment: string): Promise<boolean> {
    return (await this.#services.keys.get(secretKeyName(environment, secret))) !== undefined;
  }
}

/** Folders of a workspace may have an environment of their own. */
function folderOf(target: DeployTarget): vscode.Uri | undefined {
  return target.kind === 'script' ? vscode.Uri.file(target.script) : undefined;
}

function journalTarget(target: DeployTarget): JournalTarget {
  if (target.kind === 'bundled') return { kind: 'bundled', id: target.app.id };
  const { script, app } = target;
  return { kind: 'script', script, ...(app ? { variable: app.variable } : {}) };
}

/** `Deployed in 8.1 s: checking 0.4 s, building image 6.0 s, …` */
function summaryOf({ times }: DeployRun): string {
  const parts = times.map(({ stage, ms }) => `${stageWords[stage]} ${formatDuration(ms)}`);
  const own = times.filter(({ stage }) => stage !== 'queued');
  const whole = own.reduce((sum, { ms }) => sum + ms, 0);
  return text`Deployed in ${formatDuration(whole)}: ${parts.join(', ')}`;
}
