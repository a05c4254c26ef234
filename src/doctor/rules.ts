import type { Rule } from './rule.ts';
import { allChecks } from './rules/checks.ts';
import { forms } from './rules/forms.ts';

/** Every rule, with its words, its history and its examples. */
export const rules: readonly Rule[] = [...forms, ...allChecks.flatMap((check) => check.rules)];
