import { toModalError } from '../../../../domain/errors.ts';
import { isSecretMember, redactBeginning, redactHeader, redacting } from '../../../../shared/redact.ts';
import type {
  AnswerCut,
  HttpResult,
  MultipartPart,
  RequestAuth,
  RequestSpec,
  Timing,
} from '../../../../domain/request.ts';
import { inTurns } from '../../../../shared/inTurns.ts';
import { credentialValues } from '../../../requests/core/index.ts';

/** Bodies above this are kept as hash and size. */
export const longestKeptBody = 64 * 1024;

/** Credentials of one request that are looked for in what a server sent. */
const mostTold = 200;

/** A body as the history has it. */
export type KeptBody =
  | { readonly kind: 'text'; readonly text: string }
  /** Parts name their files; contents are never kept. */
  | { readonly kind: 'parts'; readonly parts: readonly MultipartPart[] }
  /** Too big or not text; or it held something secret, and is no longer what was sent. */
  | { readonly kind: 'hash'; readonly sha256: string; readonly size: number; readonly redacted?: string };

export interface HistoryEntry {
  /** Name of its file, in order of time. */
  readonly id: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly app?: RequestApp;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly auth?: RequestAuth;
    readonly body?: KeptBody;
    /** Something secret was taken out, so that it cannot be sent again as it was. */
    readonly redacted?: boolean;
  };
  /** Absent when there was none; then `failure` says why. */
  readonly answer?: {
    readonly status: number;
    readonly statusText: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: KeptBody;
    /** Bytes. */
    readonly size: number;
    readonly timing: Timing;
    readonly callId: string;
    /** Why it is not whole. */
    readonly cut?: AnswerCut;
    /** What the server says went wrong, though the status is a success. */
    readonly failure?: string;
  };
  readonly failure?: string;
}

/** Whose endpoint answered, where that is known. */
export interface RequestApp {
  readonly id: string;
  readonly name: string;
  readonly environment: string;
  readonly version?: number;
  readonly endpoint: string;
  /** USD an hour of one of its containers, for the cost of a call. */
  readonly usdPerHour?: number;
}

/** One request that was sent, and what came of it. */
export interface SentRequest {
  readonly spec: RequestSpec;
  /** Unix milliseconds. */
  readonly at: number;
  readonly result?: HttpResult;
  readonly error?: unknown;
}

/** What is kept of a request: nothing secret, nothing big. */
export async function entryOf(
  { spec, at, result, error }: SentRequest,
  id: string,
  app?: RequestApp,
): Promise<HistoryEntry> {
  const url = await inTurns(redacting(without(spec.url, spec.hidden)));
  const headers = redactHeaders(spec.headers);
  /** The server may repeat any of them under another name. */
  const told = await credentialValues(spec);
  /** Looking for each of them would take long, so what the server sent is not kept then. */
  const isUnsure = told.length > mostTold;
  const redacted = url !== spec.url || JSON.stringify(headers) !== JSON.stringify(spec.headers);
  return {
    id,
    at,
    ...(app ? { app } : {}),
    request: {
      method: spec.method,
      url,
      headers,
      ...(spec.auth ? { auth: spec.auth } : {}),
      ...(spec.body === undefined ? {} : { body: await keepBody(spec.body, spec.hidden) }),
      ...(redacted ? { redacted } : {}),
    },
    ...(result
      ? {
          answer: {
            status: result.status,
            statusText: isUnsure ? '' : redactBeginning(without(result.statusText, told)),
            headers: isUnsure ? {} : redactHeaders(result.headers, told),
            body: isUnsure ? await hashed(Buffer.from(result.body)) : await keepAnswer(result, told),
            size: result.size,
            timing: result.timing,
            callId: result.callId,
            ...(result.cut ? { cut: result.cut } : {}),
            ...(result.failure === undefined
              ? {}
              : { failure: isUnsure ? 'It failed.' : keptMessage(result.failure, told) }),
          },
        }
      : { failure: isUnsure ? 'It failed.' : failureOf(error, told) }),
  };
}

