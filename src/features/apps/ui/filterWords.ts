import type { AppFilter, FilterState } from '../core/appFilter.ts';
import { cpuOnly } from '../core/appFilter.ts';

/** A filter in one line, e.g. `qwen · running now · A10 or H100`. */
export function filterWords({ text, states, gpus, environments, mine }: AppFilter): string {
  const or = ' or ';
  return [
    text.trim() && `“${text.trim()}”`,
    states.map((state) => stateWord(state)).join(or),
    gpus.map((gpu) => gpuWord(gpu)).join(or),
    environments.map((environment) => `environment ${environment}`).join(or),
    mine && 'deployed by you',
  ]
    .filter(Boolean)
    .join(' · ');
}

export function stateWord(state: FilterState): string {
  switch (state) {
    case 'running':
      return 'running now';
    case 'deployed':
      return 'deployed';
    case 'ephemeral':
      return 'running via modal run or serve';
    case 'stopped':
      return 'stopped';
  }
}

export function gpuWord(gpu: string): string {
  return gpu === cpuOnly ? 'no GPU' : gpu;
}
