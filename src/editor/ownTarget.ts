import type { Target } from '../domain/target.ts';

/**
 * Marks a target that this extension made, so that it is taken as it is when it comes back through the editor. A key
 * binding cannot make one, as JSON has no symbols. The mark is a registered symbol, as each bundle has its own copy of
 * this module.
 */
const mark = Symbol.for('modalGpu.target');

export function ownTarget<T extends Target>(target: T): T {
  return { ...target, [mark]: true };
}

export function isOwnTarget(value: unknown): value is Target {
  return typeof value === 'object' && value !== null && mark in value;
}
