import type { SourcePlace } from '../../../domain/script.ts';
import type { AppDraft } from './appDraft.ts';
import type { ImportedNames } from './names.ts';
import type { Values } from './values.ts';

/** The apps that a file names: its own, those that its imports bring, and those that an unknown call makes. */
export class AppTable {
  readonly #names: ImportedNames;
  readonly #values: Values;
  readonly #own = new Map<string, AppDraft>();
  readonly #foreign = new Map<string, AppDraft>();
  readonly #replaced: AppDraft[] = [];
  /** Names that an unknown call makes: apps only if something is decorated with them. */
  readonly maybe = new Map<string, SourcePlace>();

  constructor(names: ImportedNames, values: Values) {
    this.#names = names;
    this.#values = values;
  }

  /** In the order of the text, those whose variable was given away too. */
  get own(): readonly AppDraft[] {
    const all = [...this.#replaced, ...new Set(this.#own.values())];
    return all.sort((a, b) => a.line - b.line);
  }

  get foreign(): readonly AppDraft[] {
    return [...this.#foreign.values()];
  }

  /** By what names them in the file. */
  get paths(): readonly (readonly [readonly string[], AppDraft])[] {
    return [
      ...[...this.#own].map(([variable, draft]) => [[variable], draft] as const),
      ...this.foreign.map((draft) => [draft.foreign ?? [], draft] as const),
    ];
  }

  get(variable: string): AppDraft | undefined {
    return this.#own.get(variable);
  }

  set(variable: string, draft: AppDraft): void {
    this.#own.set(variable, draft);
  }

  /** The variable means something else from here on. */
  replace(variable: string): void {
    const draft = this.#own.get(variable);
    if (!draft) return;
    this.#own.delete(variable);
    if ([...this.#own.values()].includes(draft)) return;
    draft.replaced = true;
    this.#replaced.push(draft);
  }

  /** The app that a dotted name in front of `.function` and the like means; one that is met for the first time is taken in. */
  at(path: readonly string[], place: SourcePlace): AppDraft | undefined {
    const [root = '', ...rest] = path;
    if (rest.length === 0) {
      const own = this.#own.get(root) ?? this.#unknown(root, place);
      if (own) return own;
    }
    const imported = this.#names.imported(root);
    if (this.#own.has(root)) return undefined;
    // A module is no app.
    const isName = imported ? rest.length > 0 || imported.member !== undefined : this.#mayBeOfStar(root);
    if (!isName || /^modal(?:\.|$)/.test(imported?.module ?? '')) return undefined;
    const key = path.join('.');
    const known = this.#foreign.get(key);
    if (known) return known;
    const draft = { ...emptyDraft(key, place), foreign: path };
    this.#foreign.set(key, draft);
    return draft;
  }

  /** A name that nothing in the file binds may come by `from x import *`. */
  #mayBeOfStar(name: string): boolean {
    return this.#names.stars.some((module) => module !== 'modal') && !this.#values.binds(name);
  }

  #unknown(variable: string, used: SourcePlace): AppDraft | undefined {
    const isBound =
      this.#values.binds(variable) ||
      this.#names.imported(variable) !== undefined ||
      this.#mayBeOfStar(variable);
    const place = this.maybe.get(variable) ?? (isBound ? undefined : used);
    if (!place || !this.#names.importsModal) return undefined;
    const draft = emptyDraft(variable, place);
    this.#own.set(variable, draft);
    return draft;
  }
}

export function emptyDraft(variable: string, place: SourcePlace): AppDraft {
  return {
    variable,
    line: place.line,
    column: place.column,
    name: undefined,
    units: [],
    entryPoints: [],
    unread: new Set(),
    secrets: [],
    maybeSecrets: [],
  };
}
