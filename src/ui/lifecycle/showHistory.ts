import * as vscode from 'vscode';
import type { App } from '../../domain/app.ts';
import { ModalError } from '../../domain/errors.ts';
import type { AppVersion } from '../../domain/lifecycle.ts';
import { spokenAge } from '../../domain/words.ts';
import { pick } from '../commands/pick.ts';
import type { Services } from '../commands/services.ts';
import { withSignal } from '../withSignal.ts';
import { compareVersions, compareWithWorkspace } from './compareVersions.ts';
import { rollBack } from './redeploy.ts';
import { versionDescription } from './versionWords.ts';

/** A version together with the history that it is part of. */
export interface ChosenVersion {
  readonly app: App;
  readonly version: AppVersion;
  readonly history: readonly AppVersion[];
}

/** The history as it is now. @throws kind `notFound` when the app was never deployed */
export async function readHistory({ lifecycle }: Services, app: App): Promise<readonly AppVersion[]> {
  const history = await withSignal(vscode.l10n.t('Reading the history of {0}…', app.name), (signal) =>
    lifecycle.readHistory(app, signal),
  );
  if (history.length === 0)
    throw new ModalError(
      'notFound',
      vscode.l10n.t('{0} has no history: only deployed apps have versions.', app.name),
    );
  return history;
}

/** The version of a row, or the user's choice in an app. */
export async function resolveVersion(
  services: Services,
  argument: unknown,
  title: string,
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

export function pickVersion(title: string, versions: readonly AppVersion[]): Promise<AppVersion | undefined> {
  const now = Date.now();
  return pick(
    title,
    vscode.l10n.t('Choose a version'),
    versions.map((version) => ({
      label: `v${version.number}`,
      description: versionDescription(version, now),
      detail: version.commit
        ? [version.commit.branch, version.commit.author].filter(Boolean).join(' · ')
        : vscode.l10n.t('No commit'),
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
  const { t } = vscode.l10n;
  const target = services.appsView.target(typeof argument === 'string' ? argument : undefined);
  const app = target && target.kind !== 'environment' ? target.app : await chooseApp();
  if (!app) return;
  const history = await readHistory(services, app);
  const version = await pickVersion(t('Versions of {0} in {1}', app.name, app.environment), history);
  if (!version) return;
  const chosen: ChosenVersion = { app, version, history };
  const action = await pick<() => Promise<void>>(
    t('{0} v{1}', app.name, version.number),
    t('Deployed {0}', spokenAge(version.deployedAt, Date.now())),
    actionsOf(services, chosen),
  );
  await action?.();
}

function actionsOf(services: Services, { app, version, history }: ChosenVersion) {
  const { t } = vscode.l10n;
  const action = (label: string, icon: string, value: () => Promise<void>) => ({
    label,
    iconPath: new vscode.ThemeIcon(icon),
    value,
  });
  const live = history.find((each) => each.live);
  return [
    action(t('Compare with Workspace'), 'diff', () => compareWithWorkspace(app, version)),
    ...(history.length > 1
      ? [
          action(t('Compare with Other Version…'), 'git-compare', () =>
            compareWithOther({ app, version, history }),
          ),
        ]
      : []),
    ...(version.live
      ? []
      : [action(t('Roll Back…'), 'discard', () => rollBack(services, app, version, live))]),
    ...(version.commit
      ? [action(t('Copy Commit Hash'), 'copy', () => copyHash(version.commit?.hash ?? ''))]
      : []),
  ];
}

async function copyHash(hash: string): Promise<void> {
  await vscode.env.clipboard.writeText(hash);
  vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t('Copied {0}', hash)}`, 4000);
}

/** Asks for the second version, the live one first. */
export async function compareWithOther({ app, version, history }: ChosenVersion): Promise<void> {
  const others = history
    .filter(({ number }) => number !== version.number)
    .sort((a, b) => Number(b.live) - Number(a.live));
  if (others.length === 0)
    throw new ModalError('notFound', vscode.l10n.t('{0} has only one version.', app.name));
  const other = await pickVersion(vscode.l10n.t('Compare v{0} with', version.number), others);
  if (other) await compareVersions(app, version, other);
}
