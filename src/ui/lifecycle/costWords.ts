import type { ModalFunction } from '../../domain/app.ts';
import type { Rates } from '../../domain/cost.ts';
import { formatUsdPerHour, gpuUsdPerHour } from '../../domain/cost.ts';
import { parseGpu } from '../../domain/gpu.ts';

/** Where prices come from, as every question says it. */
export function sourceWords({ source, asOf }: Rates): string {
  return `${source === 'live' ? 'live price' : `price of ${asOf}`}, before credits`;
}

/** GPU and price of the functions of an app, one line for each GPU. */
export function gpuLines(functions: readonly ModalFunction[], rates: Rates): string[] {
  const byGpu = Map.groupBy(
    functions.filter((fn) => fn.gpus.length > 0),
    (fn) => fn.gpus.join(' or '),
  );
  if (byGpu.size === 0) return ['GPU: none; containers are charged for CPU and memory while they run.'];
  return [...byGpu].map(([gpus, users]) => {
    const names = users.map(nameOf).join(', ');
    return `GPU: ${gpuWord(users[0]?.gpus ?? [], gpus)}, ${priceOf(users[0]?.gpus[0] ?? '', rates)} for each running container of ${names} (${sourceWords(rates)})`;
  });
}

/** `A10 (24 GB)`; with several choices only their names, as memory differs. */
function gpuWord(choices: readonly string[], joined: string): string {
  const request = choices.length === 1 ? parseGpu(choices[0] ?? '') : undefined;
  return request ? `${joined} (${request.type.memoryGb * request.count} GB)` : joined;
}

function priceOf(gpu: string, rates: Rates): string {
  const usd = gpuUsdPerHour(gpu, rates);
  return usd === undefined ? 'price unknown' : formatUsdPerHour(usd);
}

/** As people write it: a class without the `.*` of its tag. */
export function nameOf({ tag }: ModalFunction): string {
  return tag.replace(/\.\*$/, '');
}
