/** Whom we talk to and with which credentials; built by `profile.ts` from the CLI's own file and the environment. */
export interface Connection {
  readonly profile: string;
  readonly serverUrl: string;
  readonly tokenId: string;
  readonly tokenSecret: string;
  /** Default environment of the profile; empty = the server's own default. */
  readonly environment: string;
  /** Where each effective value came from, for the user to see. */
  readonly sources: Readonly<Record<ConnectionValue, ValueSource>>;
  /** Names of variables that win over another value of the profile file. */
  readonly overriding: readonly string[];
  /** Names of variables without effect, because the user chose a profile here that has a value of its own. */
  readonly ignored: readonly string[];
  /** The profile file, whether or not it exists. */
  readonly configPath: string;
}

export type ConnectionValue = 'profile' | 'server' | 'tokenId' | 'tokenSecret' | 'environment';

export type ValueSource = 'setting' | 'variable' | 'file' | 'default';

/** Variable that can give each value. */
export const variableOf: Readonly<Record<ConnectionValue, string>> = {
  profile: 'MODAL_PROFILE',
  server: 'MODAL_SERVER_URL',
  tokenId: 'MODAL_TOKEN_ID',
  tokenSecret: 'MODAL_TOKEN_SECRET',
  environment: 'MODAL_ENVIRONMENT',
};

/** Tells two connections apart without naming a secret. */
export function connectionKey(connection: Connection): string {
  return [connection.serverUrl, connection.profile, connection.tokenId].join('|');
}

/** Id and secret come from different places, so they hardly belong together. */
export function isMixedToken({ sources }: Connection): boolean {
  return sources.tokenId !== sources.tokenSecret;
}

/** `ak-…1234`: enough to recognise a token by. */
export function maskedTokenId(tokenId: string): string {
  return `${/^[a-z]{2}-/.exec(tokenId)?.[0] ?? ''}…${tokenId.length > 8 ? tokenId.slice(-4) : ''}`;
}
