import { ownValue } from '../../../../shared/ownValue.ts';
import { dynamicNames, dynamicValue } from './dynamicValues.ts';
import { firstWord } from './firstWord.ts';
import type { HttpFile } from './model.ts';
import { referencesIn, replaceReferences } from '../../../requests/core/index.ts';
import { VariableGraph } from './variableGraph.ts';

/** Variables that name one another more deeply than anybody writes by hand. */
const mostDepth = 100;
const tooDeep = `is nested more than ${mostDepth} variables deep. Set its value directly.`;

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
  "isn't defined in Restricted Mode, where .env, http-client.private.env.json and the environment aren't read. Trust the folder to use them.";

export interface Filled {
  readonly text: string;
  /** References that have no value, and why. */
  readonly unknown: readonly { readonly name: string; readonly why: string }[];
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
    const filled = replaceReferences(text, (name, whole) => {
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
    if (name.startsWith('$')) return this.#dynamic(name, within);
    if (within.includes(name)) return { why: `refers to itself: ${[...within, name].join(' → ')}.` };
    if (within.length >= mostDepth || this.#graph.depth(name) > mostDepth) return { why: tooDeep };
    const known = this.#known.get(name) ?? this.#make(name, within);
    this.#known.set(name, known);
    return known;
  }

  #dynamic(expression: string, within: readonly string[]): Value {
    const [name, rest] = firstWord(expression);
    if (name !== '$processEnv' && name !== '$dotenv')
      return dynamicValue(expression) ?? { why: notDynamic(name) };
    const asked = this.#nameOf(rest, within);
    if (typeof asked !== 'string') return asked;
    const { dotenv, processEnv, isRestricted } = this.#source;
    const value = ownValue(name === '$dotenv' ? dotenv : processEnv, asked);
    if (value !== undefined) return value;
    if (isRestricted) return { why: restricted };
    const where =
      name === '$dotenv'
        ? "isn't in the .env file next to this one."
        : `isn't set in the environment of VS Code.`;
    return { why: asked === rest ? where : `names ${asked}, which ${where}` };
  }

  /** `%name` is the variable whose value is the name. */
  #nameOf(text: string, within: readonly string[]): Value {
    if (/\s/.test(text) || text === '') return { why: 'needs one name, for example {{$dotenv NAME}}.' };
    if (!text.startsWith('%')) return text;
    const value = this.#value(text.slice(1), within);
    return typeof value === 'string' ? value : { why: `needs ${text.slice(1)}, which ${value.why}` };
  }

  #make(name: string, within: readonly string[]): Value {
    const raw = this.#raw(name);
    if (raw === undefined && this.#source.isRestricted) return { why: restricted };
    if (raw === undefined) return { why: noValue(name, this.#source) };
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

function noValue(name: string, { dotenv }: VariableSource): string {
  if (Object.hasOwn(dotenv, name)) return `isn't defined. It is in .env: write {{$dotenv ${name}}}.`;
  if (/^[\w-]+\.(?:response|request)\./.test(name))
    return "is read from another request, which isn't supported. Send that request, and define what you need as @name = value.";
  if (/^[\w$]+\s*[.[(]|[()|+'"]/.test(name))
    return `isn't defined: it isn't a variable name, and expressions aren't evaluated. Write the value as @name = value. ${itself}`;
  return `isn't defined. Define it in this file or in http-client.env.json. ${itself}`;
}

/** Templates of chats have braces of their own. */
const itself = String.raw`To send the braces themselves, write \{\{ … \}\}, or put the text into a file and write "< ./file".`;

function notDynamic(name: string): string {
  if (/^\$(?:prompt|input|password|pick)/.test(name))
    return 'prompts for a value in other clients. Write it as @name = value.';
  if (/^\$(?:aad|oidc|auth\.)/i.test(name))
    return 'signs in to another service in other clients. Write the token as @name = value, or in http-client.private.env.json.';
  return `is not one of ${dynamicNames.join(', ')}.`;
}
