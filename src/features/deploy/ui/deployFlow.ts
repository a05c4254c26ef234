import * as vscode from 'vscode';
import type { DeployResult } from '../core/deployer.ts';
import { DeployError, Deployer } from '../core/deployer.ts';
import type { JournalEntry, JournalTarget } from '../core/journal.ts';
import type { Owner } from '../core/owner.ts';
import { thisOwner } from '../core/owner.ts';
import type { DeployChoices, DeployPlan, DeployTarget } from '../core/plan.ts';
import { missingSecrets, planDeploy } from '../core/plan.ts';
import { durationText, stageWords } from '../core/stages.ts';
import { ModalError, isCancelled } from '../../../domain/errors.ts';
import { appReference } from '../../../domain/script.ts';
import { text } from '../../../shared/text.ts';
import { secretKeyName } from '../../../domain/keyNames.ts';
import type { DeployNeeds } from './needs.ts';
import type { OutputSink } from '../../logs/index.ts';
import { withSignal } from '../../../editor/withSignal.ts';
import { afterFailure, afterSuccess } from './afterDeploy.ts';
import { ChoiceMemory } from './choiceMemory.ts';
import { confirmDeploy } from './confirmDeploy.ts';
import { withDeployProgress } from './deployProgress.ts';
import { RunningDeploy } from './deployTracker.ts';
import { createOwnSecret, editSetting, pickEnvironment } from './editChoices.ts';
import { firstHealthyAnswer, hasHealthRoute } from './firstHealthyAnswer.ts';
import { pickGpu } from './pickGpu.ts';
import type { PreviewAnswer } from './preview.ts';
import { showPreview } from './preview.ts';

/** From a chosen app or script to a running endpoint: preview, one confirmation, stages, and what comes next. */
export class DeployFlow {
  readonly #services: DeployNeeds;
  readonly #deployer: Deployer;
  readonly #choices: ChoiceMemory;

  constructor(services: DeployNeeds) {
    this.#services = services;
    this.#deployer = new Deployer(services.logger);
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
    const { logs, deploys, journal, problems } = this.#services;
    const deploy = new RunningDeploy(keyOf(plan.target), plan.appName || plan.title);
    const log = logs.openBuildLog(deploy.title);
    deploy.showLog = () => log.show();
    problems.clear(plan.script);
    void log.show();
    try {
      const result = await withDeployProgress(
        deploy,
        deploys,
        this.#services.deployViews[plan.target.kind],
        () => this.#run(plan, deploy, log),
      );
      log.end('done', summaryOf(result));
      problems.show(plan.script, result.warnings);
      await this.#choices.keep(plan);
      if (!plan.appName) await this.#choices.keepName(keyOf(plan.target), result);
      await afterSuccess(this.#services, plan, result);
    } catch (error) {
      log.end(isCancelled(error) ? 'cancelled' : 'failed');
      if (error instanceof DeployError) problems.show(plan.script, error.problems);
      await afterFailure(this.#services, plan, error, { again: () => this.run(plan.target), log });
    } finally {
      await journal.remove(deploy.id);
    }
  }

  async #run(plan: DeployPlan, deploy: RunningDeploy, log: OutputSink): Promise<DeployResult> {
    const { deploys, planes, cli, keys } = this.#services;
    const { signal } = deploy.abort;
    const waits = this.#waitsForHealth(plan);
    const account = await planes.workspace(signal);
    const owner = await thisOwner();
    let entry: JournalEntry | undefined;
    const note = (facts: Partial<JournalEntry>) => {
      entry = { ...(entry ?? newEntry(plan, deploy, account, owner)), ...facts };
      this.#note(entry);
    };
    return this.#deployer.deploy(
      plan,
      {
        cli: await cli.find(signal),
        connection: await planes.connection(),
        plane: await planes.get(signal),
        env: await planes.environment(),
        keepKey: (secret, environment, value) => keys.store(secretKeyName(environment, secret), value),
        hasKey: (secret, environment) => this.#hasKey(secret, environment),
        ...(waits ? { health: firstHealthyAnswer(this.#services, plan) } : {}),
      },
      {
        onStart: (pid, versionBefore) =>
          note({ pid, ...(versionBefore === undefined ? {} : { versionBefore }) }),
        onApp: (appId) => note({ appId }),
        onLine: (line, stream) => log.append(line, stream),
        onStage: (stage, times) => {
          deploy.times = times;
          log.note(stageWords[stage], false);
          deploys.changed();
        },
      },
      signal,
    );
  }

  #note(entry: JournalEntry): void {
    this.#services.journal.write(entry).catch((error: unknown) => {
      this.#services.logger.warn(`Could not record the deploy for a later window: ${String(error)}`);
    });
  }

  async #hasKey(secret: string, environment: string): Promise<boolean> {
    return (await this.#services.keys.get(secretKeyName(environment, secret))) !== undefined;
  }
}

/** Folders of a workspace may have an environment of their own. */
function folderOf(target: DeployTarget): vscode.Uri | undefined {
  return target.kind === 'script' ? vscode.Uri.file(target.script) : undefined;
}

/** What a deploy is known by while it runs: the app in the Catalogue, or the script's path with the app's variable. */
export function keyOf(target: DeployTarget): string {
  return target.kind === 'bundled' ? target.app.id : appReference(target.script, target.app, true);
}

function newEntry(
  plan: DeployPlan,
  { id, title }: RunningDeploy,
  account: string,
  owner: Owner,
): JournalEntry {
  const { appName, environment } = plan;
  const target = journalTarget(plan.target);
  return { id, account, title, appName, environment, target, owner, startedAt: Date.now() };
}

function journalTarget(target: DeployTarget): JournalTarget {
  if (target.kind === 'bundled') return { kind: 'bundled', id: target.app.id };
  const { script, app } = target;
  return { kind: 'script', script, ...(app ? { variable: app.variable } : {}) };
}

/** `Deployed in 8.1 s: checking 0.4 s, building image 6.0 s, …` */
function summaryOf({ seconds, times }: DeployResult): string {
  const parts = times.map(({ stage, ms }) => `${stageWords[stage]} ${durationText(ms)}`);
  return text`Deployed in ${durationText(seconds * 1000)} (${parts.join(', ')})`;
}
