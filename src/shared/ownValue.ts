/**
 * The value of a record by a name that others chose. Every object also answers to names such as `constructor`, which
 * nobody put there.
 */
export function ownValue<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
