import type { ScriptUnit } from '../domain/script.ts';
import type { Argument } from './pythonSource.ts';
import type { Value, Values } from './values.ts';

/** What the arguments of a decorator ask Modal for. */
export function resources(
  args: readonly Argument[],
  values: Values,
): Pick<ScriptUnit, 'gpus' | 'minContainers' | 'secrets'> {
  return {
    gpus: gpuChoices(keyword(args, 'gpu', values)),
    minContainers: containerCount(keyword(args, 'min_containers', values)),
    secrets: secretNames(args, values),
  };
}

/**
 * The name that Modal gives a function or server.
 * @param own as it is called in the file, which counts without `name=`
 * @returns nothing where only running the file would tell
 */
export function deployedName(
  args: readonly Argument[],
  values: Values,
  own: string,
): Pick<ScriptUnit, 'deployedAs'> {
  const argument = args.find(({ name }) => name === 'name');
  const value = argument ? values.read(argument.value) : null;
  if (value === null) return { deployedAs: own };
  return typeof value === 'string' ? { deployedAs: value } : {};
}

/** Names of the secrets that the arguments of an app or of a decorator give. */
export function secretNames(args: readonly Argument[], values: Values): string[] {
  const value = keyword(args, 'secrets', values);
  if (!Array.isArray(value)) return [];
  return (value as readonly Value[]).flatMap((item) =>
    item !== null && typeof item === 'object' && 'secret' in item ? [item.secret] : [],
  );
}

/** @returns null when the argument is not given, undefined when the text alone does not tell */
function keyword(args: readonly Argument[], name: string, values: Values): Value {
  const argument = args.find((candidate) => candidate.name === name);
  if (argument) return values.read(argument.value);
  return args.some(({ unpacked }) => unpacked) ? undefined : null;
}

function gpuChoices(value: Value): readonly string[] | undefined {
  if (value === null) return [];
  const choices = Array.isArray(value) ? (value as readonly Value[]) : [value];
  return choices.every((choice) => typeof choice === 'string') ? choices : undefined;
}

function containerCount(value: Value): number | undefined {
  if (value === null) return 0;
  return typeof value === 'number' ? value : undefined;
}
