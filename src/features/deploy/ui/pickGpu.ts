import type { CatalogApp } from '../../../domain/catalog.ts';
import type { Rates } from '../../../domain/cost.ts';
import { formatUsdPerHour, gpuUsdPerHour } from '../../../domain/cost.ts';
import { parseGpu } from '../../../domain/gpu.ts';
import { plain, text } from '../../../shared/text.ts';
import { pick } from '../../../editor/pick.ts';

/** Lets the user choose among the GPUs that the app's manifest names, with memory and price. */
export function pickGpu(app: CatalogApp, current: string, rates: Rates): Promise<string | undefined> {
  return pick(
    text`GPU for ${app.title}`,
    text`Select a GPU`,
    app.gpu.choices.map(({ type, note }) => {
      const usd = gpuUsdPerHour(type, rates);
      const request = parseGpu(type);
      const memory = request ? `${request.type.memoryGb * request.count} GB` : '';
      return {
        label: plain(type),
        description: plain(
          [memory, usd === undefined ? '' : formatUsdPerHour(usd), type === current ? '(current)' : '']
            .filter(Boolean)
            .join(' · '),
        ),
        ...(note ? { detail: plain(note) } : {}),
        value: type,
      };
    }),
  );
}
