import { commands } from '../../../contributions.ts';
import type { CommandsOf } from '../../../editor/command.ts';
import { text } from '../../../shared/text.ts';
import { resolveEndpoint } from '../../apps/index.ts';
import type { HealthNeeds } from './needs.ts';

export function healthCommands(needs: HealthNeeds): CommandsOf<'checkHealth'> {
  return {
    [commands.checkHealth]: async (target) => {
      const endpoint = await resolveEndpoint(needs, target, text`Check Health`);
      if (endpoint) await (await import('../lazy.ts')).checkHealth(needs, endpoint);
    },
  };
}
