/**
 * Importing undici may replace the dispatcher that the whole process uses for `fetch`, and the editor's own carries
 * the user's proxy settings. This module notes what was there; it must be imported before undici.
 */
const slots = [Symbol.for('undici.globalDispatcher.1'), Symbol.for('undici.globalDispatcher.2')];
const before = slots.map((slot) => Object.getOwnPropertyDescriptor(globalThis, slot));

export function restoreDispatcher(): void {
  slots.forEach((slot, at) => {
    const descriptor = before[at];
    if (descriptor) Object.defineProperty(globalThis, slot, descriptor);
    else Reflect.deleteProperty(globalThis, slot);
  });
}
