import * as vscode from 'vscode';
import type { Choice } from '../core/help/choices.ts';
import { cloudChoices, gpuChoices, regionChoices, routingRegionChoices } from '../core/help/choices.ts';
import type { Meaning, Wanted } from '../core/help/wanted.ts';
import { markdownText, plain } from '../../../shared/text.ts';
import { completionItem, markdownString } from '../../../editor/shown/surfaces.ts';
import type { NameList } from '../../../store/accountNames.ts';
import { rangeOf } from './doctorFixes.ts';
import type { HelpNeeds } from './helpNeeds.ts';
import { largestText } from './helpNeeds.ts';

/** What may stand in text literals of Modal code: GPUs with their prices, regions, and names of what there is. */
export class DoctorCompletions implements vscode.CompletionItemProvider, vscode.Disposable {
  readonly #needs: HelpNeeds;
  readonly #registration: vscode.Disposable;

  constructor(needs: HelpNeeds) {
    this.#needs = needs;
    this.#registration = vscode.languages.registerCompletionItemProvider(
      { language: 'python' },
      this,
      // What begins a text, and the signs in it that end a word for the editor.
      ...['"', "'", ':', '-', '.'],
    );
  }

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.CompletionList | undefined> {
    const before = document.lineAt(position).text.slice(0, position.character);
    if (!/["']/.test(before) || !this.#needs.isWanted(document.uri)) return undefined;
    const text = document.getText();
    if (text.length > largestText || !/\bmodal\b/.test(text)) return undefined;
    const wanted = await this.#needs.thread.wanted(text, { at: document.offsetAt(position) });
    if (!wanted || token.isCancellationRequested) return undefined;
    const { choices, more } = await this.#choices(wanted, token);
    const items = choices.map((choice, at) => itemOf(choice, at, wanted, document));
    return new vscode.CompletionList(items, more);
  }

  dispose(): void {
    this.#registration.dispose();
  }

  async #choices(
    { meaning, typed }: Wanted,
    token: vscode.CancellationToken,
  ): Promise<{ choices: readonly Choice[]; more: boolean }> {
    switch (meaning.of) {
      case 'gpu':
        return { choices: gpuChoices(typed, this.#needs.rates()), more: false };
      case 'region':
        return { choices: regionChoices, more: false };
      case 'routingRegion':
        return { choices: routingRegionChoices, more: false };
      case 'cloud':
        return { choices: cloudChoices, more: false };
      default:
        return this.#names(meaning, token);
    }
  }

  async #names(
    meaning: Extract<Meaning, { environment: unknown }>,
    token: vscode.CancellationToken,
  ): Promise<{ choices: readonly Choice[]; more: boolean }> {
    const wanted = await this.#listOf(meaning);
    if (!wanted) return { choices: [], more: false };
    const abort = new AbortController();
    const subscription = token.onCancellationRequested(() => abort.abort());
    try {
      const list = await this.#needs.names.names(wanted, abort.signal);
      const place = 'environment' in wanted && wanted.environment ? ` in ${wanted.environment}` : '';
      const detail = `${nouns[wanted.of]}${'app' in wanted ? ` of ${wanted.app}` : ''}${place}`;
      return {
        choices: (list?.names ?? []).map((name) => ({ name, detail })),
        more: list?.more ?? false,
      };
    } finally {
      subscription.dispose();
    }
  }

  /** Undefined where only running the file would tell which list it is, and where nobody is signed in. */
  async #listOf(meaning: Extract<Meaning, { environment: unknown }>): Promise<NameList | undefined> {
    if (meaning.of === 'environment') return { of: meaning.of };
    if (meaning.environment === undefined) return undefined;
    const environment = meaning.environment || (await this.#needs.environment().catch(() => undefined));
    if (environment === undefined) return undefined;
    if (meaning.of === 'function' || meaning.of === 'cls' || meaning.of === 'server')
      return meaning.app === undefined ? undefined : { of: meaning.of, environment, app: meaning.app };
    return { of: meaning.of, environment };
  }
}

const nouns: Readonly<Record<NameList['of'], string>> = {
  secret: 'secret',
  volume: 'volume',
  dict: 'dict',
  queue: 'queue',
  app: 'deployed app',
  environment: 'environment',
  function: 'function',
  cls: 'class',
  server: 'server',
};

function itemOf(
  { name, detail, note }: Choice,
  at: number,
  { from, to }: Wanted,
  document: vscode.TextDocument,
): vscode.CompletionItem {
  return completionItem({
    label: { label: plain(name), description: plain(detail) },
    detail: plain(detail),
    kind: vscode.CompletionItemKind.Value,
    insertText: name,
    filterText: name,
    // In the order of the lists, and before the words of the file.
    sortText: `!${String(at).padStart(4, '0')}`,
    range: rangeOf({ from, to }, document),
    ...(note ? { documentation: markdownString(markdownText`${note}`, []) } : {}),
  });
}
