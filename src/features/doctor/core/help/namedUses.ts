import type { ObjectKind } from '../../../../domain/objectKind.ts';
import { ownValue } from '../../../../shared/ownValue.ts';
import type { Argument } from '../../../workspace/core/index.ts';
import type { ModalFile } from '../modalFile.ts';
import type { PythonFile } from '../pythonFile.ts';
import type { Finding, Rule } from '../rule.ts';

/** A place that needs something of the account to be there. */
export interface NamedUse {
  readonly of: ObjectKind | 'environment';
  readonly name: string;
  /** '' = the one that the user works in. */
  readonly environment: string;
  readonly from: number;
  readonly to: number;
}

const makers: Readonly<Record<string, ObjectKind | 'environment'>> = {
  'modal.Secret.from_name': 'secret',
  'modal.Volume.from_name': 'volume',
  'modal.Dict.from_name': 'dict',
  'modal.Queue.from_name': 'queue',
  'modal.Environment.from_name': 'environment',
};

export const missingName: Rule = {
  code: 'missing-name',
  what: 'A secret, volume, dict, queue or environment of this name',
  advice: 'Create it, or correct the name. It is compared with the names that were read for completion.',
  history: { hint: true },
  examples: {
    hit: 'import modal\n\nkeys = modal.Secret.from_name("no-such-secret")\n',
    miss: 'import modal\n\ndata = modal.Volume.from_name("no-such-volume", create_if_missing=True)\n',
  },
};

/** Names that must exist when the code runs, as far as the text tells; what is made when it is missing is left out. */
export function namedUses({ file, calls }: ModalFile): NamedUse[] {
  return calls.flatMap(({ callee, args }): NamedUse[] => {
    const of = ownValue(makers, callee);
    const environment = valueOf(args, 'environment_name', file);
    if (args.some(({ unpacked }) => unpacked) || environment === undefined) return [];
    const ofEnvironment = useOf(
      callee.startsWith('modal.') ? args.find(({ name }) => name === 'environment_name') : undefined,
      { of: 'environment', environment: '' },
      file,
    );
    const creates = valueOf(args, 'create_if_missing', file);
    const named = args.find(({ name }, at) => name === 'name' || (name === undefined && at === 0));
    if (of === undefined || (creates !== '' && creates !== false)) return ofEnvironment;
    return [...ofEnvironment, ...useOf(named, { of, environment: String(environment) }, file)];
  });
}

function useOf(
  argument: Argument | undefined,
  use: Pick<NamedUse, 'of' | 'environment'>,
  file: PythonFile,
): NamedUse[] {
  const name = argument && file.valueOf(argument.value);
  if (!argument || typeof name !== 'string' || name === '') return [];
  return [{ ...use, name, from: argument.value.from, to: argument.value.to }];
}

/** '' where it is not given; undefined where only running the file would tell. */
function valueOf(args: readonly Argument[], name: string, file: PythonFile): string | boolean | undefined {
  const argument = args.find((each) => each.name === name);
  if (!argument) return '';
  const value = file.valueOf(argument.value);
  if (value === null) return '';
  return typeof value === 'string' || typeof value === 'boolean' ? value : undefined;
}

const nouns = {
  secret: 'Secret',
  volume: 'Volume',
  dict: 'Dict',
  queue: 'Queue',
  environment: 'Environment',
} as const;

/** @param environment that was looked in; '' where its name is not known */
export function missingFinding({ of, name, from, to }: NamedUse, environment: string): Finding {
  const place = of === 'environment' || !environment ? 'in the account' : `in environment ${environment}`;
  return {
    code: missingName.code,
    ...{ from, to },
    severity: 'information',
    message: `${nouns[of]} ${name.slice(0, 64)} was not found ${place} a few minutes ago. ${missingName.advice}`,
  };
}
