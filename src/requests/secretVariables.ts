import { setImmediate as turn } from 'node:timers/promises';
import { isSecretMember, replaceCredentials } from '../domain/redact.ts';
import type { RequestBody, RequestSpec } from '../domain/request.ts';
import { keyVariables, referencesIn } from './httpFile/references.ts';
import { secretValues, variableName, writtenHeader } from './secretHeaders.ts';

/** A request for files and code: credentials in its address and body are marks of variables. */
export interface SpecWithVariables {
  readonly spec: RequestSpec;
  readonly variables: readonly SecretVariable[];
}

export interface SecretVariable {
  /** As a file or the user's environment has it. */
  readonly variable: string;
  /** Of the member, field or parameter. */
  readonly name: string;
}

const shortestValue = 6;

/** Letters only, which no language of ours escapes. */
const begin = '__VARIABLE__';
const finish = '__END__';
const mark = (variable: string) => begin + variable + finish;

/** Each value gets a variable that is called as the credential is. Headers keep theirs, see `writtenHeader`. */
export function withVariables(spec: RequestSpec): SpecWithVariables {
  const variables = new Map<string, { readonly name: string; readonly value?: string }>(
    takenBy(spec).map((name) => [name, { name }]),
  );
  const taken = variables.size;
  const put = (name: string, value: string) => {
    const own = variableName(name).toUpperCase();
    for (let count = 1; ; count++) {
      const variable = count === 1 ? own : `${own}_${count}`;
      const there = variables.get(variable);
      if (there && there.value !== value) continue;
      variables.set(variable, { name, value });
      return mark(variable);
    }
  };
  const { body } = spec;
  const hidden = {
    ...spec,
    url: replaceCredentials(spec.url, put),
    ...(body === undefined ? {} : { body: bodyWith(body, put) }),
  };
  const made = [...variables].slice(taken).map(([variable, { name }]) => ({ variable, name }));
  return { spec: hidden, variables: made };
}

/** A long text is read in windows, with turns of others between them. */
const windowLength = 32 * 1024;
/** What begins at the end of one is whole in the next. */
const overlap = 8 * 1024;

/** All credentials of a request as they are sent, for what must not repeat them. Short ones are words of any text. */
export async function credentialValues(spec: RequestSpec): Promise<string[]> {
  const values = new Set<string>([...secretValues(spec), ...(spec.hidden ?? [])]);
  const put = (_name: string, value: string) => {
    values.add(value);
    return '';
  };
  for (const { name, text } of textsOf(spec))
    if (name !== undefined && isSecretMember(name, text)) values.add(text);
    else await inWindows(text, (part) => replaceCredentials(part, put));
  return [...values].filter((value) => value.length >= shortestValue);
}

async function inWindows(text: string, read: (part: string) => void): Promise<void> {
  for (let at = 0; ; at += windowLength - overlap) {
    read(text.slice(at, at + windowLength));
    if (at + windowLength >= text.length) return;
    await turn();
  }
}

function textsOf({ url, body }: RequestSpec): { name?: string; text: string }[] {
  const address = { text: url };
  if (typeof body === 'string') return [address, { text: body }];
  if (body === undefined || !('parts' in body)) return [address];
  return [address, ...body.parts.flatMap(({ name, text }) => (text === undefined ? [] : [{ name, text }]))];
}

/** Says the marks as a language does. */
export function spellVariables(text: string, spell: (variable: string) => string): string {
  const [first = '', ...rest] = text.split(begin);
  const spelled = rest.map((part) => {
    const end = part.indexOf(finish);
    const variable = part.slice(0, Math.max(end, 0));
    return /^\w+$/.test(variable) ? spell(variable) + part.slice(end + finish.length) : begin + part;
  });
  return first + spelled.join('');
}

export const hasVariables = (text: string) => spellVariables(text, () => '') !== text;

function bodyWith(body: RequestBody, put: (name: string, value: string) => string): RequestBody {
  if (typeof body === 'string') return replaceCredentials(body, put);
  if (!('parts' in body)) return body;
  return {
    parts: body.parts.map((part) => {
      const { name, text } = part;
      if (text === undefined) return part;
      return { ...part, text: isSecretMember(name, text) ? put(name, text) : replaceCredentials(text, put) };
    }),
  };
}

/** Variables that stand for something else. */
function takenBy({ headers }: RequestSpec): string[] {
  const written = Object.entries(headers).map(([name, value]) => writtenHeader(name, value));
  return [...keyVariables, ...written.flatMap(referencesIn).map(({ name }) => name)];
}
