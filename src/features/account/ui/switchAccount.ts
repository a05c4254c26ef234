import * as vscode from 'vscode';
import { plain, text } from '../../../shared/text.ts';
import { commands } from '../../../contributions.ts';
import { pick } from '../../../commands/pick.ts';
import type { Services } from '../../../commands/services.ts';
import { effectiveEnvironment } from './statusLook.ts';

/** What the status bar's item opens. */
export async function switchAccount({ planes, config, store }: Services): Promise<void> {
  const connection = await planes.connection().catch(() => undefined);
  const { snapshot, workspace } = store.state;
  const environment = effectiveEnvironment({
    ...(connection ? { connection } : {}),
    chosenEnvironment: config.get('environment'),
    defaultEnvironment: snapshot.environments.find(({ isDefault }) => isDefault)?.name ?? '',
  });
  const item = (icon: string, label: string, description: string, command: string, argument?: string) => ({
    label: plain(label),
    description: plain(description),
    iconPath: new vscode.ThemeIcon(icon),
    value: [command, ...(argument ? [argument] : [])] as const,
  });
  const chosen = await pick<readonly [string, ...string[]]>(
    text`Modal`,
    workspace ? text`Signed in to ${workspace}` : text`What do you want to do?`,
    [
      item('server-environment', text`Switch Environment…`, environment.name, commands.switchEnvironment),
      item('account', text`Switch Profile…`, connection?.profile ?? '', commands.switchProfile),
      item('sign-in', text`Sign In to Another Account…`, '', commands.signIn, 'another'),
      item('file', text`Open Profile File`, planes.configPath, commands.openProfileFile),
    ],
  );
  if (chosen) await vscode.commands.executeCommand(...chosen);
}
