import type { Markdown, Text } from '../../../shared/text.ts';
import { commandLink, icon, joinMarkdown, markdownText, text } from '../../../shared/text.ts';
import { commands } from '../../../contributions.ts';
import { homedir } from 'node:os';
import type { Connection, ConnectionValue } from '../../../modal/connection.ts';
import { isMixedToken, maskedTokenId, variableOf } from '../../../modal/connection.ts';
import type { ConnectionState } from '../../../store/appStore.ts';

/** What the status bar knows of the account in use. */
export interface StatusFacts {
  readonly state: ConnectionState;
  /** Names of the Modal workspace and user; '' until known. */
  readonly workspace: string;
  readonly user: string;
  /** Absent when profile and variables give none. */
  readonly connection?: Connection;
  /** Environment of the setting; '' = none. */
  readonly chosenEnvironment: string;
  /** The server's default environment; '' until known. */
  readonly defaultEnvironment: string;
  /** Why the last read failed. */
  readonly problem?: string;
}

export interface StatusLook {
  readonly text: Text;
  readonly tooltip: Markdown;
  readonly spoken: string;
  /** Nothing can work like this, so the colour of a warning is right. */
  readonly alarming: boolean;
  readonly command: string;
}

/** Environment that deploys go to, and where its name comes from. */
export function effectiveEnvironment(
  facts: Pick<StatusFacts, 'connection' | 'chosenEnvironment' | 'defaultEnvironment'>,
): { readonly name: string; readonly source: string } {
  const { connection, chosenEnvironment, defaultEnvironment } = facts;
  if (chosenEnvironment) return { name: chosenEnvironment, source: 'setting modalGpu.environment' };
  if (connection?.environment)
    return { name: connection.environment, source: sourceOf(connection, 'environment') };
  return { name: defaultEnvironment, source: 'default of the Modal workspace' };
}

/** @returns undefined while there is nothing to say */
export function statusLook(facts: StatusFacts): StatusLook | undefined {
  const { state, workspace, connection } = facts;
  if (state === 'unknown') return undefined;
  if (state !== 'ready') return troubleLook(facts);
  // Between two accounts nothing is known yet; what was shown stays for that moment.
  return workspace && connection ? readyLook(facts, connection) : undefined;
}

function readyLook(facts: StatusFacts, connection: Connection): StatusLook {
  const { name } = effectiveEnvironment(facts);
  const mixed = isMixedToken(connection);
  const warnings = warningsOf(connection);
  const place = [facts.workspace, name].filter(Boolean).join('/');
  return {
    text: text`${icon(warnings.length > 0 ? 'warning' : 'cloud')} ${place}`,
    tooltip: paragraphs([
      heading(facts),
      table(facts, connection),
      ...warnings.map((warning) => markdownText`${icon('warning')} ${warning}`),
      ...notesOf(connection).map((note) => markdownText`${icon('info')} ${note}`),
      links([
        [text`Switch Profile`, commands.switchProfile],
        [text`Switch Environment`, commands.switchEnvironment],
      ]),
    ]),
    spoken: [
      `Modal workspace ${facts.workspace}, environment ${name || 'unknown'}, profile ${connection.profile}`,
      ...warnings,
    ].join('. '),
    alarming: mixed,
    command: commands.switchAccount,
  };
}

const troubles: Readonly<Partial<Record<ConnectionState, { icon: string; word: string }>>> = {
  signedOut: { icon: 'account', word: 'sign in' },
  unauthenticated: { icon: 'warning', word: 'invalid token' },
  profileBroken: { icon: 'warning', word: 'invalid profile' },
  offline: { icon: 'debug-disconnect', word: 'offline' },
  error: { icon: 'warning', word: 'error' },
};

function troubleLook(facts: StatusFacts): StatusLook {
  const { icon: name, word } = troubles[facts.state] ?? { icon: 'warning', word: 'error' };
  const { connection, problem = '' } = facts;
  const warnings = connection ? warningsOf(connection) : [];
  return {
    text: text`${icon(name)} Modal: ${word}`,
    tooltip: paragraphs([
      heading(facts),
      ...(problem ? [markdownText`${problem}`] : []),
      ...(connection ? [table(facts, connection)] : []),
      ...warnings.map((warning) => markdownText`${icon('warning')} ${warning}`),
      links([
        [text`Sign In`, commands.signIn],
        [text`Switch Profile`, commands.switchProfile],
      ]),
    ]),
    spoken: [`Modal: ${word}`, problem, ...warnings].filter(Boolean).join('. '),
    alarming: false,
    command: facts.state === 'signedOut' ? commands.signIn : commands.switchAccount,
  };
}

function heading({ workspace, user }: StatusFacts): Markdown {
  if (!workspace) return markdownText`**Modal**`;
  const of = markdownText`**Modal** workspace **${workspace}**`;
  return user ? markdownText`${of}, user ${user}` : of;
}

function table(facts: StatusFacts, connection: Connection): Markdown {
  const environment = effectiveEnvironment(facts);
  const token = isMixedToken(connection)
    ? `ID: ${sourceOf(connection, 'tokenId')}; secret: ${sourceOf(connection, 'tokenSecret')}`
    : sourceOf(connection, 'tokenId');
  const rows = [
    ['Profile', connection.profile, sourceOf(connection, 'profile')],
    ['Environment', environment.name || 'unknown', environment.source],
    ['Server', connection.serverUrl, sourceOf(connection, 'server')],
    ['Token', maskedTokenId(connection.tokenId), token],
  ] as const;
  const head = [markdownText`| | | |`, markdownText`|:--|:--|:--|`];
  return joinMarkdown(
    [...head, ...rows.map(([name, value, from]) => markdownText`| ${name} | ${value} | ${from} |`)],
    '\n',
  );
}

function sourceOf({ sources, configPath }: Connection, key: ConnectionValue): string {
  const file = configPath.startsWith(`${homedir()}/`) ? configPath.replace(homedir(), '~') : configPath;
  switch (sources[key]) {
    case 'setting':
      return `setting modalGpu.${key}`;
    case 'variable':
      return `variable ${variableOf[key]}`;
    case 'file':
      return key === 'profile' ? `active profile in ${file}` : file;
    case 'default':
      return 'default';
  }
}

function warningsOf(connection: Connection): string[] {
  const { overriding, profile } = connection;
  const warnings: string[] = [];
  if (isMixedToken(connection))
    warnings.push(
      "Token ID and secret come from different places and probably don't match. Set both variables or neither.",
    );
  if (overriding.length > 0)
    warnings.push(
      `${overriding.join(', ')} in the environment ${overriding.length > 1 ? 'override' : 'overrides'} the profile file. Select the profile ${profile} here to use its values.`,
    );
  return warnings;
}

function notesOf({ ignored, profile }: Connection): string[] {
  if (ignored.length === 0) return [];
  const are = ignored.length > 1 ? 'are' : 'is';
  return [
    `${ignored.join(', ')} in the environment ${are} ignored here, because profile ${profile} is selected for this workspace. In the terminal, ${ignored.length > 1 ? 'they still take' : 'it still takes'} precedence.`,
  ];
}

function links(list: readonly (readonly [Text, string])[]): Markdown {
  return joinMarkdown(
    list.map(([label, command]) => markdownText`${commandLink(label, command)}`),
    ' · ',
  );
}

function paragraphs(parts: readonly Markdown[]): Markdown {
  return joinMarkdown(parts, '\n\n');
}
