import * as vscode from 'vscode';
import { plain, text } from '../../../shared/text.ts';
import { commands } from '../../../contributions.ts';
import { runCommand } from '../../../editor/command.ts';
import { switchEnvironment } from './switchEnvironment.ts';
import { switchProfile } from './switchProfile.ts';
import { pick } from '../../../editor/pick.ts';
import type { AccountNeeds } from './needs.ts';
import { effectiveEnvironment } from './statusLook.ts';

/** What the status bar's item opens. */
export async function switchAccount(needs: AccountNeeds): Promise<void> {
  const { planes, config, store } = needs;
  const connection = await planes.connection().catch(() => undefined);
  const { snapshot, workspace } = store.state;
  const environment = effectiveEnvironment({
    ...(connection ? { connection } : {}),
    chosenEnvironment: config.get('environment'),
    defaultEnvironment: snapshot.environments.find(({ isDefault }) => isDefault)?.name ?? '',
  });
  const item = (icon: string, label: string, description: string, run: () => Promise<void>) => ({
    label: plain(label),
    description: plain(description),
    iconPath: new vscode.ThemeIcon(icon),
    value: run,
  });
  const chosen = await pick(
    text`Modal`,
    workspace ? text`Signed in to ${workspace}` : text`What do you want to do?`,
    [
      item('server-environment', text`Switch Environment…`, environment.name, () => switchEnvironment(needs)),
      item('account', text`Switch Profile…`, connection?.profile ?? '', () => switchProfile(needs)),
      item('sign-in', text`Sign In to Another Account…`, '', () =>
        runCommand(commands.signIn, { kind: 'anotherAccount' }),
      ),
      item('file', text`Open Profile File`, planes.configPath, () => runCommand(commands.openProfileFile)),
    ],
  );
  await chosen?.();
}
