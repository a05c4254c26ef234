/** Whom we talk to and with which credentials; built by `profile.ts` from the CLI's own file and the environment. */
export interface Connection {
  readonly profile: string;
  readonly serverUrl: string;
  readonly tokenId: string;
  readonly tokenSecret: string;
  /** Default environment of the profile; empty = the server's own default. */
  readonly environment: string;
  /** Where each effective value came from, for the user to see. */
  readonly source: { readonly token: CredentialSource; readonly server: CredentialSource };
}

export type CredentialSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'env'; readonly variable: string }
  | { readonly kind: 'default' };
