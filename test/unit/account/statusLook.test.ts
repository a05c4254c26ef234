import { describe, expect, it } from 'vitest';
import { commands } from '../../../src/contributions.ts';
import type { Connection } from '../../../src/modal/connection.ts';
import type { StatusFacts } from '../../../src/features/account/ui/statusLook.ts';
import { effectiveEnvironment, statusLook } from '../../../src/features/account/ui/statusLook.ts';

const connection: Connection = {
  profile: 'team',
  serverUrl: 'https://api.modal.com:443',
  tokenId: 'ak-ABCDEFGH1234',
  tokenSecret: 'as-CANARYCANARY',
  environment: '',
  sources: {
    profile: 'file',
    server: 'default',
    tokenId: 'file',
    tokenSecret: 'file',
    environment: 'default',
  },
  overriding: [],
  ignored: [],
  configPath: '/etc/modal.toml',
};
const ready: StatusFacts = {
  state: 'ready',
  workspace: 'acme',
  user: 'anna',
  connection,
  chosenEnvironment: '',
  defaultEnvironment: 'main',
};
const look = (changes: Partial<StatusFacts> = {}) => statusLook({ ...ready, ...changes })!;
/** The tooltip as it reads, without Markdown's escapes. */
const read = (text: string) => text.replace(/\\(.)/g, '$1');

describe('the status item', () => {
  it('shows workspace and environment, and where each value comes from', () => {
    const { text, tooltip, spoken, alarming, command } = look();
    expect(text).toBe('$(cloud) acme/main');
    expect(spoken).toBe('Modal workspace acme, environment main, profile team');
    expect(read(tooltip.source).split('\n')).toEqual(
      expect.arrayContaining([
        '**Modal** workspace **acme**, user anna',
        '| Profile | team | active profile in /etc/modal.toml |',
        '| Environment | main | default of the Modal workspace |',
        '| Server | https://api.modal.com:443 | default |',
        '| Token | ak-…1234 | /etc/modal.toml |',
      ]),
    );
    expect(alarming).toBe(false);
    expect(command).toBe(commands.switchAccount);
    expect(tooltip.source).not.toContain('CANARY');
    expect(tooltip.source).not.toContain('ABCDEFGH');
  });

  it('takes the environment from the setting, the profile, a variable, or the server', () => {
    const own = (source: 'file' | 'variable'): Connection => ({
      ...connection,
      environment: 'dev',
      sources: { ...connection.sources, environment: source },
    });
    expect(effectiveEnvironment({ ...ready, chosenEnvironment: 'prod', connection: own('file') })).toEqual({
      name: 'prod',
      source: 'setting modalGpu.environment',
    });
    expect(effectiveEnvironment({ ...ready, connection: own('file') }).source).toBe('/etc/modal.toml');
    expect(effectiveEnvironment({ ...ready, connection: own('variable') })).toEqual({
      name: 'dev',
      source: 'variable MODAL_ENVIRONMENT',
    });
    expect(effectiveEnvironment(ready).name).toBe('main');
  });

  it('warns in words and with a sign of variables that override the file', () => {
    const { text, tooltip, spoken, alarming } = look({
      connection: {
        ...connection,
        sources: { ...connection.sources, tokenId: 'variable', tokenSecret: 'variable' },
        overriding: ['MODAL_TOKEN_ID', 'MODAL_TOKEN_SECRET'],
      },
    });
    expect(text).toBe('$(warning) acme/main');
    expect(read(tooltip.source)).toContain('| Token | ak-…1234 | variable MODAL_TOKEN_ID |');
    const warning = 'MODAL_TOKEN_ID, MODAL_TOKEN_SECRET in the environment override the profile file.';
    expect(read(tooltip.source)).toContain(`$(warning) ${warning}`);
    expect(spoken).toContain(warning);
    expect(alarming).toBe(false); // it works, and some want it so
  });

  it('is alarmed only by a token of two halves', () => {
    const { alarming, tooltip, spoken } = look({
      connection: { ...connection, sources: { ...connection.sources, tokenId: 'variable' } },
    });
    expect(alarming).toBe(true);
    expect(spoken).toContain('come from different places');
    expect(read(tooltip.source)).toContain('ID: variable MODAL_TOKEN_ID; secret: /etc/modal.toml');
  });

  it('says which variables a chosen profile has beaten', () => {
    const { text, tooltip } = look({
      connection: {
        ...connection,
        sources: { ...connection.sources, profile: 'setting' },
        ignored: ['MODAL_TOKEN_ID'],
      },
    });
    expect(text).toBe('$(cloud) acme/main');
    expect(read(tooltip.source)).toContain('| Profile | team | setting modalGpu.profile |');
    expect(read(tooltip.source)).toMatch(
      /MODAL_TOKEN_ID in the environment is ignored here.*In the terminal, it still takes precedence/,
    );
  });

  it('is not there before anything was read', () => {
    expect(statusLook({ ...ready, state: 'unknown' })).toBeUndefined();
    expect(statusLook({ ...ready, workspace: '' })).toBeUndefined();
  });

  it.each([
    ['signedOut', '$(account) Modal: sign in', commands.signIn],
    ['unauthenticated', '$(warning) Modal: invalid token', commands.switchAccount],
    ['profileBroken', '$(warning) Modal: invalid profile', commands.switchAccount],
    ['offline', '$(debug-disconnect) Modal: offline', commands.switchAccount],
    ['error', '$(warning) Modal: error', commands.switchAccount],
  ] as const)('says what is wrong: %s', (state, text, command) => {
    const shown = look({ state, problem: 'The cause. The next step.' });
    expect(shown).toMatchObject({ text, command, alarming: false });
    expect(read(shown.tooltip.source)).toContain('The cause. The next step.');
    expect(shown.spoken).toContain('The cause. The next step.');
  });

  it('takes names for text and not for Markdown or links', () => {
    const { tooltip } = look({ connection: { ...connection, profile: '[x](command:evil) | $(bug)\n# h' } });
    expect(tooltip.source).not.toContain('[x](command:evil)');
    expect(tooltip.source).not.toMatch(/(^|[^\\])\$\(bug/);
    expect(tooltip.source).not.toMatch(/^# h/m);
  });
});
