import type { Memento } from 'vscode';
import type { Arrangement } from '../core/arrangement.ts';
import { readArrangement } from '../core/arrangement.ts';
import { isRecord, readMemory } from '../../../shared/memory.ts';
import type { Disposable } from '../../../shared/emitter.ts';
import { Emitter } from '../../../shared/emitter.ts';

const key = 'apps.arrangement';

/** Filter, grouping and order of the Apps view, kept for this workspace. */
export class ArrangementStore implements Disposable {
  readonly #memento: Memento;
  readonly #changes = new Emitter<Arrangement>();
  #current: Arrangement | undefined;

  readonly onDidChange = this.#changes.event;

  constructor(memento: Memento) {
    this.#memento = memento;
  }

  get current(): Arrangement {
    this.#current ??= readArrangement(readMemory(this.#memento, key, isRecord));
    return this.#current;
  }

  change(changes: Partial<Arrangement>): void {
    this.#current = { ...this.current, ...changes };
    void this.#memento.update(key, this.#current);
    this.#changes.fire(this.#current);
  }

  dispose(): void {
    this.#changes.dispose();
  }
}
