import * as vscode from 'vscode';
import type { CommitHash } from '../../../../domain/identifiers.ts';
import { ModalError } from '../../../../domain/errors.ts';

/**
 * The parts of the built-in Git extension's API (version 1) that comparing versions needs. It hands refs to Git as they
 * are, where one that begins with a dash is an option; so only full hashes are taken here.
 */
export interface GitApi {
  readonly state: 'uninitialized' | 'initialized';
  readonly onDidChangeState: vscode.Event<'uninitialized' | 'initialized'>;
  readonly repositories: readonly GitRepository[];
  toGitUri(uri: vscode.Uri, ref: CommitHash): vscode.Uri;
}

export interface GitRepository {
  readonly rootUri: vscode.Uri;
  readonly state: { readonly remotes: readonly { readonly fetchUrl?: string; readonly pushUrl?: string }[] };
  /** Rejects when the repository has no such commit. */
  getCommit(ref: CommitHash): Promise<{ readonly hash: string }>;
  /** The working tree against a commit; files that Git does not track are left out. */
  diffWith(ref: CommitHash): Promise<readonly GitChange[]>;
  /** What happened on the way from the common ancestor of both to the second. */
  diffBetween(ref1: CommitHash, ref2: CommitHash): Promise<readonly GitChange[]>;
  /** Rejects when the commit has no such file. @returns `object`: the hash of its content */
  getObjectDetails(treeish: CommitHash, path: string): Promise<{ readonly object: string }>;
}

export interface GitChange {
  readonly uri: vscode.Uri;
  readonly originalUri: vscode.Uri;
  readonly status: number;
}

/** Values of the API's `Status` that leave one side of a comparison empty. */
export const added: readonly number[] = [1, 7];
export const deleted: readonly number[] = [2, 6];

interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): GitApi;
}

const initializeWithinMs = 10_000;

/** @throws kind `unsupported` when Git is missing or switched off */
export async function gitApi(): Promise<GitApi> {
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  const git = extension && (await extension.activate());
  if (!git?.enabled) {
    throw new ModalError(
      'unsupported',
      'Comparing versions needs Git. Install Git and turn on the setting "git.enabled", then try again.',
    );
  }
  const api = git.getAPI(1);
  await initialized(api);
  return api;
}

/** Repositories are found some time after the extension has started. */
async function initialized(api: GitApi): Promise<void> {
  if (api.state === 'initialized') return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      subscription.dispose();
      resolve();
    };
    const subscription = api.onDidChangeState(done);
    const timer = setTimeout(done, initializeWithinMs);
  });
}
