import type { CatalogApp } from '../../../domain/catalog.ts';
import type { Rates } from '../../../domain/cost.ts';
import { gpuUsdPerHour } from '../../../domain/cost.ts';
import { plain, text } from '../../../shared/text.ts';
import { pick } from '../../../editor/pick.ts';
import { formatUsdPerHour, gpuMemory } from '../../../domain/priceText.ts';

/** Lets the user choose among the GPUs that the app's manifest names, with memory and price. */
export function pickGpu(app: CatalogApp, current: string, rates: Rates): Promise<string | undefined> {
  return pick(
    text`GPU for ${app.title}`,
    text`Select a GPU`,
    app.gpu.choices.map(({ type, note }) => {
      const price = formatUsdPerHour(gpuUsdPerHour(type, rates));
      return {
        label: plain(type),
        description: plain(
          [gpuMemory(type), price, type === current ? '(current)' : ''].filter(Boolean).join(' · '),
        ),
        ...(note ? { detail: plain(note) } : {}),
        value: type,
      };
    }),
  );
}
