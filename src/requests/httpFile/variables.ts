import { randomUUID } from 'node:crypto';
import { ownValue } from '../../domain/ownValue.ts';
import type { HttpFile, TextRange } from './model.ts';
import { VariableGraph } from './variableGraph.ts';

/** Variables that the endpoint's key takes in files; their values come from the secret storage, never from a file. */
export const keyVariables = ['MODAL_API_KEY', 'MODAL_KEY', 'MODAL_SECRET'] as const;

export const isKeyVariable = (name: string) => (keyVariables as readonly string[]).includes(name);

/** Variables that name one another more deeply than anybody writes by hand. */
const mostDepth = 100;
const tooDeep = `is nested more than ${mostDepth} variables deep. Give it its value directly.`;

/** What one file is filled with in all: a few lines can name a long value many times. */
const mostFilledIn = 20 * 1024 * 1024;

type Value = string | { readonly why: string };

export interface VariableSource {
  /** Of `http-client.env.json` and its private sister, for the chosen environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Names of the environment whose values are the user's own. */
  readonly privateNames?: ReadonlySet<string>;
  /** Of the `.env` file beside the requests. */
  readonly dotenv: Readonly<Record<string, string>>;
  readonly processEnv: Readonly<Record<string, string | undefined>>;
  /** The user's own files and environment were not read, since the folder is not trusted. */
  readonly isRestricted?: boolean;
}

const restricted =
  'has no value in Restricted Mode, where .env, http-client.private.env.json and the environment are not read. Trust the folder to use them.';

export interface Reference extends TextRange {
  /** What stands between the braces, without blanks around it. */
  readonly name: string;
}

export interface Filled {
  readonly text: string;
  /** References that have no value, and why. */
  readonly unknown: readonly { readonly name: string; readonly why: string }[];
}

const reference = /\{\{([^{}\r\n]*)\}\}/g;

export function referencesIn(text: string): Reference[] {
  return [...text.matchAll(reference)].map((match) => ({
    name: (match[1] ?? '').trim(),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** Fills variables in. What the file itself says comes before the environment. */
export class Variables {
  readonly #file: ReadonlyMap<string, string>;
  readonly #source: VariableSource;
  /** Each value is made once, or values that name one another would double with each step. */
  readonly #known = new Map<string, Value>();
  readonly #graph: VariableGraph;
  #filledIn = 0;

  constructor(file: Pick<HttpFile, 'variables'>, source: VariableSource) {
    this.#file = new Map(file.variables.map(({ name, value }) => [name, value]));
    this.#source = source;
    this.#graph = new VariableGraph(
      (name) => (name.startsWith('$') ? [] : referencesIn(this.#raw(name) ?? '').map((each) => each.name)),
      (name) => this.#isSource(name),
    );
  }

  get names(): string[] {
    return [...new Set([...this.#file.keys(), ...Object.keys(this.#source.environment)])];
  }

  fill(text: string): Filled {
    return this.#fill(text, []);
  }

  /** Why a variable has no value. '' = it has one */
  problem(name: string): string {
    const value = this.#value(name, []);
    return typeof value === 'string' ? '' : value.why;
  }

  /** Whether a value is of a source that stays on this machine, also by way of another variable. */
  isSecret(name: string): boolean {
    return this.#graph.isSecret(name);
  }

  /** Names of the credentials of such sources that a text is filled with. */
  credentialsIn(text: string): string[] {
    return this.#graph.credentials(referencesIn(text).map(({ name }) => name));
  }

  #raw(name: string): string | undefined {
    return this.#file.get(name) ?? ownValue(this.#source.environment, name);
  }

  #isSource(name: string): boolean {
    if (name.startsWith('$')) return /^\$(?:processEnv|dotenv)\b/.test(name);
    return !this.#file.has(name) && this.#source.privateNames?.has(name) === true;
  }

  has(name: string): boolean {
    return this.#file.has(name) || Object.hasOwn(this.#source.environment, name);
  }

  #fill(text: string, within: readonly string[]): Filled {
    const unknown: { name: string; why: string }[] = [];
    const filled = text.replaceAll(reference, (whole, inner: string) => {
      const name = inner.trim();
      const value =
        this.#filledIn > mostFilledIn
          ? { why: 'makes the text grow past 20 MB.' }
          : this.#value(name, within);
      if (typeof value !== 'string') {
        unknown.push({ name, why: value.why });
        return whole;
      }
      this.#filledIn += value.length;
      return value;
    });
    return { text: filled, unknown };
  }

  #value(name: string, within: readonly string[]): Value {
    if (name.startsWith('$')) return dynamicValue(name, this.#source);
    if (within.includes(name)) return { why: `refers to itself: ${[...within, name].join(' → ')}.` };
    if (within.length >= mostDepth || this.#graph.depth(name) > mostDepth) return { why: tooDeep };
    const known = this.#known.get(name) ?? this.#make(name, within);
    this.#known.set(name, known);
    return known;
  }

  #make(name: string, within: readonly string[]): Value {
    const raw = this.#raw(name);
    if (raw === undefined && this.#source.isRestricted) return { why: restricted };
    if (raw === undefined) return { why: 'has no value. Define it in this file or in http-client.env.json.' };
    const { text, unknown } = this.#fill(raw, [...within, name]);
    const [first] = unknown;
    if (!first) return text;
    if (first.why === tooDeep) return { why: tooDeep };
    // The last of a chain says enough; a sentence for each step would grow with the file.
    return {
      why: /^(?:refers|needs) /.test(first.why) ? first.why : `needs ${first.name}, which ${first.why}`,
    };
  }
}

/** What REST Client, httpyac and JetBrains agree on, or two of them. */
export const dynamicNames = ['$guid', '$uuid', '$timestamp', '$randomInt', '$processEnv', '$dotenv'] as const;

function dynamicValue(
  expression: string,
  { dotenv, processEnv, isRestricted }: VariableSource,
): string | { readonly why: string } {
  const [name, first = '', second = ''] = expression.split(/\s+/);
  switch (name) {
    case '$guid':
    case '$uuid':
    case '$random.uuid':
      return randomUUID();
    case '$timestamp':
      return String(Math.floor(Date.now() / 1000));
    case '$randomInt': {
      const low = Number(first || 0);
      const high = Number(second || 1000);
      if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || high <= low)
        return { why: 'needs two whole numbers, the smaller first.' };
      return String(low + Math.floor(Math.random() * (high - low)));
    }
    case '$processEnv':
      return (
        ownValue(processEnv, first) ?? {
          why: isRestricted ? restricted : `is not set in the editor's environment.`,
        }
      );
    case '$dotenv':
      return (
        ownValue(dotenv, first) ?? {
          why: isRestricted ? restricted : 'is not in the .env file beside this one.',
        }
      );
    default:
      return { why: `is not one of ${dynamicNames.join(', ')}.` };
  }
}
