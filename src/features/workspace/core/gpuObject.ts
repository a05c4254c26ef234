import type { SyntaxNode } from '@lezer/common';
import type { Argument } from './pythonSource.ts';
import type { Value } from './value.ts';

/** How clients before 1.4 named the GPU of each class of `modal.gpu`, as their warnings told. */
const byMemory: Readonly<Record<string, string>> = {
  '40': 'A100-40GB',
  '40GB': 'A100-40GB',
  '80': 'A100-80GB',
  '80GB': 'A100-80GB',
};

/** `A100-80GB:4` of `modal.gpu.A100(size="80GB", count=4)`. */
export function gpuObject(
  meaning: string,
  args: readonly Argument[],
  read: (node: SyntaxNode) => Value,
): string | undefined {
  const [, kind] = /^modal\.gpu\.([A-Z][A-Za-z0-9]*)$/.exec(meaning) ?? [];
  if (kind === undefined) return undefined;
  const value = (name: string): Value => {
    const argument = args.find((each) => each.name === name);
    return argument ? read(argument.value) : null;
  };
  const positional = args.find(({ name, unpacked }) => name === undefined && !unpacked);
  if (args.some(({ unpacked }) => unpacked)) return undefined;
  const takesCount = kind === 'T4' || kind === 'L4';
  if (positional && !takesCount) return undefined;
  const count = positional ? read(positional.value) : value('count');
  const type = kind === 'A100' ? a100(value('size'), value('memory')) : kind === 'Any' ? 'ANY' : kind;
  if (type === undefined || (count !== null && typeof count !== 'number')) return undefined;
  return count === null || count === 1 ? type : `${type}:${count}`;
}

function a100(size: Value, memory: Value): string | undefined {
  const asked = size ?? memory;
  if (size === undefined || memory === undefined) return undefined;
  if (asked === null) return 'A100-40GB';
  return typeof asked === 'string' || typeof asked === 'number' ? byMemory[String(asked)] : undefined;
}
