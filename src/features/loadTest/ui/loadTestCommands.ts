import { commands } from '../../../contributions.ts';
import type { CommandsOf } from '../../../editor/command.ts';
import { resolveEndpoint } from '../../apps/index.ts';
import type { LoadTestNeeds } from './needs.ts';

export function loadTestCommands(needs: LoadTestNeeds): CommandsOf<'loadTest'> {
  return {
    [commands.loadTest]: async (target, title) => {
      const given = target?.kind === 'request' ? target : undefined;
      const endpoint = given?.endpoint ?? (await resolveEndpoint(needs, target, title));
      if (endpoint) await (await import('../lazy.ts')).loadTest(needs, endpoint, given?.spec);
    },
  };
}
