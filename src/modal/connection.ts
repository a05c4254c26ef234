/** Whom we talk to and with which credentials; built by `profile.ts` from the CLI's own file and the environment. */
export interface Connection {
  readonly profile: string;
  readonly serverUrl: string;
  readonly tokenId: string;
  readonly tokenSecret: string;
  /** Default environment of the profile; empty = the server's own default. */
  readonly environment: string;
  /** Where the effective values came from, for the user to see. */
  readonly source: { readonly token: ValueSource; readonly server: ValueSource };
  /** The profile file, whether or not it exists. */
  readonly configPath: string;
}

export type ValueSource = 'file' | 'environment variable' | 'default';

/** Tells two connections apart without naming a secret. */
export function connectionKey(connection: Connection): string {
  return [connection.serverUrl, connection.profile, connection.tokenId].join('|');
}
