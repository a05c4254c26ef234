import * as vscode from 'vscode';
import type { App } from '../../../../domain/app.ts';
import { ModalError } from '../../../../domain/errors.ts';
import type { CommitHash } from '../../../../domain/identifiers.ts';
import type { AppVersion, VersionCommit } from '../../../../domain/lifecycle.ts';
import type { Text } from '../../../../shared/text.ts';
import { plain, text } from '../../../../shared/text.ts';
import { plural } from '../../../../shared/format.ts';
import type { AppsNeeds } from '../needs.ts';
import { appFolder } from './appFolder.ts';
import type { GitApi, GitRepository } from './gitApi.ts';
import { added, deleted, gitApi } from './gitApi.ts';
import { repositoryWith } from './repositories.ts';
import { commitWord } from './versionWords.ts';
import { showInformation, showWarning } from '../../../../editor/shown/messages.ts';

/** A file with its two sides, as the editor's list of changes wants it; a side is undefined where there is no file. */
type Difference = readonly [file: vscode.Uri, before: vscode.Uri | undefined, after: vscode.Uri | undefined];

type SourceNeeds = Pick<AppsNeeds, 'sourceFiles'>;

/** Shows what has changed in the workspace since a version was deployed. */
export async function compareWithWorkspace(needs: SourceNeeds, app: App, version: AppVersion): Promise<void> {
  const commit = commitOf(app, version);
  const git = await gitApi();
  const repository = await repositoryWith(git, [commit]);
  const differences = (await repository.diffWith(commit.hash)).map((change): Difference => {
    const before = added.includes(change.status) ? undefined : git.toGitUri(change.originalUri, commit.hash);
    return [change.uri, before, deleted.includes(change.status) ? undefined : change.uri];
  });
  const title = text`${app.name} v${version.number} (${commitWord(commit)}) ↔ Workspace`;
  await show(needs, app, repository, title, differences, [version]);
}

/** Shows what differs between the commits of two versions, the older one on the left. */
export async function compareVersions(
  needs: SourceNeeds,
  app: App,
  one: AppVersion,
  other: AppVersion,
): Promise<void> {
  const [left, right] = one.number < other.number ? [one, other] : [other, one];
  const [before, after] = [commitOf(app, left), commitOf(app, right)];
  const git = await gitApi();
  const repository = await repositoryWith(git, [before, after]);
  const differences = await differencesBetween(git, repository, before.hash, after.hash);
  const title = text`${app.name} v${left.number} (${commitWord(before)}) ↔ v${right.number} (${commitWord(after)})`;
  await show(needs, app, repository, title, differences, [left, right]);
}

/** @throws kind `notFound` for a version that says nothing about its code */
function commitOf(app: App, { number, commit, unusableCommit }: AppVersion): VersionCommit {
  if (commit) return commit;
  if (unusableCommit) {
    throw new ModalError(
      'notFound',
      `${app.name} v${number} has no usable commit: the value that Modal recorded isn't a Git hash. Deploy from a repository with the Modal CLI to compare later versions.`,
    );
  }
  throw new ModalError(
    'notFound',
    `No commit is recorded for ${app.name} v${number}: it was deployed outside a Git repository. Deploy from a repository to compare later versions.`,
  );
}

/**
 * Git's API compares a commit with the common ancestor only. Files that changed on either side of that ancestor are
 * therefore compared by content, which is right for branches and for going back as well.
 */
async function differencesBetween(
  git: GitApi,
  repository: GitRepository,
  before: CommitHash,
  after: CommitHash,
): Promise<Difference[]> {
  const sides = await Promise.all([
    repository.diffBetween(before, after),
    repository.diffBetween(after, before),
  ]);
  const files = new Map(
    sides.flat().flatMap(({ uri, originalUri }) => [uri, originalUri].map((each) => [each.fsPath, each])),
  );
  const compared = await Promise.all(
    [...files.values()].map(async (uri): Promise<Difference[]> => {
      const [left, right] = await Promise.all([
        contentHash(repository, before, uri),
        contentHash(repository, after, uri),
      ]);
      if (left === right) return [];
      return [[uri, left && git.toGitUri(uri, before), right && git.toGitUri(uri, after)] as Difference];
    }),
  );
  return compared.flat();
}

async function contentHash(
  repository: GitRepository,
  commit: CommitHash,
  uri: vscode.Uri,
): Promise<string | undefined> {
  try {
    return (await repository.getObjectDetails(commit, uri.fsPath)).object;
  } catch {
    return undefined; // the commit has no such file
  }
}

async function show(
  needs: SourceNeeds,
  app: App,
  repository: GitRepository,
  title: Text,
  all: readonly Difference[],
  versions: readonly AppVersion[],
): Promise<void> {
  const folder = await appFolder(needs, repository.rootUri, app.name);
  const inFolder = folder ? all.filter(([uri]) => uri.path.startsWith(`${folder.path}/`)) : all;
  const scope = folder ? vscode.workspace.asRelativePath(folder) : text`whole repository`;
  const open = (differences: readonly Difference[], where: string) =>
    vscode.commands.executeCommand('vscode.changes', `${title} · ${where}`, differences);
  if (inFolder.length > 0) await open(inFolder, scope);
  const dirty = versions.filter(({ commit }) => commit?.dirty).map(({ number }) => `v${number}`);
  const inexact =
    dirty.length > 0
      ? text`${dirty.join(' and ')} ${dirty.length === 1 ? 'was' : 'were'} deployed with uncommitted changes, so the comparison may not be exact.`
      : undefined;
  if (inFolder.length > 0) {
    if (inexact) void showWarning(inexact);
    return;
  }
  const nothing = folder
    ? text`No files differ in ${scope}.`
    : text`No files differ in the whole repository.`;
  const verb = all.length === 1 ? 'differs' : 'differ';
  const elsewhere = all.length > 0 ? text`${plural(all.length, 'file')} ${verb} elsewhere.` : undefined;
  const showAll = text`Show Them`;
  const chosen = await showInformation(
    plain([nothing, elsewhere, inexact].filter(Boolean).join(' ')),
    ...(all.length > 0 ? [showAll] : []),
  );
  if (chosen === showAll) await open(all, text`whole repository`);
}
