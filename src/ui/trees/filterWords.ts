import * as vscode from 'vscode';
import type { AppFilter, FilterState } from '../../domain/appFilter.ts';
import { cpuOnly } from '../../domain/appFilter.ts';

/** A filter in one line, e.g. `qwen · running now · A10 or H100`. */
export function filterWords({ text, states, gpus, environments, mine }: AppFilter): string {
  const or = ` ${vscode.l10n.t('or')} `;
  return [
    text.trim() && `“${text.trim()}”`,
    states.map((state) => stateWord(state)).join(or),
    gpus.map((gpu) => gpuWord(gpu)).join(or),
    environments.map((environment) => vscode.l10n.t('environment {0}', environment)).join(or),
    mine && vscode.l10n.t('deployed by you'),
  ]
    .filter(Boolean)
    .join(' · ');
}

export function stateWord(state: FilterState): string {
  switch (state) {
    case 'running':
      return vscode.l10n.t('running now');
    case 'deployed':
      return vscode.l10n.t('deployed');
    case 'ephemeral':
      return vscode.l10n.t('ephemeral or detached run');
    case 'stopped':
      return vscode.l10n.t('stopped');
  }
}

export function gpuWord(gpu: string): string {
  return gpu === cpuOnly ? vscode.l10n.t('no GPU') : gpu;
}
