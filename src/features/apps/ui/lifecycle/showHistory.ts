import * as vscode from 'vscode';
import type { App } from '../../../../domain/app.ts';
import { ModalError } from '../../../../domain/errors.ts';
import type { AppVersion } from '../../../../domain/lifecycle.ts';
import type { Text } from '../../../../shared/text.ts';
import { plain, text } from '../../../../shared/text.ts';
import { spokenAge } from '../../../../shared/format.ts';
import { pick } from '../../../../commands/pick.ts';
import type { Services } from '../../../../commands/services.ts';
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
export async function readHistory({ lifecycle }: Services, app: App): Promise<readonly AppVersion[]> {
  const history = await withSignal(text`Reading the history of ${app.name}…`, (signal) =>
    lifecycle.readHistory(app, signal),
  );
  if (history.length === 0)
    throw new ModalError('notFound', `${app.name} has no history: only deployed apps have versions.`);
  return history;
}

/** The version of a row, or the user's choice in an app. */
export async function resolveVersion(
  services: Services,
  argument: unknown,
  title: Text,
  chooseApp: () => Promise<App | undefined>,
): Promise<ChosenVersion | undefined> {
  const target = services.appsView.target(typeof argument === 'string' ? argument : undefined);
  const app = target && target.kind !== 'environment' ? target.app : await chooseApp();
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
    text`Choose a version`,
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
  services: Services,
  argument: unknown,
  chooseApp: () => Promise<App | undefined>,
): Promise<void> {
  const target = services.appsView.target(typeof argument === 'string' ? argument : undefined);
  const app = target && target.kind !== 'environment' ? target.app : await chooseApp();
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

function actionsOf(services: Services, { app, version, history }: ChosenVersion) {
  const action = (label: string, icon: string, value: () => Promise<void>) => ({
    label: plain(label),
    iconPath: new vscode.ThemeIcon(icon),
    value,
  });
  const live = history.find((each) => each.live);
  return [
    action(text`Compare with Workspace`, 'diff', () => compareWithWorkspace(app, version)),
    ...(history.length > 1
      ? [
          action(text`Compare with Other Version…`, 'git-compare', () =>
            compareWithOther({ app, version, history }),
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
export async function compareWithOther({ app, version, history }: ChosenVersion): Promise<void> {
  const others = history
    .filter(({ number }) => number !== version.number)
    .sort((a, b) => Number(b.live) - Number(a.live));
  if (others.length === 0) throw new ModalError('notFound', `${app.name} has only one version.`);
  const other = await pickVersion(text`Compare v${version.number} with`, others);
  if (other) await compareVersions(app, version, other);
}
