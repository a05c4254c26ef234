import type { DraftContext, ViewDraft } from '../../draftMessages.ts';
import type { ToHost } from '../../messages.ts';
import type { Problems } from './problems.ts';

/** What the parts of the form work with. */
export interface Editing {
  readonly draft: ViewDraft;
  readonly context: DraftContext;
  readonly problems: Problems;
  /** Which choice of a `oneOf` is shown, and JSON that is not valid yet, by place. */
  readonly chosen: Map<string, number>;
  readonly unfinished: Map<string, string>;
  readonly change: (draft: ViewDraft) => void;
  /** Paints again without a change of the draft. */
  readonly repaint: () => void;
  readonly post: (message: ToHost) => void;
}

export function valueOf(event: Event): string {
  return (event.target as HTMLInputElement).value;
}

export function isChecked(event: Event): boolean {
  return (event.target as HTMLInputElement).checked;
}
