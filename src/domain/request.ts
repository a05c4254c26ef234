/** Test requests and what came of them. Secrets are references here; only the sender sees values. */

/** Where a key goes, and under which name its value is kept. */
export interface RequestAuth {
  /** Name in the secret storage. */
  readonly secretRef: string;
  readonly header: string;
  /** E.g. `Bearer`; '' = the bare value. */
  readonly scheme: string;
}

export interface RequestSpec {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Exactly what is sent. */
  readonly body?: string;
  readonly auth?: RequestAuth;
}

/** Milliseconds since the request was sent. */
export interface Timing {
  /** Until a connection stood. */
  readonly connect: number;
  /** Until the first byte of the final answer. */
  readonly firstByte: number;
  readonly total: number;
  /** Redirects of Modal's long poll that were followed. */
  readonly polls: number;
}

export interface HttpResult {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Bytes received, after decompression. */
  readonly size: number;
  readonly timing: Timing;
  /** Modal's id of the call, for its log lines; '' when the server does not tell. */
  readonly callId: string;
}

/** What a status and body mean to the user. */
export interface Explanation {
  readonly text: string;
  readonly action?: 'enterKey' | 'deploy' | 'showLogs' | 'retry' | undefined;
}
