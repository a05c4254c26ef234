import * as vscode from 'vscode';
import { commands } from '../../contributions.ts';
import { pick } from '../commands/pick.ts';
import type { Services } from '../commands/services.ts';
import { effectiveEnvironment } from './statusLook.ts';

/** What the status bar's item opens. */
export async function switchAccount({ planes, config, store }: Services): Promise<void> {
  const { t } = vscode.l10n;
  const connection = await planes.connection().catch(() => undefined);
  const { snapshot, workspace } = store.state;
  const environment = effectiveEnvironment({
    ...(connection ? { connection } : {}),
    chosenEnvironment: config.get('environment'),
    defaultEnvironment: snapshot.environments.find(({ isDefault }) => isDefault)?.name ?? '',
  });
  const item = (icon: string, label: string, description: string, command: string, argument?: string) => ({
    label,
    description,
    iconPath: new vscode.ThemeIcon(icon),
    value: [command, ...(argument ? [argument] : [])] as const,
  });
  const chosen = await pick<readonly [string, ...string[]]>(
    t('Modal'),
    workspace ? t('Signed in to {0}', workspace) : t('What do you want to do?'),
    [
      item('server-environment', t('Switch Environment…'), environment.name, commands.switchEnvironment),
      item('account', t('Switch Profile…'), connection?.profile ?? '', commands.switchProfile),
      item('sign-in', t('Sign In to Another Account…'), '', commands.signIn, 'another'),
      item('file', t('Open Profile File'), planes.configPath, commands.openProfileFile),
    ],
  );
  if (chosen) await vscode.commands.executeCommand(...chosen);
}
