import { beforeEach, describe, expect, it, vi } from 'vitest';
import { resolveDeployTarget } from '../../../src/commands/deployTarget.ts';
import type { Services } from '../../../src/commands/services.ts';
import type { ScriptTarget } from '../../../src/domain/target.ts';
import { codeOf } from '../../../src/domain/target.ts';
import { plain } from '../../../src/shared/text.ts';
import { catalogApp } from '../support/catalogApp.ts';

const editor = vi.hoisted(() => ({ asked: [] as string[][] }));

vi.mock('vscode', async () => ({
  ...(await import('../support/editorEnums.ts')),
  ThemeIcon: function ThemeIcon() {
    return {};
  },
  Uri: function Uri() {
    return {};
  },
  window: {
    showQuickPick: (items: readonly { label: string }[]) => {
      editor.asked.push(items.map(({ label }) => label));
      return Promise.resolve(items[0]);
    },
  },
}));

// Reading the file and asking which of its apps is meant are tested with the scripts.
vi.mock('../../../src/features/workspace/lazy.ts', () => ({
  resolveScript: (_sources: unknown, { uri, variable }: ScriptTarget) =>
    Promise.resolve({ script: `${uri}::${variable}` }),
}));

beforeEach(() => {
  editor.asked.length = 0;
});

const title = plain('Deploy App');
const script = (name: string, uri: string, variable = 'app') => ({
  uri,
  label: uri,
  apps: [{ name, variable }],
});
const services = (scripts: readonly object[]) =>
  ({
    catalog: {
      apps: () => Promise.resolve([catalogApp(), catalogApp({ id: 'other', defaultAppName: 'other' })]),
    },
    scriptFinder: { find: () => Promise.resolve(scripts) },
  }) as unknown as Services;

describe('a button that offers to deploy an app again', () => {
  it('deploys that app, wherever its code is, and to its environment', async () => {
    const files = [script('mine', 'a.py'), script('yours', 'b.py', 'chat')];
    const to = (name: string) =>
      resolveDeployTarget(services(files), codeOf({ name, environment: 'dev' }), title);
    expect(await to('yours')).toMatchObject({ kind: 'script', script: 'b.py::chat', environment: 'dev' });
    expect(await to('demo-app')).toMatchObject({ kind: 'bundled', app: { id: 'demo' }, environment: 'dev' });
    await expect(to('theirs')).rejects.toMatchObject({
      kind: 'notFound',
      message: expect.stringContaining('has the app theirs') as string,
    });
    expect(editor.asked).toEqual([]);
  });

  it('deploys the bundled app that was deployed before, also under another name', async () => {
    const target = { kind: 'codeOfBundled', id: 'other', environment: 'dev' } as const;
    expect(await resolveDeployTarget(services([]), target, title)).toMatchObject({
      kind: 'bundled',
      app: { id: 'other' },
      environment: 'dev',
    });
  });

  it('asks where several files have it, and only for those', async () => {
    const files = [script('demo-app', 'copy.py'), script('mine', 'a.py')];
    const target = codeOf({ name: 'demo-app', environment: '' });
    expect(await resolveDeployTarget(services(files), target, title)).toMatchObject({
      script: 'copy.py::app',
    });
    expect(editor.asked).toEqual([['copy.py', 'Demo']]);
  });
});

it('a row of the Catalogue deploys its app, also a row of one of its samples', async () => {
  const bundled = catalogApp();
  for (const row of [
    { kind: 'catalogApp', bundled } as const,
    { kind: 'catalogSample', bundled, sample: bundled.samples[0]! } as const,
  ])
    expect(await resolveDeployTarget(services([]), row, title)).toEqual({ kind: 'bundled', app: bundled });
});
