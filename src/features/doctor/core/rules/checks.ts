import type { Check, CheckedFile, Hit } from './check.ts';
import { bareDecorators } from './bareDecorator.ts';
import { classMethods } from './classMethods.ts';
import { combinations } from './combinations.ts';
import { hints } from './hints.ts';
import { methodLookups } from './methodLookup.ts';
import { pythonVersions } from './pythonVersion.ts';
import { resourceValues } from './resourceValues.ts';
import { schedules } from './schedule.ts';

export const allChecks: readonly Check[] = [
  bareDecorators,
  classMethods,
  combinations,
  methodLookups,
  pythonVersions,
  resourceValues,
  schedules,
  hints,
];

export function* checks(checked: CheckedFile): Generator<Hit> {
  for (const check of allChecks) yield* check.run(checked);
}
