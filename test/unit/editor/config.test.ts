/** Settings: what is accepted, what stands in for the rest, and where a choice of the user is kept. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Memento } from 'vscode';
import { hintsExclude } from '../../../src/contributions.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { SettingKey } from '../../../src/editor/config.ts';
import { Config } from '../../../src/editor/config.ts';
import * as editor from '../support/whole/editor.ts';
import { emptied, taken } from '../support/whole/transcript.ts';

vi.mock('vscode', () => import('../support/whole/editor.ts'));

let warned: string[];
let kept: Map<string, unknown>;
const configOf = () => {
  const state = {
    get: (key: string) => kept.get(key),
    update: (key: string, value: unknown) => Promise.resolve(void kept.set(key, value)),
  };
  return new Config({ ...silentLogger, warn: (words) => warned.push(words) }, state as unknown as Memento);
};
const folder = editor.Uri.file('/work');
const open = () => (editor.workspace.workspaceFolders = [{ uri: folder, name: 'work', index: 0 }]);
const set = (settings: Readonly<Record<string, unknown>>) => {
  for (const [key, value] of Object.entries(settings)) editor.changeSetting(key, value);
};
beforeEach(() => {
  warned = [];
  kept = new Map();
  editor.state.settings.clear();
  Object.assign(editor.workspace, { workspaceFolders: undefined, workspaceFile: undefined, isTrusted: true });
  emptied();
});

describe('a setting', () => {
  it.each<readonly [SettingKey, unknown, unknown]>([
    ['cli.path', '/bin/modal', 3],
    ['profile', 'one', undefined],
    ['environment', 'dev', ['dev']],
    ['deploy.waitForHealth', false, 'no'],
    ['apps.refreshSeconds', 2, 1],
    ['apps.refreshSeconds', 600, 601],
    ['apps.refreshSeconds', 30, '30'],
    ['apps.showStopped', true, 1],
    ['requests.timeoutSeconds', 10, 9],
    ['requests.timeoutSeconds', 7200, 7201],
    ['codeLens', false, null],
    ['doctor.enabled', false, 0],
    ['doctor.disabledRules', ['stub'], ['stub', 1]],
    ['doctor.hintsExclude', ['**/x.py'], '**/x.py'],
  ])('%s is taken as %j; for %j its default stands in, and that is noted', (key, good, bad) => {
    const fallback: Readonly<Partial<Record<SettingKey, unknown>>> = {
      ...{ 'deploy.waitForHealth': true, 'apps.refreshSeconds': 10, 'apps.showStopped': false },
      ...{ 'requests.timeoutSeconds': 600, codeLens: true, 'doctor.enabled': true },
      ...{ 'doctor.disabledRules': [], 'doctor.hintsExclude': hintsExclude },
    };
    set({ [`modalGpu.${key}`]: good });
    expect(configOf().get(key)).toEqual(good);
    expect(warned).toEqual([]);
    set({ [`modalGpu.${key}`]: bad });
    expect(configOf().get(key)).toEqual(fallback[key] ?? '');
    expect(warned).toEqual([`Setting modalGpu.${key} has a value we cannot use; the default applies.`]);
  });

  it('that changes is told to who listens to it, and to no other', () => {
    const told: string[] = [];
    const config = configOf();
    const profile = config.onDidChange(['profile'], () => told.push('profile'));
    config.onDidChange(['cli.path', 'codeLens'], () => told.push('others'));
    config.onDidChangeExcludes(() => told.push('excludes'));
    set({
      'modalGpu.profile': 'one',
      'modalGpu.codeLens': false,
      'search.exclude': {},
      'files.exclude': {},
      'files.eol': '',
    });
    expect(told).toEqual(['profile', 'others', 'excludes', 'excludes']);
    profile.dispose();
    set({ 'modalGpu.profile': 'two' });
    expect(told).toHaveLength(4);
  });
});

describe('a choice for this workspace', () => {
  it('is a setting of the workspace where one is open', async () => {
    open();
    await configOf().choose('profile', 'one');
    expect(taken()).toEqual(['setting: modalGpu.profile = "one"']);
    await configOf().choose('profile', '');
    expect(taken()).toEqual(['setting: modalGpu.profile = undefined']);
    expect(kept.size).toBe(0);
  });

  it.each([
    ['without a folder', () => undefined],
    [
      'in a folder that is not trusted',
      () => void Object.assign(open(), { isTrusted: (editor.workspace.isTrusted = false) }),
    ],
  ])('is kept beside the settings %s, and wins over those of the user', async (_where, prepare) => {
    prepare();
    set({ 'modalGpu.environment': 'of the user' });
    const config = configOf();
    const told: string[] = [];
    config.onDidChange(['environment'], () => told.push('environment'));
    config.onDidChange(['profile'], () => told.push('profile'));
    await config.choose('environment', 'dev');
    expect([config.get('environment'), told, taken()]).toEqual(['dev', ['environment'], []]);
    expect(kept).toEqual(new Map([['choice.environment', 'dev']]));
    open();
    editor.workspace.isTrusted = true;
    expect(config.get('environment')).toBe('of the user');
    config.dispose();
    kept.clear();
  });
});

describe('the way through the network', () => {
  it('is what the editor has for proxies and certificates', () => {
    expect(configOf().network()).toMatchObject({
      proxy: '',
      noProxy: [],
      useProxy: true,
      strictSsl: true,
      systemCertificates: true,
    });
    set({
      'http.proxy': ' http://p:1 ',
      'http.proxyAuthorization': 'Basic x',
      'http.noProxy': ['a', 1, 'b'],
      'http.proxySupport': 'off',
      'http.proxyStrictSSL': false,
      'http.systemCertificates': false,
    });
    expect(configOf().network()).toMatchObject({
      proxy: 'http://p:1',
      proxyAuthorization: 'Basic x',
      noProxy: ['a', 'b'],
      useProxy: false,
      strictSsl: false,
      systemCertificates: false,
    });
  });

  it('and what searches leave out, are read as they are now', () => {
    expect(configOf().searchExclude(folder as never)).toEqual({});
    set({ 'search.exclude': { '**/x': true } });
    expect(configOf().searchExclude(folder as never)).toEqual({ '**/x': true });
    set({ 'search.exclude': 'x' });
    expect(configOf().searchExclude(folder as never)).toEqual({});
  });
});
