/** The editor's memory, in memory. */
export function memento(kept: Record<string, unknown> = {}) {
  return {
    kept,
    keys: () => Object.keys(kept),
    // As the editor's: the default is for what is not there, and `null` is.
    get: <T>(key: string, instead?: T): T => (kept[key] === undefined ? instead : kept[key]) as T,
    update: (key: string, value: unknown) => {
      if (value === undefined) Reflect.deleteProperty(kept, key);
      else kept[key] = value;
      return Promise.resolve();
    },
  };
}
