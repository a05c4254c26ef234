import { commands } from '../../../../contributions.ts';
import type { CommandTable } from '../../../../commands/command.ts';
import type { Services } from '../../../../commands/services.ts';

/** Commands for earlier logs. */
export function pastCommands(
  services: Services,
): Pick<CommandTable, typeof commands.downloadLogs | typeof commands.showLogRange> {
  return {
    [commands.showLogRange]: {
      doing: 'Show logs of a time range',
      run: () => services.logs.openRangePicker(),
    },
    [commands.downloadLogs]: {
      doing: 'Download logs',
      run: async (argument) => {
        const { downloadLogsFlow } = await import('./downloadFlow.ts');
        await downloadLogsFlow(services, argument);
      },
    },
  };
}
