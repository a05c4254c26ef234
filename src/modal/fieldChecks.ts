import type { CommitHash, IdKind } from '../domain/identifiers.ts';
import { commitHash, isEnvironmentName, isModalId, isObjectName } from '../domain/identifiers.ts';
import type { Logger } from '../shared/logger.ts';
import { oneLine } from '../shared/plainText.ts';
import { isLoopback, webAddress } from '../shared/webAddress.ts';

/** Unix milliseconds. Nothing on Modal is older than the first, and a time beyond the last is no time. */
const bounds = { earliest: Date.UTC(2020), latest: Date.UTC(2100) } as const;

/** Longest texts of others that are shown: a name, and a sentence. */
export const longest = { name: 200, sentence: 2000 } as const;

/** More than any workspace has; what is beyond would only stop the editor. */
const mostRecords = 20_000;

/** Whatever is counted, sums of it stay exact. */
const mostCounted = 1e11;

/** No price of an hour and no budget is higher. */
const mostUsd = 1e9;

/** Positions in a log are short; one that is not is not sent back either. */
const longestEntryId = 500;

/**
 * Checks what a server sends, field by field. What does not pass is undefined, and so unknown to everything behind;
 * that is said once for each field. Nothing here throws, whatever the value is.
 */
export class FieldChecks {
  readonly #logger: Logger;
  readonly #localServer: boolean;
  readonly #said = new Set<string>();

  /** @param serverUrl whose own endpoints may have addresses on this machine, if it runs here itself */
  constructor(logger: Logger, serverUrl: string) {
    this.#logger = logger;
    this.#localServer = URL.canParse(serverUrl) && isLoopback(new URL(serverUrl).hostname);
  }

  /** '' is an id that is not given, and nothing to speak of. */
  id(field: string, kind: IdKind, value: unknown): string | undefined {
    if (value === '' || value === undefined) return undefined;
    const known = typeof value === 'string' && isModalId(kind, value) ? value : undefined;
    return this.noted(field, value, known);
  }

  /** Of an object of whichever kind. */
  anyId(field: string, value: unknown): string | undefined {
    const isId = typeof value === 'string' && /^[a-z]{2}-[A-Za-z0-9]{1,64}$/.test(value);
    return this.noted(field, value, isId ? value : undefined);
  }

  environmentName(field: string, value: unknown): string | undefined {
    const known = typeof value === 'string' && isEnvironmentName(value) ? value : undefined;
    return this.noted(field, value, known);
  }

  /** '' for one that has no name. */
  objectName(field: string, value: unknown): string {
    if (value === '' || value === undefined) return '';
    return (
      this.noted(field, value, typeof value === 'string' && isObjectName(value) ? value : undefined) ?? ''
    );
  }

  /** Words of others, for showing only: one line and not too long. '' where there are none. */
  words(field: string, value: unknown, most: number = longest.name): string {
    if (value === undefined) return '';
    return this.noted(field, value, typeof value === 'string' ? oneLine(value, most) : undefined) ?? '';
  }

  /** Text that is drawn as it is, line by line. */
  text(field: string, value: unknown): string {
    return this.noted(field, value, typeof value === 'string' ? value : undefined) ?? '';
  }

  /** Unix seconds as milliseconds; 0 and absent mean "never". */
  time(field: string, seconds: unknown, earliest: number = bounds.earliest): number | undefined {
    if (seconds === 0 || seconds === undefined) return undefined;
    const time = typeof seconds === 'number' ? Math.round(seconds * 1000) : undefined;
    return this.noted(field, seconds, within(time, earliest, bounds.latest));
  }

  /** Milliseconds of a moment that must be known. */
  moment(field: string, milliseconds: unknown): number | undefined {
    return this.noted(field, milliseconds, within(milliseconds, bounds.earliest, bounds.latest));
  }

  /** A moment as the SDK decodes protobuf's own. */
  date(field: string, value: unknown): number | undefined {
    return this.moment(field, value instanceof Date ? value.getTime() : value);
  }

  count(field: string, value: unknown, most: number = mostCounted): number | undefined {
    return this.noted(field, value, Number.isInteger(value) ? within(value, 0, most) : undefined);
  }

  /** Any number that is not negative. */
  number(field: string, value: unknown): number | undefined {
    return this.noted(field, value, within(value, 0, mostCounted));
  }

  /** Numbers of which 0 means "none", e.g. of a version. */
  ordinal(field: string, value: unknown): number | undefined {
    if (value === undefined || value === 0) return undefined;
    return this.count(field, value);
  }