/** A message may have what the server said; more than its beginning is not looked at. */
function failureOf(error: unknown, told: readonly string[]): string {
  return keptMessage(toModalError(error).message, told);
}

function keptMessage(message: string, told: readonly string[]): string {
  if (message.length > longestKeptBody) return 'It failed; the message is too long for the history.';
  return redactBeginning(without(message, told)).slice(0, 500);
}

function redactHeaders(
  headers: Readonly<Record<string, string>>,
  told: readonly string[] = [],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, redactHeader(name, without(value, told))]),
  );
}

function keepBody(body: NonNullable<RequestSpec['body']>, hidden: RequestSpec['hidden']): Promise<KeptBody> {
  if (typeof body === 'object' && 'parts' in body) return keepParts(body.parts, hidden);
  return typeof body === 'string' ? keepText(body, hidden) : hashed(body);
}

/** A text without values, in the forms in which addresses and JSON have them. */
function without(text: string, values: readonly string[] = []): string {
  const forms = values.flatMap((value) => [
    value,
    encodeURI(value.toWellFormed()),
    encodeURIComponent(value.toWellFormed()),
  ]);
  return forms.filter((form) => form !== '').reduce((rest, form) => rest.replaceAll(form, '…'), text);
}

/** A big answer is not decoded only to be kept as a hash. */
function keepAnswer(result: HttpResult, told: readonly string[]): Promise<KeptBody> {
  return result.bytes && result.size > longestKeptBody ? hashed(result.bytes) : keepText(result.body, told);
}

async function keepText(body: string, hidden: readonly string[] | undefined): Promise<KeptBody> {
  const bytes = Buffer.from(body);
  if (bytes.length > longestKeptBody) return hashed(bytes);
  const text = await inTurns(redacting(without(body, hidden)));
  return text === body ? { kind: 'text', text } : { ...(await hashed(bytes)), redacted: text };
}

async function keepParts(parts: readonly MultipartPart[], hidden: RequestSpec['hidden']): Promise<KeptBody> {
  const length = parts.reduce((sum, { text = '' }) => sum + text.length, 0);
  const isKept = length <= longestKeptBody && !(await holdSecrets(parts, hidden));
  return isKept ? { kind: 'parts', parts } : hashed(Buffer.from(JSON.stringify(parts)));
}

async function holdSecrets(parts: readonly MultipartPart[], hidden: RequestSpec['hidden']): Promise<boolean> {
  for (const { name, text = '' } of parts) {
    if (isSecretMember(name, text)) return true;
    if ((await inTurns(redacting(without(text, hidden)))) !== text) return true;
  }
  return false;
}

/** Beside the editor's thread, since an answer may have 100 MB. */
async function hashed(bytes: Uint8Array): Promise<Extract<KeptBody, { kind: 'hash' }>> {
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  return { kind: 'hash', sha256: Buffer.from(digest).toString('hex'), size: bytes.length };
}

/**
 * The request as it was sent.
 * @returns a sentence instead where it cannot be sent again
 */
export function replayOf({ request }: HistoryEntry): RequestSpec | string {
  const { body, redacted, method, url, headers, auth } = request;
  if (redacted)
    return "It contained a key or token, which the history doesn't save. Open it, enter the key, and send it.";
  if (body?.kind === 'hash') {
    return body.redacted === undefined
      ? `Its body of ${body.size} bytes was too large to save.`
      : "Its body contained something that looks like a key or token, which the history doesn't save.";
  }
  const sent = body?.kind === 'parts' ? { parts: body.parts } : body?.text;
  return { method, url, headers, ...(auth ? { auth } : {}), ...(sent === undefined ? {} : { body: sent }) };
}

/** USD of the container's time for a call, or undefined where the price is not known. An estimate: calls share. */
export function costOf({ app, answer }: HistoryEntry): number | undefined {
  if (app?.usdPerHour === undefined || !answer) return undefined;
  return (app.usdPerHour * answer.timing.total) / 3_600_000;
}
