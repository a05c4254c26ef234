import * as vscode from 'vscode';
import { commands } from '../../../contributions.ts';
import { hoverText } from '../core/help/hoverText.ts';
import { hover } from '../../../editor/shown/surfaces.ts';
import { deployedNow } from './deployedNow.ts';
import { rangeOf } from './doctorFixes.ts';
import type { HelpNeeds } from './helpNeeds.ts';
import { largestText } from './helpNeeds.ts';

/** Schedules in words, and what a function costs and has deployed, over Modal code. */
export class DoctorHovers implements vscode.HoverProvider, vscode.Disposable {
  readonly #needs: HelpNeeds;
  readonly #registration: vscode.Disposable;

  constructor(needs: HelpNeeds) {
    this.#needs = needs;
    this.#registration = vscode.languages.registerHoverProvider({ language: 'python' }, this);
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    if (!this.#needs.isWanted(document.uri)) return undefined;
    const text = document.getText();
    if (text.length > largestText || !/\bmodal\b/.test(text)) return undefined;
    const [rates, now] = [this.#needs.rates(), Date.now()];
    const at = document.offsetAt(position);
    const hovered = await this.#needs.thread.hovered(text, { at, rates, now });
    if (!hovered || token.isCancellationRequested) return undefined;
    const shown = hoverText(hovered, {
      ...{ rates, now, command: commands.openDashboard },
      localZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      deployed: (app) => deployedNow(app, this.#needs.snapshot()),
    });
    return hover(shown, [commands.openDashboard], rangeOf(hovered, document));
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
