import { text } from '../../../shared/text.ts';
import { commands } from '../../../contributions.ts';
import { resolveEndpoint } from '../../../commands/arguments.ts';
import type { CommandTable } from '../../../commands/command.ts';
import type { Services } from '../../../commands/services.ts';
import type { LoadArgument } from '../../loadTest/ui/loadRequest.ts';

const isLoadArgument = (argument: unknown): argument is LoadArgument =>
  typeof argument === 'object' && argument !== null && 'target' in argument && 'spec' in argument;

/** What measures an endpoint: load test and health. The request panel passes a `LoadArgument`. */
export function measureCommands(
  services: Services,
): Pick<CommandTable, (typeof commands)['loadTest' | 'checkHealth']> {
  return {
    [commands.loadTest]: {
      doing: 'Load test',
      run: async (argument) => {
        const given = isLoadArgument(argument) ? argument : undefined;
        const target = given?.target ?? (await resolveEndpoint(services, argument, text`Load Test`));
        if (target) await (await import('../../loadTest/ui/loadFlow.ts')).loadTest(services, target, given?.spec);
      },
    },
    [commands.checkHealth]: {
      doing: 'Check health',
      run: async (argument) => {
        const target = await resolveEndpoint(services, argument, text`Check Health`);
        if (target) await (await import('../../health/ui/healthFlow.ts')).checkHealth(services, target);
      },
    },
  };
}
