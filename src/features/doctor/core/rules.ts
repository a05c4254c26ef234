import { missingName } from './help/namedUses.ts';
import { imagePackage } from './images/imagePackages.ts';
import { localModule } from './images/localModules.ts';
import type { Rule } from './rule.ts';
import { allChecks } from './rules/checks.ts';
import { forms } from './rules/forms.ts';

/** Every rule, with its words, its history and its examples. */
export const rules: readonly Rule[] = [...forms, ...allChecks.flatMap((check) => check.rules)];

/** Rules that also need to know what is around a file: other files, packages, the account. */
export const surroundingRules: readonly Rule[] = [missingName, localModule, imagePackage];
