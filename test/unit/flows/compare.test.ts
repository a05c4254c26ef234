/** What versions of an app differ in, by their commits in a repository that is open. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commands, views } from '../../../src/contributions.ts';
import type { Started } from '../support/whole/extension.ts';
import { account, did, editor, start } from '../support/whole/extension.ts';
import { hashOf, populate, versionOf } from '../support/whole/scene.ts';
import type { OpenTree } from '../support/whole/views.ts';

vi.mock('vscode', () => import('../support/whole/editor.ts'));
vi.mock('../../../src/modal/sdk.ts', () => import('../support/whole/account.ts'));

let window: Started;
let tree: OpenTree;
beforeEach(async () => {
  window = await start({ files: {} });
  populate();
  tree = await window.look(views.apps);
});
afterEach(() => window.close());

const change = (name: string, status = 5) => ({
  ...{ uri: editor.Uri.file(`${window.work}/${name}`), status },
  originalUri: editor.Uri.file(`${window.work}/${name}`),
});
/** A repository with these commits; the content of a file is that of its commit. */
const openRepository = (commits: readonly number[], changes: readonly object[]) => {
  const asked: unknown[] = [];
  const repository = {
    rootUri: editor.Uri.file(window.work),
    state: { remotes: [{ fetchUrl: 'git@github.com:me/demo.git' }] },
    getCommit: (hash: string) =>
      commits.some((each) => hashOf(each) === hash) ? Promise.resolve({ hash }) : Promise.reject(new Error()),
    diffWith: () => Promise.resolve(changes),
    diffBetween: (...sides: readonly string[]) => {
      asked.push(sides.map((each) => each[0]));
      return Promise.resolve(changes);
    },
    getObjectDetails: (hash: string, file: string) =>
      file.endsWith('new.py') && hash === hashOf(1)
        ? Promise.reject(new Error('no such file'))
        : Promise.resolve({ object: file.endsWith('same.py') ? 'same' : hash }),
  };
  const api = {
    state: 'initialized',
    repositories: commits.length > 0 ? [repository] : [],
    toGitUri: (uri: InstanceType<typeof editor.Uri>, ref: string) => `${uri.toString()}@${ref[0]}`,
  };
  const git = { enabled: true, getAPI: () => api };
  editor.state.extensions.set('vscode.git', { activate: () => Promise.resolve(git) });
  return asked;
};
const compare = () => did(commands.compareVersions, tree.row('demo-app'), 'v3', 'v1');

