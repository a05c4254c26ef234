import { isSecretMember, replacing } from '../../../shared/redact.ts';
import type { MultipartPart, RequestBody, RequestSpec } from '../../../domain/request.ts';
import type { Steps } from '../../../shared/steps.ts';
import { inOneGo } from '../../../shared/steps.ts';
import { inTurns } from '../../../shared/inTurns.ts';
import { keyVariables, referencesIn } from './references.ts';
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

/** Each request is asked for several times, by every language that it may be copied in. */
const known = new WeakMap<RequestSpec, SpecWithVariables>();

/** Each value gets a variable that is called as the credential is. Headers keep theirs, see `writtenHeader`. */
export function withVariables(spec: RequestSpec): SpecWithVariables {
  const made = known.get(spec) ?? inOneGo(puttingVariables(spec));
  known.set(spec, made);
  return made;
}

/** The same beforehand and in turns, since a body may have any length. `withVariables` then takes no time. */
export async function prepareVariables(spec: RequestSpec): Promise<void> {
  if (!known.has(spec)) known.set(spec, await inTurns(puttingVariables(spec)));
}

function* puttingVariables(spec: RequestSpec): Steps<SpecWithVariables> {
  const variables = new Variables(takenBy(spec));
  const put = (name: string, value: string) => mark(variables.of(name, value));
  const { body } = spec;
  const url = yield* replacing(spec.url, put);
  const hidden = body === undefined ? { ...spec, url } : { ...spec, url, body: yield* bodyWith(body, put) };
  return { spec: hidden, variables: variables.made };
}

/** Names of variables, each for one value. */
class Variables {
  readonly made: SecretVariable[] = [];
  readonly #taken: Set<string>;
  readonly #byValue = new Map<string, string>();
  /** How many have the same beginning: a body may have thousands. */
  readonly #counts = new Map<string, number>();

  constructor(taken: readonly string[]) {
    this.#taken = new Set(taken);
  }

  of(name: string, value: string): string {
    const own = variableName(name).toUpperCase();
    const place = `${own}=${value}`;
    const there = this.#byValue.get(place);
    if (there !== undefined) return there;
    let count = this.#counts.get(own) ?? 0;
    let variable: string;
    do variable = ++count === 1 ? own : `${own}_${count}`;
    while (this.#taken.has(variable));
    this.#counts.set(own, count);
    this.#taken.add(variable);
    this.#byValue.set(place, variable);
    this.made.push({ variable, name });
    return variable;
  }
}

/** All credentials of a request as they are sent, for what must not repeat them. Short ones are words of any text. */
export async function credentialValues(spec: RequestSpec): Promise<string[]> {
  const values = new Set<string>([...secretValues(spec), ...(spec.hidden ?? [])]);
  const put = (_name: string, value: string) => {
    values.add(value);
    return '';
  };
  for (const { name, text } of textsOf(spec))
    if (name !== undefined && isSecretMember(name, text)) values.add(text);
    else await inTurns(replacing(text, put));
  return [...values].filter((value) => value.length >= shortestValue);
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

function* bodyWith(body: RequestBody, put: (name: string, value: string) => string): Steps<RequestBody> {
  if (typeof body === 'string') return yield* replacing(body, put);
  if (!('parts' in body)) return body;
  const parts: MultipartPart[] = [];
  for (const part of body.parts) parts.push(yield* partWith(part, put));
  return { parts };
}

function* partWith(part: MultipartPart, put: (name: string, value: string) => string): Steps<MultipartPart> {
  const { name, text } = part;
  if (text === undefined) return part;
  return { ...part, text: isSecretMember(name, text) ? put(name, text) : yield* replacing(text, put) };
}

/** Variables that stand for something else. */
function takenBy({ headers }: RequestSpec): string[] {
  const written = Object.entries(headers).map(([name, value]) => writtenHeader(name, value));
  return [...keyVariables, ...written.flatMap(referencesIn).map(({ name }) => name)];
}
