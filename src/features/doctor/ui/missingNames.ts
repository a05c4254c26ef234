import type { NamedUse } from '../core/help/namedUses.ts';
import { missingFinding } from '../core/help/namedUses.ts';
import type { Finding } from '../core/rule.ts';
import type { NameList } from '../../../store/accountNames.ts';
import type { HelpNeeds } from './helpNeeds.ts';

type Needs = Pick<HelpNeeds, 'environment' | 'names'>;

/** Names of a file that are not among those that were read for completion; nothing is read for it. */
export async function missingNames(uses: readonly NamedUse[], needs: Needs): Promise<Finding[]> {
  if (uses.length === 0 || needs.names.isEmpty) return [];
  const environment = await needs.environment().catch(() => undefined);
  if (environment === undefined) return [];
  const found: Finding[] = [];
  for (const use of uses) {
    const where = use.environment || environment;
    const list = await needs.names.known(listOf(use, where));
    if (list && !list.more && !list.names.includes(use.name)) found.push(missingFinding(use, where));
  }
  return found;
}

const listOf = ({ of }: NamedUse, environment: string): NameList =>
  of === 'environment' ? { of } : { of, environment };
