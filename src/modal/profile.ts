import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { ModalError } from '../domain/errors.ts';
import { hasControlCharacters } from '../shared/plainText.ts';
import type { Connection, ConnectionValue, ValueSource } from './connection.ts';
import { variableOf } from './connection.ts';

export interface ProfileInput {
  readonly env: NodeJS.ProcessEnv;
  /** Chosen by the user in the editor: stronger than `MODAL_PROFILE` and the active profile when not empty. */
  readonly profile?: string;
  readonly home?: string;
}

type Table = Readonly<Record<string, unknown>>;

export const defaultServerUrl = 'https://api.modal.com:443';

export function configPath(env: NodeJS.ProcessEnv, home = os.homedir()): string {
  return env['MODAL_CONFIG_PATH'] || path.join(home, '.modal.toml');
}

/** One profile of the file, as a list shows it. */
export interface ProfileEntry {
  readonly name: string;
  readonly active: boolean;
  readonly environment: string;
  readonly serverUrl: string;
  readonly tokenId: string;
}

/** Profiles of the file, in its order. @throws kind `profileBroken` when the file cannot be understood */
export async function listProfiles(env: NodeJS.ProcessEnv, home?: string): Promise<ProfileEntry[]> {
  const file = configPath(env, home);
  const tables = parseProfiles(await readIfThere(file), file);
  return Object.entries(tables).map(([name, table]) => ({
    name,
    active: table['active'] === true,
    environment: text(table, 'environment'),
    serverUrl: text(table, 'server_url'),
    tokenId: text(table, 'token_id'),
  }));
}

/**
 * Reads profile and variables by the CLI's own rules: a variable wins over the file, key by key. Only a profile that
 * the user chose in the editor is stronger than that: what it has wins over variables, which are often left over from
 * another account, and what it lacks comes from them. The CLI is told the outcome explicitly (`cliEnvironment`), so
 * that it acts for the same account.
 * @throws kind `profileBroken` when the file cannot be understood, `signedOut` when there are no credentials
 */
export async function loadConnection(input: ProfileInput): Promise<Connection> {
  const file = configPath(input.env, input.home);
  const tables = parseProfiles(await readIfThere(file), file);
  const profile = chooseProfile(tables, input, file);
  const table = Object.hasOwn(tables, profile.value) ? (tables[profile.value] ?? {}) : {};
  const chosen = profile.source === 'setting';
  const values = {
    profile,
    server: effective('server', text(table, 'server_url'), input.env, chosen),
    tokenId: effective('tokenId', text(table, 'token_id'), input.env, chosen),
    tokenSecret: effective('tokenSecret', text(table, 'token_secret'), input.env, chosen),
    environment: effective('environment', text(table, 'environment'), input.env, chosen),
  };
  if (!values.tokenId.value || !values.tokenSecret.value) {
    throw new ModalError(
      'signedOut',
      `You are not signed in to Modal: no token in ${file} or the environment. Sign in first.`,
    );
  }
  assertUsable(values, file);
  const all = Object.values(values);
  return {
    profile: profile.value,
    serverUrl: serverOf(values.server.value),
    tokenId: values.tokenId.value,
    tokenSecret: values.tokenSecret.value,
    environment: values.environment.value,
    sources: {
      profile: profile.source,
      server: values.server.source,
      tokenId: values.tokenId.source,
      tokenSecret: values.tokenSecret.source,
      environment: values.environment.source,
    },
    overriding: all.flatMap(({ overriding }) => overriding ?? []),
    ignored: all.flatMap(({ ignored }) => ignored ?? []),
    configPath: file,
  };
}

/**
 * These values go into variables, request headers and the terminal, where a control character is more than a letter.
 * @throws kind `profileBroken`; the value is not named, since it may be a secret
 */
function assertUsable(values: Readonly<Record<ConnectionValue, Effective>>, file: string): void {
  const [broken] = (Object.keys(values) as ConnectionValue[]).filter((key) =>
    key === 'server' ? !isServer(serverOf(values.server.value)) : hasControlCharacters(values[key].value),
  );
  if (broken === undefined) return;
  const place =
    values[broken].source === 'variable'
      ? `The variable ${variableOf[broken]}`
      : `In ${file}, the ${words[broken]}`;
  const fault = broken === 'server' ? 'is not the address of a server' : 'has a control character';
  throw new ModalError('profileBroken', `${place} ${fault}. Correct it, then try again.`);
}

