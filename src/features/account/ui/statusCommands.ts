import { commands } from '../../../contributions.ts';
import type { CommandTable } from '../../../commands/command.ts';
import type { Services } from '../../../commands/services.ts';

const load = () => import('./gettingReady.ts');

export function statusCommands(
  services: Services,
): Pick<
  CommandTable,
  typeof commands.switchAccount | typeof commands.switchProfile | typeof commands.switchEnvironment
> {
  return {
    [commands.switchAccount]: {
      doing: 'Switch account',
      run: async () => (await load()).switchAccount(services),
    },
    [commands.switchProfile]: {
      doing: 'Switch profile',
      run: async () => (await load()).switchProfile(services),
    },
    [commands.switchEnvironment]: {
      doing: 'Switch environment',
      run: async () => (await load()).switchEnvironment(services),
    },
  };
}
