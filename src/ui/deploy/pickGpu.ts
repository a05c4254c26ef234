import * as vscode from 'vscode';
import type { CatalogApp } from '../../domain/catalog.ts';
import type { Rates } from '../../domain/cost.ts';
import { formatUsdPerHour, gpuUsdPerHour } from '../../domain/cost.ts';
import { parseGpu } from '../../domain/gpu.ts';
import { pick } from '../commands/pick.ts';

/** Lets the user choose among the GPUs that the app's manifest names, with memory and price. */
export function pickGpu(app: CatalogApp, current: string, rates: Rates): Promise<string | undefined> {
  return pick(
    vscode.l10n.t('GPU for {0}', app.title),
    vscode.l10n.t('Choose a GPU'),
    app.gpu.choices.map(({ type, note }) => {
      const usd = gpuUsdPerHour(type, rates);
      const request = parseGpu(type);
      const memory = request ? `${request.type.memoryGb * request.count} GB` : '';
      return {
        label: type,
        description: [
          memory,
          usd === undefined ? '' : formatUsdPerHour(usd),
          type === current ? '(current)' : '',
        ]
          .filter(Boolean)
          .join(' · '),
        ...(note ? { detail: note } : {}),
        value: type,
      };
    }),
  );
}
