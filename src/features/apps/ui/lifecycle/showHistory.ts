import * as vscode from 'vscode';
import type { App } from '../../../../domain/app.ts';
import { ModalError } from '../../../../domain/errors.ts';
import type { AppVersion } from '../../../../domain/lifecycle.ts';
import type { Target } from '../../../../domain/target.ts';
import { resolveApp } from '../resolveApp.ts';
import type { Text } from '../../../../shared/text.ts';
import { plain, text } from '../../../../shared/text.ts';
import { spokenAge } from '../../../../shared/format.ts';
import { pick } from '../../../../editor/pick.ts';
import type { AppsNeeds } from '../needs.ts';
import { withSignal } from '../../../../editor/withSignal.ts';
import { compareVersions, compareWithWorkspace } from './compareVersions.ts';
import { rollBack } from './redeploy.ts';
import { versionDescription } from './versionWords.ts';
import { showStatus } from '../../../../editor/shown/messages.ts';

/** A version together with the history that it is part of. */
export interface ChosenVersion {
  readonly app: App;
  readonly version: AppVersion;
  readonly history: readonly AppVersion[];
}

/** The history as it is now. @throws kind `notFound` when the app was never deployed */
export async function readHistory({ lifecycle }: AppsNeeds, app: App): Promise<readonly AppVersion[]> {
  const history = await withSignal(text`Loading the history of ${app.name}…`, (signal) =>
    lifecycle.readHistory(app, signal),
  );
  if (history.length === 0)
    throw new ModalError('notFound', `${app.name} has no history. Only deployed apps have versions.`);
  return history;
}

/** The version of a row, or the user's choice in an app. */
export async function resolveVersion(
  services: AppsNeeds,
  target: Target | undefined,
  title: Text,
): Promise<ChosenVersion | undefined> {
  const app = await resolveApp(services, target, title);
  if (!app) return undefined;
  const history = await readHistory(services, app);
  const version =
    target?.kind === 'version'
      ? history.find(({ number }) => number === target.version.number)
      : await pickVersion(title, history);
  return version && { app, version, history };
}

export function pickVersion(title: Text, versions: readonly AppVersion[]): Promise<AppVersion | undefined> {
  const now = Date.now();
  return pick(
    title,
    text`Select a version`,
    versions.map((version) => ({
      label: text`v${version.number}`,
      description: plain(versionDescription(version, now)),
      detail: version.commit
        ? plain([version.commit.branch, version.commit.author].filter(Boolean).join(' · '))
        : text`No commit`,
      iconPath: new vscode.ThemeIcon(version.live ? 'pass-filled' : 'git-commit'),
      value: version,
    })),
  );
}

/** All versions in a list that can be searched, then what can be done with the chosen one. */
export async function showHistory(
  services: AppsNeeds,
  target: Target | undefined,
  title: Text,
): Promise<void> {
  const app = await resolveApp(services, target, title);
  if (!app) return;
  const history = await readHistory(services, app);
  const version = await pickVersion(text`Versions of ${app.name} in ${app.environment}`, history);
  if (!version) return;
  const chosen: ChosenVersion = { app, version, history };
  const action = await pick<() => Promise<void>>(
    text`${app.name} v${version.number}`,
    text`Deployed ${spokenAge(version.deployedAt, Date.now())}`,
    actionsOf(services, chosen),
  );
  await action?.();
}

function actionsOf(services: AppsNeeds, { app, version, history }: ChosenVersion) {
  const action = (label: string, icon: string, value: () => Promise<void>) => ({
    label: plain(label),
    iconPath: new vscode.ThemeIcon(icon),
    value,
  });
  const live = history.find((each) => each.live);
  return [
    action(text`Compare with Workspace`, 'diff', () => compareWithWorkspace(services, app, version)),
    ...(history.length > 1
      ? [
          action(text`Compare with Other Version…`, 'git-compare', () =>
            compareWithOther(services, { app, version, history }),
          ),
        ]
      : []),
    ...(version.live
      ? []
      : [action(text`Roll Back…`, 'discard', () => rollBack(services, app, version, live))]),
    ...(version.commit
      ? [action(text`Copy Commit Hash`, 'copy', () => copyHash(version.commit?.hash ?? ''))]
      : []),
  ];
}

async function copyHash(hash: string): Promise<void> {
  await vscode.env.clipboard.writeText(hash);
  showStatus('check', text`Copied ${hash}`, 4000);
}

/** Asks for the second version, the live one first. */
export async function compareWithOther(
  services: AppsNeeds,
  { app, version, history }: ChosenVersion,
): Promise<void> {
  const others = history
    .filter(({ number }) => number !== version.number)
    .sort((a, b) => Number(b.live) - Number(a.live));
  if (others.length === 0) throw new ModalError('notFound', `${app.name} has only one version.`);
  const other = await pickVersion(text`Compare v${version.number} with…`, others);
  if (other) await compareVersions(services, app, version, other);
}
