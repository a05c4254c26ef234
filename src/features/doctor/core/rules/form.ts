import type { Rule } from '../rule.ts';

/** How the text of a form is rewritten. */
export type Rewrite =
  /** The last name of the form is replaced. */
  | { readonly kind: 'rename'; readonly to: string }
  /** The argument goes, with its comma. */
  | { readonly kind: 'remove' }
  /** The argument gets another name, and its value becomes the item of a list. */
  | { readonly kind: 'list'; readonly to: string }
  /** What needs more than the place itself; `rewrites.ts` has it by this name. */
  | {
      readonly kind: 'custom';
      readonly by:
        'gpuClass' | 'concurrent' | 'copyLocal' | 'createIfMissing' | 'clustered' | 'mount' | 'build';
    };

/** A name, an argument or a method that changed. What `targets` mean stands at `Site`. */
export interface Form extends Rule {
  readonly targets: readonly string[];
  readonly rewrite?: Rewrite;
}
