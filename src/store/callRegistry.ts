import { Emitter } from '../shared/emitter.ts';

/** Whoever sent a call and can show what it was. */
export interface CallPanel {
  showCall(callId: string): void;
}

/** Older calls are forgotten. */
const mostCalls = 200;

/** Which request panel a call of this window came from, so that a log can lead back to it. */
export class CallRegistry {
  readonly #panels = new Map<string, CallPanel>();
  readonly #changed = new Emitter<undefined>();

  readonly onDidChange = this.#changed.event;

  /** Oldest first. */
  get ids(): readonly string[] {
    return [...this.#panels.keys()];
  }

  note(callId: string, panel: CallPanel): void {
    if (!callId) return;
    this.#panels.set(callId, panel);
    const [oldest] = this.#panels.keys();
    if (this.#panels.size > mostCalls && oldest !== undefined) this.#panels.delete(oldest);
    this.#changed.fire(undefined);
  }

  /** The panel is gone, and with it all that it sent. */
  forget(panel: CallPanel): void {
    for (const [callId, owner] of this.#panels) if (owner === panel) this.#panels.delete(callId);
    this.#changed.fire(undefined);
  }

  /** @returns false when no open panel sent it */
  show(callId: string): boolean {
    const panel = this.#panels.get(callId);
    panel?.showCall(callId);
    return panel !== undefined;
  }
}
