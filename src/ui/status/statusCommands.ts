import * as vscode from 'vscode';
import { commands } from '../../contributions.ts';
import type { CommandTable } from '../commands/command.ts';
import type { Services } from '../commands/services.ts';

const load = () => import('../onboarding/gettingReady.ts');

export function statusCommands(
  services: Services,
): Pick<
  CommandTable,
  typeof commands.switchAccount | typeof commands.switchProfile | typeof commands.switchEnvironment
> {
  const { t } = vscode.l10n;
  return {
    [commands.switchAccount]: {
      doing: t('Switch account'),
      run: async () => (await load()).switchAccount(services),
    },
    [commands.switchProfile]: {
      doing: t('Switch profile'),
      run: async () => (await load()).switchProfile(services),
    },
    [commands.switchEnvironment]: {
      doing: t('Switch environment'),
      run: async () => (await load()).switchEnvironment(services),
    },
  };
}
