import type { Attempt, Count } from './reports.ts';

/**
 * Real processes and a real editor share the machine with whatever else runs on it, so that what failed gets one more
 * try. All of it is printed: a test that takes two tries is a fault to mend, of the test or of the product.
 * @param attempt runs the suite, or with arguments only that part of it; its files carry the given name
 */
export async function withSecondTry(
  suite: string,
  attempt: (name: string, only: readonly string[]) => Promise<Attempt>,
): Promise<Count> {
  const first = await attempt(suite, []);
  if (first.failures.length === 0) return first;
  print('failed in the first try', first);
  const second = await attempt(`${suite}-again`, first.again);
  print('failed twice', second);
  return { passed: first.kept + second.passed, failed: second.failed };
}

function print(title: string, { failures }: Attempt): void {
  for (const failure of failures) console.log(`\n-- ${title}: ${failure}`);
}
