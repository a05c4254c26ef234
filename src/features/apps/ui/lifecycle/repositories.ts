import { withoutEndSlashes } from '../../../../shared/endSlashes.ts';
import { ModalError } from '../../../../domain/errors.ts';
import type { VersionCommit } from '../../../../domain/lifecycle.ts';
import type { GitApi, GitRepository } from './gitApi.ts';

/**
 * Finds the open repository that has all of the commits.
 * @throws kind `notFound`, with what the user can do about it
 */
export async function repositoryWith(
  { repositories }: GitApi,
  commits: readonly VersionCommit[],
): Promise<GitRepository> {
  if (repositories.length === 0) {
    throw new ModalError(
      'notFound',
      'No Git repository is open. Open the folder that the app was deployed from, then try again.',
    );
  }
  for (const repository of repositories) {
    const missing = await missingIn(repository, commits);
    if (missing.length === 0) return repository;
  }
  const url = commits[0]?.repoUrl ?? '';
  const same = repositories.find((repository) => url && remotesOf(repository).includes(remoteKey(url)));
  const [absent] = same ? await missingIn(same, commits) : commits;
  const hash = (absent ?? commits[0])?.hash.slice(0, 7) ?? '';
  if (url && !same) {
    throw new ModalError(
      'notFound',
      `Commit ${hash} belongs to ${url}, which isn't open in VS Code. Open a clone of it, then try again.`,
    );
  }
  throw new ModalError(
    'notFound',
    `Commit ${hash} is not in the open repository. Fetch it with "git fetch --all", then try again. If it was never pushed, it exists only on the machine that deployed it.`,
  );
}

async function missingIn(
  repository: GitRepository,
  commits: readonly VersionCommit[],
): Promise<VersionCommit[]> {
  const found = await Promise.all(
    commits.map(({ hash }) =>
      repository.getCommit(hash).then(
        () => true,
        () => false,
      ),
    ),
  );
  return commits.filter((_commit, at) => !found[at]);
}

function remotesOf({ state }: GitRepository): string[] {
  return state.remotes.flatMap(({ fetchUrl, pushUrl }) =>
    [fetchUrl, pushUrl].flatMap((url) => (url ? remoteKey(url) : [])),
  );
}

/**
 * One spelling for the addresses of a Git remote, so that `git@host:me/repo.git` and `https://host/me/repo` are equal.
 * @returns `host/path` in lower case, or the text itself when it is no such address
 */
export function remoteKey(address: string): string {
  const text = address.trim();
  const scp = /^(?:[\w.-]+@)?([\w.-]+):(?!\/\/)(.+)$/.exec(text);
  const url = /^[a-z][\w+.-]*:\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/(.+)$/i.exec(text);
  const [, host, path] = url ?? scp ?? [];
  if (!host || !path) return text.toLowerCase();
  return `${host}/${withoutEndSlashes(path).replace(/\.git$/, '')}`.toLowerCase();
}
