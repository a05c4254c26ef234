/** The editor's memory of a workspace, or of all. */
export interface Memory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const mostAside = 5;

/**
 * Reads what may be of another version. What is not as expected is also kept under a key of its own, since the next
 * write takes its place.
 * @returns undefined where nothing is kept, or nothing that can be used
 */
export function readMemory<T>(
  memory: Memory,
  key: string,
  isUsable: (value: unknown) => value is T,
): T | undefined {
  const value = memory.get(key);
  if (value === undefined || isUsable(value)) return value;
  keepAside(memory, key, value).then(undefined, () => undefined);
  return undefined;
}

/** Adds a value to those of a key that could not be used. */
export async function keepAside(memory: Memory, key: string, value: unknown): Promise<void> {
  const asideKey = `${key}.broken`;
  const stored = memory.get(asideKey);
  const before: readonly unknown[] = Array.isArray(stored) ? stored : [];
  const text = JSON.stringify(value);
  if (before.some((each) => JSON.stringify(each) === text)) return;
  await memory.update(asideKey, [...before, value].slice(-mostAside));
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isTextRecord(value: unknown): value is Readonly<Record<string, string>> {
  return isRecord(value) && Object.values(value).every((each) => typeof each === 'string');
}

export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
