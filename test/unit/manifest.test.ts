import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands, contextKeys, hintsExclude, views, webviewPanels } from '../../src/contributions.ts';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

interface Manifest {
  icon: string;
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
  contributes: {
    commands: { command: string; icon: string; category: string; title: string }[];
    views: Record<string, { id: string; icon: string }[]>;
    viewsContainers: Record<string, { icon: string }[]>;
    menus: Record<string, { command: string; when?: string }[]>;
    viewsWelcome: { view: string; contents: string; when: string }[];
    configuration: { properties: Record<string, object> }[];
    walkthroughs: { steps: { media: { markdown: string } }[] }[];
  };
}

const text = read('package.json');
const manifest = JSON.parse(text) as Manifest;
const { contributes } = manifest;

describe('the manifest', () => {
  it('contributes exactly the commands and views that the code knows', () => {
    expect(contributes.commands.map(({ command }) => command).sort()).toEqual(Object.values(commands).sort());
    const contributed = Object.values(contributes.views).flatMap((list) => list.map(({ id }) => id));
    expect(contributed.sort()).toEqual(Object.values(views).sort());
  });

  it('lets a folder that is not trusted change only what is looked at', () => {
    const settings = contributes.configuration.flatMap(({ properties }) => Object.keys(properties));
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    const harmless = [
      'modalGpu.apps.showStopped',
      'modalGpu.codeLens',
      'modalGpu.doctor.disabledRules',
      'modalGpu.doctor.enabled',
      'modalGpu.doctor.hintsExclude',
    ];
    expect([...restrictedConfigurations, ...harmless].sort()).toEqual(settings.sort());
  });

  it('has the default that the code falls back to', () => {
    const settings = Object.assign(
      {},
      ...contributes.configuration.map(({ properties }) => properties),
    ) as Record<string, unknown>;
    expect(settings['modalGpu.doctor.hintsExclude']).toMatchObject({ default: hintsExclude });
  });

  it('names only icons and files that exist', () => {
    const css = read('node_modules/@vscode/codicons/dist/codicon.css');
    for (const { icon } of contributes.commands) {
      const name = icon.slice(2, -1);
      expect(css, name).toContain(`.codicon-${name}:before`);
    }
    const files = [
      manifest.icon,
      ...Object.values(contributes.views).flatMap((list) => list.map(({ icon }) => icon)),
      ...Object.values(contributes.viewsContainers).flatMap((list) => list.map(({ icon }) => icon)),
      ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.markdown)),
    ];
    for (const file of files) expect(existsSync(path.join(root, file)), file).toBe(true);
  });

  it('shows nothing by a context key that nobody sets', () => {
    const whens = [
      ...Object.values(contributes.menus).flatMap((items) => items.map(({ when = '' }) => when)),
      ...contributes.viewsWelcome.map(({ when }) => when),
    ];
    const used = new Set(whens.flatMap((when) => [...when.matchAll(/modalGpu\.\w+/g)].map(([key]) => key)));
    const known = [contextKeys, views, webviewPanels].flatMap((ids) => Object.values<string>(ids));
    for (const key of used) expect(known).toContain(key);
  });

  it('runs only commands that exist from menus, welcomes and walkthrough', () => {
    const known: string[] = [...Object.values(commands), 'vscode.openFolder'];
    const links = [...text.matchAll(/\(command:([\w.]+)/g)].map(([, id]) => id ?? '');
    const inMenus = Object.values(contributes.menus).flatMap((items) => items.map(({ command }) => command));
    for (const id of [...links, ...inMenus]) expect(known).toContain(id);
  });

  it('has no setting that is not read', async () => {
    const config = await readFile(path.join(root, 'src/editor/config.ts'), 'utf8');
    for (const key of contributes.configuration.flatMap(({ properties }) => Object.keys(properties))) {
      const short = key.replace('modalGpu.', '');
      expect(config.includes(`'${short}':`) || config.includes(` ${short}:`), key).toBe(true);
    }
  });
});

describe('the source', () => {
  it('reads the editor settings in one file only', async () => {
    const files = (await readdir(path.join(root, 'src'), { recursive: true })).filter((file) =>
      file.endsWith('.ts'),
    );
    const readers = files.filter((file) => read(path.join('src', file)).includes('getConfiguration('));
    expect(readers).toEqual([path.join('editor', 'config.ts')]);
  });
});