const words: Readonly<Record<ConnectionValue, string>> = {
  profile: 'name of the profile',
  server: 'server_url',
  tokenId: 'token_id',
  tokenSecret: 'token_secret',
  environment: 'environment',
};

/** The CLI races several servers; the SDK takes one. */
function serverOf(addresses: string): string {
  return (addresses || defaultServerUrl).split(',')[0]?.trim() ?? defaultServerUrl;
}

function isServer(address: string): boolean {
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
}

interface Effective {
  readonly value: string;
  readonly source: ValueSource;
  /** Variable that wins over another value of the file. */
  readonly overriding?: string;
  /** Variable that another value has won over. */
  readonly ignored?: string;
}

function effective(key: ConnectionValue, stored: string, env: NodeJS.ProcessEnv, chosen: boolean): Effective {
  const name = variableOf[key];
  const variable = env[name] ?? '';
  const differ = variable !== '' && stored !== '' && variable !== stored;
  if (stored && (chosen || !variable))
    return { value: stored, source: 'file', ...(differ ? { ignored: name } : {}) };
  if (variable) return { value: variable, source: 'variable', ...(differ ? { overriding: name } : {}) };
  return { value: '', source: 'default' };
}

function text(table: Table, key: string): string {
  const value = table[key];
  return typeof value === 'string' ? value : '';
}

async function readIfThere(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new ModalError(
      'profileBroken',
      `The Modal profile file ${file} cannot be read. Check its permissions.`,
      {
        cause: error,
      },
    );
  }
}

function parseProfiles(text: string, file: string): Readonly<Record<string, Table>> {
  let parsed: Record<string, unknown>;
  try {
    parsed = parse(text);
  } catch (error) {
    const place = error instanceof TomlError ? ` at line ${error.line}, column ${error.column}` : '';
    // The parser quotes the line, which may hold a token, so neither its text nor the error goes on.
    throw new ModalError(
      'profileBroken',
      `The Modal profile file ${file} is not valid TOML${place}. Correct that line.`,
    );
  }
  const stray = Object.keys(parsed).find((key) => !isTable(parsed[key]));
  if (stray === undefined) return parsed as Record<string, Table>;
  throw new ModalError(
    'profileBroken',
    `In ${file}, "${stray}" stands outside of a [profile] table. Move it below a profile's heading.`,
  );
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function chooseProfile(
  tables: Readonly<Record<string, Table>>,
  input: ProfileInput,
  file: string,
): Effective {
  const names = Object.keys(tables);
  const active = names.filter((name) => tables[name]?.['active'] === true);
  const known = names.length > 0 ? `It has: ${names.join(', ')}.` : 'It has none.';
  const variable = input.env[variableOf.profile] ?? '';
  if (input.profile) {
    if (!names.includes(input.profile)) {
      throw new ModalError(
        'profileBroken',
        `There is no Modal profile "${input.profile}", which is chosen in the settings, in ${file}. ${known} Run "Modal: Switch Profile" or sign in to it.`,
      );
    }
    const ignored = variable !== '' && variable !== input.profile;
    return { value: input.profile, source: 'setting', ...(ignored ? { ignored: variableOf.profile } : {}) };
  }
  if (variable) {
    if (!names.includes(variable) && !hasTokenInEnv(input.env)) {
      throw new ModalError(
        'profileBroken',
        `There is no Modal profile "${variable}", which MODAL_PROFILE names, in ${file}. ${known} Correct the variable or run "Modal: Switch Profile".`,
      );
    }
    const other = active.some((name) => name !== variable);
    return { value: variable, source: 'variable', ...(other ? { overriding: variableOf.profile } : {}) };
  }
  if (active.length > 1) {
    throw new ModalError(
      'profileBroken',
      `In ${file}, several profiles are active (${active.join(', ')}). Run "modal profile activate" with the one to use.`,
    );
  }
  if (active[0] !== undefined) return { value: active[0], source: 'file' };
  if (names.length > 1 && !names.includes('default')) {
    throw new ModalError(
      'profileBroken',
      `In ${file}, no profile is active. Run "modal profile activate" with one of: ${names.join(', ')}.`,
    );
  }
  return { value: 'default', source: 'default' };
}

function hasTokenInEnv(env: NodeJS.ProcessEnv): boolean {
  return Boolean(env[variableOf.tokenId] && env[variableOf.tokenSecret]);
}
