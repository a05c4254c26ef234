import type * as vscode from 'vscode';
import type { DeployChoices, DeployPlan } from '../core/plan.ts';

const memoryKey = 'deployChoices';
const namesKey = 'deployedNames';

/** GPU and settings of the last deploy of each app from this workspace: Modal does not tell them. */
export class ChoiceMemory {
  readonly #memory: vscode.Memento;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  get(appName: string, environment: string): DeployChoices | undefined {
    return this.#all()[keyOf(appName, environment)];
  }

  async keep(plan: DeployPlan): Promise<void> {
    if (plan.target.kind !== 'bundled') return;
    const choices: DeployChoices = { ...(plan.gpu ? { gpu: plan.gpu.name } : {}), settings: plan.values };
    await this.#memory.update(memoryKey, {
      ...this.#all(),
      [keyOf(plan.appName, plan.environment)]: choices,
    });
  }

  /** Name under which a script was deployed whose text does not tell it. @param key of the deploy */
  lastName(key: string, environment: string): string | undefined {
    return this.#memory.get<Readonly<Record<string, string>>>(namesKey, {})[keyOf(key, environment)];
  }

  async keepName(
    key: string,
    { appName, environment }: { readonly appName: string; readonly environment: string },
  ): Promise<void> {
    const names = this.#memory.get<Readonly<Record<string, string>>>(namesKey, {});
    await this.#memory.update(namesKey, { ...names, [keyOf(key, environment)]: appName });
  }

  #all(): Readonly<Record<string, DeployChoices>> {
    return this.#memory.get(memoryKey, {});
  }
}

const keyOf = (appName: string, environment: string) => `${environment}/${appName}`;
