/**
 * Importing undici may replace the dispatcher that the whole process uses for `fetch`, and the editor's own carries
 * the user's proxy settings. This module notes what was there; it must be imported before undici.
 */
const slots = [Symbol.for('undici.globalDispatcher.1'), Symbol.for('undici.globalDispatcher.2')];

const inSlots = () => slots.map((slot): unknown => Reflect.get(globalThis, slot));

// Node sets its own dispatcher at the first call of `fetch`; afterwards it would take the one of our undici, or none.
if (inSlots().every((dispatcher) => dispatcher === undefined)) void fetch('data:,').catch(() => undefined); // asks nobody
const before = inSlots();

export function restoreDispatcher(): void {
  // The slots cannot be deleted or redefined once they exist, but they can be written.
  slots.forEach((slot, at) => {
    if (Reflect.get(globalThis, slot) !== before[at]) Reflect.set(globalThis, slot, before[at]);
  });
}
