import { commands } from '../../../contributions.ts';
import type { CommandsOf } from '../../../editor/command.ts';
import { resolveEndpoint } from '../../apps/index.ts';
import type { HealthNeeds } from './needs.ts';

export function healthCommands(needs: HealthNeeds): CommandsOf<'checkHealth'> {
  return {
    [commands.checkHealth]: async (target, title) => {
      const endpoint = await resolveEndpoint(needs, target, title);
      if (endpoint) await (await import('../lazy.ts')).checkHealth(needs, endpoint);
    },
  };
}
