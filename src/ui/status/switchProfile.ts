import * as vscode from 'vscode';
import { commands } from '../../contributions.ts';
import { isCancelled, toModalError } from '../../domain/errors.ts';
import { maskedTokenId } from '../../modal/connection.ts';
import type { ControlPlanes } from '../../modal/planes.ts';
import type { ProfileEntry } from '../../modal/profile.ts';
import type { Services } from '../commands/services.ts';
import { marks } from './switchEnvironment.ts';

interface ProfileItem extends vscode.QuickPickItem {
  readonly run?: () => unknown;
}

/** Lets the user choose whose account this workspace uses; whose each profile is comes in while the list is open. */
export async function switchProfile({ planes, config }: Services): Promise<void> {
  const { t } = vscode.l10n;
  const entries = await planes.profiles();
  const effective = await planes.connection().catch(() => undefined);
  const owners = new Map<string, string>();
  const items = () =>
    profileItems(entries, owners, config.get('profile'), effective?.profile, (name) =>
      config.choose('profile', name),
    );
  const list = vscode.window.createQuickPick<ProfileItem>();
  list.title = t('Switch Modal Profile');
  list.placeholder = t('Profile for this workspace; what it has wins over MODAL_… variables');
  list.matchOnDescription = true;
  list.items = items();
  list.busy = entries.length > 0;
  const abort = new AbortController();
  const asked = entries.map(async ({ name }) => {
    owners.set(name, await ownerOf(planes, name, abort.signal));
    if (abort.signal.aborted) return;
    const active = list.activeItems[0]?.label;
    list.items = items();
    // New items would move the user's mark to the first one.
    if (active) list.activeItems = list.items.filter(({ label }) => label === active);
  });
  void Promise.allSettled(asked).then(() => (list.busy = false));
  const chosen = await new Promise<ProfileItem | undefined>((resolve) => {
    list.onDidAccept(() => resolve(list.selectedItems[0]));
    list.onDidHide(() => resolve(undefined));
    list.show();
  });
  abort.abort();
  list.dispose();
  await chosen?.run?.();
}

async function ownerOf(planes: ControlPlanes, name: string, signal: AbortSignal): Promise<string> {
  const { t } = vscode.l10n;
  try {
    const { workspace, user } = await planes.identify(name, signal);
    return user ? t('workspace {0}, user {1}', workspace, user) : t('workspace {0}', workspace);
  } catch (error) {
    if (isCancelled(error)) return '';
    const { kind } = toModalError(error);
    if (kind === 'unauthenticated') return t('token refused');
    return kind === 'signedOut' ? t('no token') : t('workspace not known: {0}', kind);
  }
}

function profileItems(
  entries: readonly ProfileEntry[],
  owners: ReadonlyMap<string, string>,
  chosen: string,
  effective: string | undefined,
  choose: (name: string) => unknown,
): ProfileItem[] {
  const { t } = vscode.l10n;
  const icon = (name: string) => new vscode.ThemeIcon(name);
  return [
    ...entries.map(({ name, active, tokenId, environment }) => ({
      label: name,
      description: marks([
        name === effective && t('in use'),
        name === chosen && t('chosen here'),
        active && t('active'),
      ]),
      detail: marks([
        owners.get(name) ?? t('asking Modal…'),
        tokenId && maskedTokenId(tokenId),
        environment && t('environment {0}', environment),
      ]),
      iconPath: icon(name === effective ? 'check' : 'account'),
      run: () => choose(name),
    })),
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    {
      label: t('Follow the CLI'),
      description: chosen === '' ? t('chosen here') : '',
      detail: t('MODAL_… variables first, then the active profile'),
      iconPath: icon('discard'),
      run: () => choose(''),
    },
    {
      label: t('Sign In to Another Account…'),
      iconPath: icon('sign-in'),
      run: () => vscode.commands.executeCommand(commands.signIn, 'another'),
    },
    {
      label: t('Open Profile File'),
      iconPath: icon('file'),
      run: () => vscode.commands.executeCommand(commands.openProfileFile),
    },
  ];
}
