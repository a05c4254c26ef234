import * as vscode from 'vscode';
import type { CatalogApp, Sample } from '../../../domain/catalog.ts';
import type { Rates } from '../../../domain/cost.ts';
import { gpuUsdPerHour } from '../../../domain/cost.ts';
import { formatUsdPerHour } from '../../../domain/priceText.ts';
import type { ValueItem } from '../../../editor/pick.ts';
import { pick } from '../../../editor/pick.ts';
import type { Text } from '../../../shared/text.ts';
import { plain, text } from '../../../shared/text.ts';

/** @param script the file of the active editor, when it can be deployed as well */
export async function pickCatalogApp(
  title: Text,
  apps: readonly CatalogApp[],
  rates: Rates,
  script: vscode.Uri | undefined,
): Promise<CatalogApp | vscode.Uri | undefined> {
  const items: ValueItem<CatalogApp | vscode.Uri>[] = apps.map((app) => {
    const usd = gpuUsdPerHour(app.gpu.default, rates);
    return {
      label: plain(app.title),
      description: plain(
        [app.gpu.default, usd === undefined ? '' : formatUsdPerHour(usd)].filter(Boolean).join(' · '),
      ),
      detail: plain(app.summary),
      iconPath: new vscode.ThemeIcon(app.icon),
      value: app,
    };
  });
  if (script) {
    items.unshift({
      label: plain(vscode.workspace.asRelativePath(script)),
      description: text`active editor`,
      detail: text`Deploy this file`,
      iconPath: new vscode.ThemeIcon('file-code'),
      value: script,
    });
  }
  return pick(title, text`Select an app`, items);
}

export async function pickSample(app: CatalogApp): Promise<Sample | undefined> {
  if (app.samples.length === 1) return app.samples[0];
  return pick(
    text`Send Test Request to ${app.title}`,
    text`Select a sample`,
    app.samples.map((sample) => ({
      label: plain(sample.title),
      description: text`${sample.method} ${sample.path}`,
      detail: plain(sample.expect?.description ?? ''),
      iconPath: new vscode.ThemeIcon('beaker'),
      value: sample,
    })),
  );
}
