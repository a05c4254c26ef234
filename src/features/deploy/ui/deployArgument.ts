import type { App } from '../../../domain/app.ts';
import type { ScriptReference } from '../../workspace/ui/scriptReference.ts';

/** What a button passes that is about a certain app: the app as it was deployed, or what was being deployed. */
export type DeployArgument =
  | { readonly deploy: 'app'; readonly name: string; readonly environment: string }
  | { readonly deploy: 'bundled'; readonly id: string; readonly environment: string }
  | ({ readonly deploy: 'script'; readonly environment: string } & ScriptReference);

/** Of a button that offers to deploy an app anew. */
export function deployArgument({ name, environment }: Pick<App, 'name' | 'environment'>): DeployArgument {
  return { deploy: 'app', name, environment };
}

/** @returns undefined for anything else */
export function toDeployArgument(argument: unknown): DeployArgument | undefined {
  if (typeof argument !== 'object' || argument === null || !('deploy' in argument)) return undefined;
  const { deploy, environment, name, id, uri, variable } = argument as Record<string, unknown>;
  if (typeof environment !== 'string') return undefined;
  if (deploy === 'app' && typeof name === 'string') return { deploy, name, environment };
  if (deploy === 'bundled' && typeof id === 'string') return { deploy, id, environment };
  if (deploy === 'script' && typeof uri === 'string')
    return { deploy, uri, environment, ...(typeof variable === 'string' ? { variable } : {}) };
  return undefined;
}