  flag(field: string, value: unknown): boolean | undefined {
    if (value === undefined) return undefined;
    return this.noted(field, value, typeof value === 'boolean' ? value : undefined);
  }

  usd(field: string, value: unknown): number | undefined {
    return this.noted(field, value, within(value, 0, mostUsd));
  }

  /** Money as a decimal text; an empty one is no 0. */
  decimal(field: string, value: unknown): number | undefined {
    const isDecimal = typeof value === 'string' && /^\d{1,12}(?:\.\d{1,30})?(?:[eE]-?\d{1,2})?$/.test(value);
    return this.noted(field, value, isDecimal ? within(Number(value), 0, mostUsd) : undefined);
  }

  hash(field: string, value: unknown): CommitHash | undefined {
    return this.noted(field, value, typeof value === 'string' ? commitHash(value) : undefined);
  }

  /** Of an endpoint: HTTPS, or on this machine where the server itself is. '' where there is none. */
  address(field: string, value: unknown): string {
    if (value === '' || value === undefined) return '';
    const url = typeof value === 'string' ? webAddress(value) : undefined;
    const known = url?.protocol === 'https:' || this.#localServer ? url : undefined;
    const address = known?.href === `${known?.origin}/` ? known.origin : known?.href;
    return this.noted(field, value, address) ?? '';
  }

  /** Of a Git remote, to be shown and compared: without a password, which is nobody else's. '' where there is none. */
  repository(field: string, value: unknown): string {
    if (value === '' || value === undefined) return '';
    return this.noted(field, value, typeof value === 'string' ? repositoryAddress(value) : undefined) ?? '';
  }

  /** A GPU type as Modal writes it. */
  gpuType(field: string, value: unknown): string | undefined {
    const isType = typeof value === 'string' && /^[A-Za-z0-9][\w.-]{0,39}$/.test(value);
    return this.noted(field, value, isType ? value : undefined);
  }

  /** A position in a log, which only the server reads. */
  entryId(field: string, value: unknown): string {
    const isShort = typeof value === 'string' && value.length <= longestEntryId;
    return this.noted(field, value, isShort ? value : undefined) ?? '';
  }

  /** @returns the word for a number of the protocol; 0 is a value that was not given */
  word<T>(field: string, words: Readonly<Record<number, T>>, value: unknown): T | undefined {
    const known = typeof value === 'number' && Object.hasOwn(words, value) ? words[value] : undefined;
    return value === 0 || value === undefined ? known : this.noted(field, value, known);
  }

  /** Leaves out what cannot be used, and what is beyond any number that is. */
  list<T, R>(field: string, values: readonly T[], translate: (value: T) => R | undefined): R[] {
    if (values.length > mostRecords)
      this.#say(field, `${values.length} entries, of which only the first count`);
    return values
      .slice(0, mostRecords)
      .map(translate)
      .filter((each) => each !== undefined);
  }

  /** @returns `known`, after saying that the value cannot be used where there is none */
  noted<T>(field: string, value: unknown, known: T | undefined): T | undefined {
    if (known === undefined)
      this.#say(field, typeof value === 'string' ? `a text of ${value.length} characters` : formOf(value));
    return known;
  }

  /** Texts are not quoted: nobody knows what stands in them. */
  #say(field: string, form: string): void {
    if (this.#said.has(field)) return;
    this.#said.add(field);
    this.#logger.warn(
      `Modal sent ${field} in a form that cannot be used (${form}), so it counts as unknown.`,
    );
  }
}

const longestRepository = 500;

/** `https://…`, `ssh://…`, `git://…` or `git@host:path`. */
function repositoryAddress(text: string): string | undefined {
  if (text.length > longestRepository || /[\s\p{Cc}]/u.test(text)) return undefined;
  if (/^(?:[\w.-]+@)?\w[\w.-]*:(?!\/\/)[\w~./-][\w~./+@-]*$/.test(text))
    return text.startsWith('-') ? undefined : text;
  if (!/^(?:https?|ssh|git):\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  url.password = '';
  if (/^https?:$/.test(url.protocol)) url.username = ''; // a token may stand there alone
  return url.href;
}

function within(value: unknown, least: number, most: number): number | undefined {
  return typeof value === 'number' && value >= least && value <= most ? value : undefined;
}

function formOf(value: unknown): string {
  return typeof value === 'number' ? `the number ${value}` : typeof value;
}
