/** The release that is assumed where no `modal` was found: the newest one that the rules were measured with. */
export const newestKnown = '1.6.4';

/** @returns whether a release such as `1.6.4` or `1.6.4.dev3` is the other one or newer */
export function isAtLeast(version: string, other: string): boolean {
  const [a, b] = [partsOf(version), partsOf(other)];
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function partsOf(version: string): number[] {
  const numbers: number[] = [];
  for (const part of version.split('.')) {
    if (!/^\d+$/.test(part)) break;
    numbers.push(Number(part));
  }
  return numbers;
}
