import * as vscode from 'vscode';
import { runCommand } from '../../../editor/command.ts';
import { commands } from '../../../contributions.ts';
import { isCancelled, toModalError } from '../../../domain/errors.ts';
import { plain, text } from '../../../shared/text.ts';
import { maskedTokenId } from '../../../modal/connection.ts';
import type { ControlPlanes } from '../../../modal/planes.ts';
import type { ProfileEntry } from '../../../modal/profile.ts';
import type { AccountNeeds } from './needs.ts';
import { marks } from './switchEnvironment.ts';
import type { PickItem } from '../../../editor/shown/inputs.ts';
import { createPick } from '../../../editor/shown/inputs.ts';

interface ProfileItem extends PickItem {
  readonly run?: () => unknown;
}

/** Lets the user choose whose account this workspace uses; whose each profile is comes in while the list is open. */
export async function switchProfile({ planes, config }: AccountNeeds): Promise<void> {
  const entries = await planes.profiles();
  const effective = await planes.connection().catch(() => undefined);
  const owners = new Map<string, string>();
  const items = () =>
    profileItems(entries, owners, config.get('profile'), effective?.profile, (name) =>
      config.choose('profile', name),
    );
  const list = createPick<ProfileItem>();
  list.title = text`Switch Modal Profile`;
  list.placeholder = text`Profile for this workspace; its values override MODAL_* variables`;
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
  try {
    const { workspace, user } = await planes.identify(name, signal);
    return user ? text`workspace ${workspace}, user ${user}` : text`workspace ${workspace}`;
  } catch (error) {
    if (isCancelled(error)) return '';
    const { kind } = toModalError(error);
    if (kind === 'unauthenticated') return text`invalid token`;
    return kind === 'signedOut' ? text`no token` : text`workspace unknown: ${kind}`;
  }
}

function profileItems(
  entries: readonly ProfileEntry[],
  owners: ReadonlyMap<string, string>,
  chosen: string,
  effective: string | undefined,
  choose: (name: string) => unknown,
): ProfileItem[] {
  const icon = (name: string) => new vscode.ThemeIcon(name);
  return [
    ...entries.map(({ name, active, tokenId, environment }) => ({
      label: plain(name),
      description: marks([
        name === effective && text`current`,
        name === chosen && text`set for this workspace`,
        active && text`active`,
      ]),
      detail: marks([
        owners.get(name) ?? text`checking…`,
        tokenId && maskedTokenId(tokenId),
        environment && text`environment ${environment}`,
      ]),
      iconPath: icon(name === effective ? 'check' : 'account'),
      run: () => choose(name),
    })),
    { label: text``, kind: vscode.QuickPickItemKind.Separator },
    {
      label: text`Use CLI Default`,
      description: chosen === '' ? text`set for this workspace` : text``,
      detail: text`MODAL_* variables first, then the active profile`,
      iconPath: icon('discard'),
      run: () => choose(''),
    },
    {
      label: text`Sign In to Another Account…`,
      iconPath: icon('sign-in'),
      run: () => runCommand(commands.signIn, { kind: 'anotherAccount' }),
    },
    {
      label: text`Open Profile File`,
      iconPath: icon('file'),
      run: () => runCommand(commands.openProfileFile),
    },
  ];
}
