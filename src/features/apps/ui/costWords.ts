import type { ModalFunction } from '../../../domain/app.ts';
import type { Rates } from '../../../domain/cost.ts';
import { gpuUsdPerHour } from '../../../domain/cost.ts';
import { formatUsdPerHour, gpuWithMemory, priceSource } from '../../../domain/priceText.ts';

/** GPU and price of the functions of an app, one line for each GPU. */
export function gpuLines(functions: readonly ModalFunction[], rates: Rates): string[] {
  const unknown = functions.filter((fn) => fn.gpus === undefined);
  const known = functions.flatMap((fn) => (fn.gpus?.[0] === undefined ? [] : [{ fn, gpus: fn.gpus }]));
  if (known.length === 0 && unknown.length === 0)
    return ['GPU: none; containers are billed for CPU and memory while they run.'];
  const byGpu = Map.groupBy(known, ({ gpus }) => gpus.join(' or '));
  return [
    ...[...byGpu].map(([joined, users]) => gpuLine(joined, users, rates)),
    ...(unknown.length > 0
      ? [`GPU: Modal doesn't report it for ${unknown.map(nameOf).join(', ')}, so the price is unknown.`]
      : []),
  ];
}

interface GpuUser {
  readonly fn: ModalFunction;
  readonly gpus: readonly string[];
}

function gpuLine(joined: string, users: readonly GpuUser[], rates: Rates): string {
  const choices = users[0]?.gpus ?? [];
  const names = users.map(({ fn }) => nameOf(fn)).join(', ');
  return `GPU: ${choices.length === 1 ? gpuWithMemory(joined) : joined}, ${formatUsdPerHour(gpuUsdPerHour(choices[0] ?? '', rates))} for each running container of ${names} (${priceSource(rates)})`;
}

/** As people write it: a class without the `.*` of its tag. */
export function nameOf({ tag }: ModalFunction): string {
  return tag.replace(/\.\*$/, '');
}