describe('comparing versions', () => {
  it('shows what differs between their commits, the older on the left', async () => {
    const asked = openRepository([1, 3], [change('app.py'), change('same.py'), change('new.py')]);
    expect((await compare()).slice(7)).toEqual([
      'command: vscode.changes demo-app v1 (1111111) ↔ v3 (3333333) · whole repository [["file:///work/app.py","file:///work/app.py@1","file:///work/app.py@3"],["file:///work/new.py",null,"file:///work/new.py@3"]]',
    ]);
    expect(asked).toEqual([
      ['1', '3'],
      ['3', '1'],
    ]);
  });

  it('shows what has changed in the workspace since', async () => {
    openRepository([1, 3], [change('app.py'), change('added.py', 1), change('gone.py', 6)]);
    const told = await did(commands.compareWithWorkspace, tree.row('demo-app'), 'v1');
    expect(told.slice(4)).toEqual([
      'command: vscode.changes demo-app v1 (1111111) ↔ Workspace · whole repository [["file:///work/app.py","file:///work/app.py@1","file:///work/app.py"],["file:///work/added.py",null,"file:///work/added.py"],["file:///work/gone.py","file:///work/gone.py@1",null]]',
    ]);
  });

  it('says that nothing differs', async () => {
    openRepository([1, 3], []);
    expect((await compare()).slice(7)).toEqual(['information: No files differ in the whole repository.']);
  });

  it('looks only into the folder of the app, and offers the rest', async () => {
    const at = (name: string, text: string) => window.write(`work/${name}`, text);
    at('one/app.py', 'import modal\napp = modal.App("demo-app")\n');
    at('two/app.py', 'import modal\napp = modal.App("other")\n');
    openRepository([1, 3], [change('two/app.py')]);
    expect(
      (await did(commands.compareVersions, tree.row('demo-app'), 'v3', 'v1', 'Show Them')).slice(7),
    ).toEqual([
      'information: No files differ in one. 1 file differs elsewhere.',
      '  [Show Them]',
      'command: vscode.changes demo-app v1 (1111111) ↔ v3 (3333333) · whole repository [["file:///work/two/app.py","file:///work/two/app.py@1","file:///work/two/app.py@3"]]',
    ]);
    openRepository([1, 3], [change('one/app.py'), change('two/app.py')]);
    expect((await compare()).slice(7)).toEqual([
      'command: vscode.changes demo-app v1 (1111111) ↔ v3 (3333333) · one [["file:///work/one/app.py","file:///work/one/app.py@1","file:///work/one/app.py@3"]]',
    ]);
  });

  it('says where uncommitted changes make it inexact', async () => {
    const history = account.histories.get('ap-1')!;
    account.histories.set(
      'ap-1',
      history.map((each) => (each.commit ? { ...each, commit: { ...each.commit, dirty: true } } : each)),
    );
    openRepository([1, 3], [change('app.py')]);
    expect((await compare()).slice(7)).toEqual([
      'command: vscode.changes demo-app v1 (1111111*) ↔ v3 (3333333*) · whole repository [["file:///work/app.py","file:///work/app.py@1","file:///work/app.py@3"]]',
      'warning: v1 and v3 were deployed with uncommitted changes, so the comparison may not be exact.',
    ]);
  });

  it('refuses a version without a usable commit', async () => {
    openRepository([1], []);
    expect((await did(commands.compareWithWorkspace, tree.row('demo-app'), 'v2')).slice(4)).toEqual([
      'error: Compare Version with Workspace: No commit is recorded for demo-app v2: it was deployed outside a Git repository. Deploy from a repository to compare later versions.',
      '  [Show Extension Log]',
    ]);
    account.histories.set('ap-1', [versionOf(1, { live: true, unusableCommit: true })]);
    expect((await did(commands.compareWithWorkspace, tree.row('demo-app'), 'v1')).slice(2)).toEqual([
      "error: Compare Version with Workspace: demo-app v1 has no usable commit: the value that Modal recorded isn't a Git hash. Deploy from a repository with the Modal CLI to compare later versions.",
      '  [Show Extension Log]',
    ]);
    expect((await did(commands.compareVersions, tree.row('demo-app'), 'v1')).slice(2)).toEqual([
      'error: Compare Version with Other Version: demo-app has only one version.',
      '  [Show Extension Log]',
    ]);
  });

  it('says which commit is missing, and where it may be', async () => {
    openRepository([1], []);
    expect((await compare()).slice(7)).toEqual([
      'error: Compare Version with Other Version: Commit 3333333 is not in the open repository. Fetch it with "git fetch --all", then try again. If it was never pushed, it exists only on the machine that deployed it.',
      '  [Show Extension Log]',
    ]);
    const history = account.histories.get('ap-1')!;
    account.histories.set(
      'ap-1',
      history.map((each) =>
        each.commit ? { ...each, commit: { ...each.commit, repoUrl: 'https://github.com/me/other' } } : each,
      ),
    );
    expect((await compare()).slice(7)).toEqual([
      "error: Compare Version with Other Version: Commit 1111111 belongs to https://github.com/me/other, which isn't open in VS Code. Open a clone of it, then try again.",
      '  [Show Extension Log]',
    ]);
    openRepository([], []);
    expect((await compare()).slice(7)).toEqual([
      'error: Compare Version with Other Version: No Git repository is open. Open the folder that the app was deployed from, then try again.',
      '  [Show Extension Log]',
    ]);
    editor.state.extensions.clear();
    expect((await compare()).slice(7)).toEqual([
      'error: Compare Version with Other Version: Comparing versions needs Git. Install Git and turn on the setting "git.enabled", then try again.',
      '  [Show Extension Log]',
    ]);
  });
});
