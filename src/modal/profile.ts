import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { ModalError } from '../domain/errors.ts';
import type { Connection, ValueSource } from './connection.ts';

export interface ProfileInput {
  readonly env: NodeJS.ProcessEnv;
  /** Overrides `MODAL_PROFILE` and the active profile when not empty. */
  readonly profile?: string;
  readonly home?: string;
}

type Table = Readonly<Record<string, unknown>>;

const defaultServerUrl = 'https://api.modal.com:443';

export function configPath(env: NodeJS.ProcessEnv, home = os.homedir()): string {
  return env['MODAL_CONFIG_PATH'] || path.join(home, '.modal.toml');
}

/**
 * Reads profile and variables by the CLI's own rules: a variable wins over the file, key by key.
 * @throws kind `profileBroken` when the file cannot be understood, `signedOut` when there are no credentials
 */
export async function loadConnection(input: ProfileInput): Promise<Connection> {
  const file = configPath(input.env, input.home);
  const tables = parseProfiles(await readIfThere(file), file);
  const profile = chooseProfile(tables, input, file);
  const table = tables[profile] ?? {};
  const value = (key: string): { value: string; source: ValueSource } => {
    const variable = input.env[`MODAL_${key.toUpperCase()}`];
    if (variable) return { value: variable, source: 'environment variable' };
    const stored = table[key];
    return typeof stored === 'string' && stored
      ? { value: stored, source: 'file' }
      : { value: '', source: 'default' };
  };
  const tokenId = value('token_id');
  const tokenSecret = value('token_secret');
  if (!tokenId.value || !tokenSecret.value) {
    throw new ModalError(
      'signedOut',
      'You are not signed in to Modal: no token in the profile file or environment.',
    );
  }
  const server = value('server_url');
  return {
    profile,
    // The CLI races several servers; the SDK takes one.
    serverUrl: (server.value || defaultServerUrl).split(',')[0]?.trim() ?? defaultServerUrl,
    tokenId: tokenId.value,
    tokenSecret: tokenSecret.value,
    environment: value('environment').value,
    source: { token: tokenId.source, server: server.source },
    configPath: file,
  };
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
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

function chooseProfile(tables: Readonly<Record<string, Table>>, input: ProfileInput, file: string): string {
  const named = input.profile || input.env['MODAL_PROFILE'];
  const names = Object.keys(tables);
  if (named) {
    if (named in tables || hasTokenInEnv(input.env)) return named;
    const known = names.length > 0 ? `It has: ${names.join(', ')}.` : 'It has none.';
    throw new ModalError('profileBroken', `There is no Modal profile "${named}" in ${file}. ${known}`);
  }
  const active = names.filter((name) => tables[name]?.['active'] === true);
  if (active.length > 1) {
    throw new ModalError(
      'profileBroken',
      `In ${file}, several profiles are active (${active.join(', ')}). Run "modal profile activate" with the one to use.`,
    );
  }
  if (active[0] !== undefined) return active[0];
  if (names.length > 1 && !('default' in tables)) {
    throw new ModalError(
      'profileBroken',
      `In ${file}, no profile is active. Run "modal profile activate" with one of: ${names.join(', ')}.`,
    );
  }
  return 'default';
}

function hasTokenInEnv(env: NodeJS.ProcessEnv): boolean {
  return Boolean(env['MODAL_TOKEN_ID'] && env['MODAL_TOKEN_SECRET']);
}
