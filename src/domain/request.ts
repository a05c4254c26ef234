/** Test requests and what came of them. Secrets are references here; only the sender sees values. */

/** Where a key goes, and under which name its value is kept. */
export interface RequestAuth {
  /** Name in the secret storage. */
  readonly secretRef: string;
  readonly header: string;
  /** E.g. `Bearer`; '' = the bare value. */
  readonly scheme: string;
  /**
   * Header for the first half of a pair that is kept as `id.secret`, e.g. `Modal-Key` of a proxy token; `header` then
   * takes the second half.
   */
  readonly idHeader?: string | undefined;
}

/** How a request shows who it is. The key itself is in the secret storage. */
export const authKinds = ['none', 'bearer', 'secretKey', 'header', 'proxy'] as const;
export type AuthKind = (typeof authKinds)[number];

export interface AuthChoice {
  readonly kind: AuthKind;
  /** Name of the header of kind `header`; else ''. */
  readonly header: string;
}

/** One part of a `multipart/form-data` body: a text, or a file that is read while it is sent. */
export interface MultipartPart {
  readonly name: string;
  readonly text?: string;
  /** Media type of a text, where one is told. */
  readonly type?: string;
  /** The name of a file that the text is sent as. */
  readonly fileName?: string;
  /** `path` is absolute; `type` a media type. */
  readonly file?: { readonly path: string; readonly name: string; readonly type: string };
}

/** A text or bytes go out exactly as they are; parts get their boundary and content type from the client. */
export type RequestBody = string | Uint8Array | { readonly parts: readonly MultipartPart[] };

/** What is sent. */
export interface RequestSpec {
  readonly method: string;
  readonly url: string;
  /** `{{name}}` in a value stands for one of `secrets`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  readonly auth?: RequestAuth;
  /** Values that the sender puts into the headers. They stay in the host: no view, file or exported code has them. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Credentials in address or body. Such a request can be sent; no view, file or exported code has it. */
  readonly hidden?: readonly string[];
}

/** The headers that carry a key. @param value of the key; an exporter gives the name of a variable */
export function authHeaders(auth: RequestAuth, value: string): Record<string, string> {
  if (auth.idHeader !== undefined) {
    const dot = value.indexOf('.');
    return {
      [auth.idHeader]: value.slice(0, dot < 0 ? undefined : dot),
      [auth.header]: value.slice(dot + 1),
    };
  }
  return { [auth.header]: auth.scheme ? `${auth.scheme} ${value}` : value };
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
  /** How long each of them waited, in milliseconds. */
  readonly pollTimes?: readonly number[];
}

/** Why an answer is not whole; what came before is kept. */
export interface AnswerCut {
  readonly kind: 'cancelled' | 'lost' | 'silent' | 'tooLarge' | 'bomb' | 'damaged';
  /** Cause, and what to do. */
  readonly text: string;
}

export interface HttpResult {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The answer as text, decoded when it is first read; '' for one that is not text. */
  readonly body: string;
  /** What came, after decompression; absent where only the text was kept. Of an endless stream, the beginning. */
  readonly bytes?: Uint8Array;
  /** Bytes received, after decompression. */
  readonly size: number;
  /** Bytes on the wire, where the answer came compressed. */
  readonly compressedSize?: number;
  readonly timing: Timing;
  /** Modal's id of the call, for its log lines; '' when the server does not tell. */
  readonly callId: string;
  readonly cut?: AnswerCut;
  /** What the server says went wrong, in an answer whose status is a success. */
  readonly failure?: string;
  /** The server repeated a key that was sent; it is masked everywhere above. */
  readonly keyMasked?: boolean;
}

/** What a status and body mean to the user. */
export interface Explanation {
  readonly text: string;
  readonly action?: ExplanationAction | undefined;
}

/** The next step, as a button. */
export const explanationActions = [
  'enterKey',
  'deploy',
  'showLogs',
  'retry',
  'openDashboard',
  'raiseTimeout',
  'openNetworkSettings',
] as const;
export type ExplanationAction = (typeof explanationActions)[number];
