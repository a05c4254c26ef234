/** What a package says of where it comes from. */
export interface Addresses {
  /** For the manifest. */
  readonly manifest: {
    readonly repository: { readonly type: 'git'; readonly url: string };
    readonly bugs: { readonly url: string };
    readonly homepage: string;
  };
  /** What relative links and pictures of the README lead to: the files as they were when the package was made. */
  readonly links: string;
  readonly pictures: string;
}

/**
 * Only the environment of a run on GitHub tells them: the checkout does not know where it is published.
 * @returns undefined when it tells nothing
 * @throws Error when it tells something that is no address
 */
export function addressesFrom(env: NodeJS.ProcessEnv): Addresses | undefined {
  const {
    GITHUB_REPOSITORY: name,
    GITHUB_SERVER_URL: server = 'https://github.com',
    GITHUB_SHA: commit,
  } = env;
  if (!name) return undefined;
  if (!/^[\w-]+\/[\w.-]+$/.test(name)) throw new Error(`GITHUB_REPOSITORY is no owner/name: ${name}`);
  if (!/^https:\/\/[\w.-]+(?::\d+)?$/.test(server))
    throw new Error(`GITHUB_SERVER_URL is no https address of a server: ${server}`);
  if (!commit || !/^[\da-f]{40}$/.test(commit)) throw new Error(`GITHUB_SHA is no commit: ${commit ?? ''}`);
  const repository = `${server}/${name}`;
  return {
    manifest: {
      repository: { type: 'git', url: `${repository}.git` },
      bugs: { url: `${repository}/issues` },
      homepage: `${repository}#readme`,
    },
    links: `${repository}/blob/${commit}`,
    pictures: `${repository}/raw/${commit}`,
  };
}
