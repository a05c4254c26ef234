import type * as vscode from 'vscode';
import { isRecord, isTextRecord, readMemory } from '../../../shared/memory.ts';
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
    return this.#names()[keyOf(key, environment)];
  }

  async keepName(
    key: string,
    { appName, environment }: { readonly appName: string; readonly environment: string },
  ): Promise<void> {
    await this.#memory.update(namesKey, { ...this.#names(), [keyOf(key, environment)]: appName });
  }

  #all(): Readonly<Record<string, DeployChoices>> {
    return readMemory(this.#memory, memoryKey, areChoices) ?? {};
  }

  #names(): Readonly<Record<string, string>> {
    return readMemory(this.#memory, namesKey, isTextRecord) ?? {};
  }
}

function areChoices(value: unknown): value is Readonly<Record<string, DeployChoices>> {
  return isRecord(value) && Object.values(value).every(isChoice);
}

function isChoice(value: unknown): value is DeployChoices {
  if (!isRecord(value)) return false;
  const { gpu, settings } = value;
  return (gpu === undefined || typeof gpu === 'string') && (settings === undefined || isTextRecord(settings));
}

const keyOf = (appName: string, environment: string) => `${environment}/${appName}`;
