import type { ScriptUnit } from '../../../domain/script.ts';
import type { Argument, PythonSource } from './pythonSource.ts';
import { secretNames } from './secrets.ts';
import type { Values } from './values.ts';
import type { Value } from './value.ts';

type Resources = Pick<
  ScriptUnit,
  'gpus' | 'minContainers' | 'secrets' | 'maybeSecrets' | 'unless' | 'keepsUnless'
>;

/** What the arguments of a decorator ask Modal for. @param written as they stand in the file */
export function resources(written: readonly Argument[], source: PythonSource, values: Values): Resources {
  const args = values.expanded(written);
  const gpu = keyword(args, ['gpu'], values);
  // The name before version 1.0, which early clients still take.
  const kept = keyword(args, ['min_containers', 'keep_warm'], values);
  const { always, maybe } = secretNames(args, source, values);
  return {
    gpus: gpuChoices(gpu.value),
    minContainers: containerCount(kept.value),
    secrets: [...always, ...maybe],
    ...(maybe.length > 0 ? { maybeSecrets: maybe } : {}),
    ...(gpu.unless.length > 0 ? { unless: gpu.unless } : {}),
    ...(kept.unless.length > 0 ? { keepsUnless: kept.unless } : {}),
  };
}

/**
 * The name that Modal gives a function or server.
 * @param own as it is called in the file, which counts without `name=`
 * @returns nothing where only running the file would tell
 */
export function deployedName(
  written: readonly Argument[],
  values: Values,
  own: string,
): Pick<ScriptUnit, 'deployedAs'> {
  const args = values.expanded(written);
  const argument = args.findLast(({ name }) => name === 'name');
  const value = argument ? values.read(argument.value) : null;
  if (value === null) return args.some(({ unpacked }) => unpacked && !argument) ? {} : { deployedAs: own };
  return typeof value === 'string' ? { deployedAs: value } : {};
}

/** @returns null when the argument is not given, undefined when the text alone does not tell */
function keyword(
  args: readonly Argument[],
  names: readonly string[],
  values: Values,
): { value: Value; unless: readonly string[] } {
  for (const name of names) {
    const argument = args.findLast((candidate) => candidate.name === name);
    if (argument) return values.readWithDefaults(argument.value);
  }
  return { value: args.some(({ unpacked }) => unpacked) ? undefined : null, unless: [] };
}

function gpuChoices(value: Value): readonly string[] | undefined {
  if (value === null || value === false) return [];
  const choices = Array.isArray(value) ? (value as readonly Value[]) : [value];
  return choices.every((choice) => typeof choice === 'string') ? choices : undefined;
}

function containerCount(value: Value): number | undefined {
  if (value === null) return 0;
  return typeof value === 'number' ? value : undefined;
}
