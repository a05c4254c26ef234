import type { SyntaxNode } from '@lezer/common';
import type { Rates } from '../../../../domain/cost.ts';
import { gpuUsdPerHour } from '../../../../domain/cost.ts';
import { leastResources } from '../../../../domain/sandbox.ts';
import type { Argument, Value } from '../../../workspace/core/index.ts';
import { isList } from '../../../workspace/core/index.ts';
import type { PythonFile } from '../pythonFile.ts';

/** What one container of a function, class or server costs, and under which name it is deployed. */
export interface UnitFacts {
  /** Choices in order of preference, each with its price of an hour; empty without a GPU, undefined where only running the file would tell. */
  readonly gpus: readonly { readonly name: string; readonly usd: number | undefined }[] | undefined;
  readonly cores: number | undefined;
  readonly memoryGib: number | undefined;
  /** US dollars of an hour of the cores and memory that are asked for. */
  readonly restUsd: number | undefined;
  /** Arguments that make the price higher than what is said here. */
  readonly surcharges: readonly string[];
  /** Undefined where another file or the command line names the app. */
  readonly app: string | undefined;
  /** As Modal tags it: `Cls.*` for a class. */
  readonly tag: string | undefined;
}

/** @param args of the decorator @param definition what is decorated */
export function unitFacts(
  args: readonly Argument[],
  { callee, decorator }: { readonly callee: string; readonly decorator: SyntaxNode },
  file: PythonFile,
  rates: Rates,
): UnitFacts {
  const opaque = args.some(({ unpacked }) => unpacked);
  const read = (name: string): Value => {
    const argument = args.findLast((each) => each.name === name);
    if (argument) return file.valueOf(argument.value);
    return opaque ? undefined : null;
  };
  const cores = amount(read('cpu'), leastResources.cores);
  const memoryGib = amount(read('memory'), leastResources.memoryGib * 1024, 1 / 1024);
  return {
    gpus: gpusOf(read('gpu'), rates),
    cores,
    memoryGib,
    restUsd: restUsd(cores, memoryGib, rates),
    surcharges: ['region', 'compute_region', 'nonpreemptible'].filter((name) => {
      const value = read(name);
      return value !== null && value !== false && args.some((each) => each.name === name);
    }),
    app: appNameOf(decorator, file),
    tag: tagOf(read('name'), callee, decorator, file),
  };
}

function gpusOf(value: Value, rates: Rates): UnitFacts['gpus'] {
  if (value === null || value === false) return [];
  const choices = isList(value) ? value : [value];
  if (!choices.every((choice) => typeof choice === 'string')) return undefined;
  return choices.map((name) => ({ name, usd: gpuUsdPerHour(name, rates) }));
}

/** A number, or a request with its limit, of which the request counts. */
function amount(value: Value, least: number, unit = 1): number | undefined {
  const asked = isList(value) ? value[0] : value;
  if (asked === null) return least * unit;
  return typeof asked === 'number' ? asked * unit : undefined;
}

function restUsd(
  cores: number | undefined,
  gib: number | undefined,
  { usdPerHour }: Rates,
): number | undefined {
  const { cpu_hour_cost: core, mem_gib_hour_cost: memory } = usdPerHour;
  if (cores === undefined || gib === undefined || core === undefined || memory === undefined)
    return undefined;
  return cores * core + gib * memory;
}

/** The name of `app = modal.App("name")` for `@app.function()`. */
function appNameOf(decorator: SyntaxNode, file: PythonFile): string | undefined {
  const variable = decorator.getChild('VariableName');
  const made = variable && file.constant(file.source.textOf(variable));
  if (made?.name !== 'CallExpression' || file.kindOf(made) !== 'app') return undefined;
  const args = file.source.argumentsOf(made.lastChild);
  const argument = args.find(({ name }, at) => name === 'name' || (name === undefined && at === 0));
  const name = argument && !argument.unpacked ? file.valueOf(argument.value) : undefined;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

function tagOf(named: Value, callee: string, decorator: SyntaxNode, file: PythonFile): string | undefined {
  const own = decorator.parent?.lastChild?.getChild('VariableName');
  const name = named === null && own ? file.source.textOf(own) : named;
  if (typeof name !== 'string') return undefined;
  return callee === 'app.cls' ? `${name}.*` : name;
}
