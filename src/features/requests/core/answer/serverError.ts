import type { StreamEvent } from './eventStream.ts';
import type { Fields } from './fields.ts';
import { fieldsOf, listOf, jsonOrNothing, wordsOf } from './fields.ts';

const longestMessage = 1000;
/** An error that says that there is none. */
const noError = /^(?:|none|null|ok|no errors?|false|0)$/i;

/**
 * The error that an event of a stream tells of: of an event of that name, under `error`, or of the forms of vLLM,
 * OpenAI, Anthropic, Cohere and the AI SDK.
 * @returns undefined for an event that is none
 */
export function errorOfEvent({ type, data }: StreamEvent, json: unknown): string | undefined {
  const isNamed = /^(?:error|exception)$/i.test(type);
  const found = typeof json === 'object' ? errorIn(fieldsOf(json)) : undefined;
  if (found !== undefined || !isNamed) return found;
  if (typeof json === 'object') return bounded(messageOf(fieldsOf(json)) || data);
  return bounded(typeof json === 'string' ? json : data) || 'No details were given.';
}

/** Cheap, and true for each event that tells of an error. */
export function maySayError({ type, data }: StreamEvent): boolean {
  return /^(?:error|exception)$/i.test(type) || /error|failed|abort/i.test(data);
}

/**
 * The error that is all of an answer, or of a line of it.
 * @returns undefined for a text that has anything else too
 */
export function errorOfBody(body: string): string | undefined {
  const json = fieldsOf(jsonOrNothing(body));
  const { success, ok, status, errors } = json;
  const isMore = Object.entries(json).some(([key, value]) => !errorKeys.has(key) && !isEmpty(value));
  if (isMore || success === true || ok === true) return undefined;
  const isFailed = typeof status === 'string' && /^(?:error|failed|failure)$/i.test(status);
  return (
    errorIn(json) ??
    listOf(errors)
      .map((each) => bounded(messageOf(fieldsOf(each))))
      .find(Boolean) ??
    ((isFailed && bounded(messageOf(json))) || undefined)
  );
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}

/** What stands beside the error in an answer that is nothing else. */
const errorKeys = new Set(
  'error errors error_code error_description error_message error_type code created detail details exception message object ok param path request_id requestId status status_code statusCode success timestamp title trace_id traceback type'.split(
    ' ',
  ),
);

function errorIn(json: Fields): string | undefined {
  const { error, type, object, response, choices, delta, errorText, meta_info: meta } = json;
  const said = errorWords(error, json) || errorWords(fieldsOf(delta)['error'], {});
  if (said) return said;
  if (type === 'error' || object === 'error')
    return bounded(wordsOf(errorText) || messageOf(json) || 'No details were given.');
  if (type === 'response.failed' || fieldsOf(response)['status'] === 'failed')
    return errorWords(fieldsOf(response)['error'], json) || 'The response failed; the server gave no reason.';
  const ends = [...listOf(choices), delta, meta, json].map((each) => fieldsOf(each)['finish_reason']);
  return ends.map(errorOfEnding).find(Boolean);
}

/** @param error the value of the member of that name @param around the object that has it */
function errorWords(error: unknown, around: Fields): string {
  if (typeof error === 'string') return noError.test(error.trim()) ? '' : bounded(detailed(error, around));
  if (error === true) return bounded(messageOf(around));
  if (typeof error !== 'object' || error === null || Object.keys(error).length === 0) return '';
  return bounded(messageOf(fieldsOf(error)) || JSON.stringify(error));
}

function errorOfEnding(reason: unknown): string | undefined {
  if (typeof reason === 'string')
    return /^error/i.test(reason)
      ? `The server ended the response with the reason "${bounded(reason)}".`
      : undefined;
  const { type, message } = fieldsOf(reason);
  return type === 'abort' ? bounded(wordsOf(message)) || 'The server aborted the response.' : undefined;
}

/** The message, with the kind of error that it is of. */
function messageOf(error: Fields): string {
  const message = ['message', 'detail', 'error_message', 'error_description', 'msg', 'reason', 'title']
    .map((key) => wordsOf(error[key]))
    .find(Boolean);
  return message
    ? detailed(message, error)
    : ([error['type'], error['code'], error['status']].map(wordsOf).find(Boolean) ?? '');
}

function detailed(message: string, { type, code, error_type: kind, status }: Fields): string {
  const word = [kind, type, code, status].map(wordsOf).find((each) => each !== '' && each !== 'error') ?? '';
  return word === '' || message.includes(word) ? message : `${message} (${word})`;
}

function bounded(text: string): string {
  const words = text.trim();
  return words.length > longestMessage ? `${words.slice(0, longestMessage)}…` : words;
}
