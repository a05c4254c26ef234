import type { SealKeys } from '../../../src/features/requests/core/seal.ts';

/** The editor's, in memory. */
export function secretStorage(): SealKeys & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    get: (name) => Promise.resolve(kept.get(name)),
    store: (name, value) => Promise.resolve(void kept.set(name, value)),
  };
}
