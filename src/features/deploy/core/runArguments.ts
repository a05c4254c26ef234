import type { ScriptParameter } from '../../../domain/script.ts';

/** Values of a run's form by parameter name; absent = the function's own default. */
export type RunValues = Readonly<Record<string, string>>;

/** A name behind which a value should neither be shown nor kept. */
export function looksSecret(name: string): boolean {
  return /key|token|secret|passw|credential|auth/i.test(name);
}

/** What the user should know before giving a secret to `modal run`; '' for any other parameter. */
export function argumentWarning({ name, type }: ScriptParameter): string {
  const isText = type.kind === 'str' || type.kind === 'any' || type.kind === 'words';
  if (!isText || !looksSecret(name)) return '';
  return 'It is given to modal run as an argument, which other processes of this machine can read.';
}

const wholeNumber = /^[+-]?\d+(?:_\d+)*$/;
const decimalNumber = /^[+-]?(?:(?:\d+(?:_\d+)*(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|inf|nan)$/i;
const dateForms = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{1,2}):(\d{1,2}))?$/;

/** @returns what is wrong with a typed value, '' when the CLI will take it */
export function parameterProblem({ type }: ScriptParameter, text: string): string {
  switch (type.kind) {
    case 'int':
      return wholeNumber.test(text.trim()) ? '' : 'A whole number is needed, e.g. 3.';
    case 'float':
      return decimalNumber.test(text.trim()) ? '' : 'A number is needed, e.g. 0.5.';
    case 'bool':
      return /^(?:true|false)$/.test(text) ? '' : 'Choose true or false.';
    case 'datetime':
      return isDate(text.trim()) ? '' : 'A date is needed: 2026-01-31 or 2026-01-31 12:30:00.';
    case 'choice':
      return type.choices.includes(text) ? '' : `Choose one of: ${type.choices.join(', ')}.`;
    case 'words':
      return splitWords(text) ? '' : 'A quotation mark is not closed.';
    case 'str':
    case 'any':
    case 'unsupported':
      return '';
  }
}

function isDate(text: string): boolean {
  const [year, month, day, hour = 0, minute = 0, second = 0] = (dateForms.exec(text) ?? [])
    .slice(1)
    .map((part) => Number(part || 0));
  if (year === undefined || month === undefined || day === undefined) return false;
  const date = new Date(Date.UTC(year, month - 1, day));
  return (
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  );
}

/**
 * Words as a shell would split them, with quotation marks.
 * @returns undefined when a quotation mark is not closed
 */
export function splitWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (const letter of text) {
    if (quote) {
      if (letter === quote) quote = '';
      else word = (word ?? '') + letter;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      word ??= '';
    } else if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + letter;
  }
  if (quote) return undefined;
  return word === undefined ? words : [...words, word];
}

/** As one word, so that a name that begins with a dash is no flag. */
export function environmentFlag(environment: string): string[] {
  return environment ? [`--env=${environment}`] : [];
}

/**
 * What stands behind the function's name on the command line. A flag and its value are one word, so that a value
 * that begins with a dash is no flag; words without a flag stand behind `--` for the same reason.
 */
export function runArguments(parameters: readonly ScriptParameter[], values: RunValues): string[] {
  return parameters.flatMap((parameter) => {
    const value = values[parameter.name];
    return value === undefined ? [] : argumentsOf(parameter, value);
  });
}

/** The same, without the values that should not be seen. */
export function shownArguments(parameters: readonly ScriptParameter[], values: RunValues): string[] {
  const shown = Object.entries(values).map(([name, value]) => [name, looksSecret(name) ? '…' : value]);
  return runArguments(parameters, Object.fromEntries(shown) as RunValues);
}

function argumentsOf({ name, type }: ScriptParameter, value: string): string[] {
  const flag = name.replaceAll('_', '-');
  if (type.kind === 'words') {
    const words = splitWords(value) ?? [];
    return words.length > 0 ? ['--', ...words] : [];
  }
  if (type.kind === 'bool') return [value === 'true' ? `--${flag}` : `--no-${flag}`];
  const text = type.kind === 'str' || type.kind === 'any' || type.kind === 'choice' ? value : value.trim();
  return [`--${flag}=${text}`];
}

/** Parameters that make the CLI refuse the function, as they are written. */
export function unsupportedParameters(parameters: readonly ScriptParameter[]): string[] {
  // The CLI takes `*args` only where there is nothing else.
  const onlyOne = parameters.length === 1;
  return parameters
    .filter(
      ({ name, type }) =>
        type.kind === 'unsupported' || (type.kind === 'words' ? !onlyOne : name !== name.toLowerCase()),
    )
    .map(({ name, annotation, type }) => {
      if (type.kind !== 'unsupported' && type.kind !== 'words')
        return `${name} (the CLI passes it on in small letters)`;
      const stars = /^\*+/.exec(annotation)?.[0];
      return stars ? `${stars}${name}` : `${name}: ${annotation}`;
    });
}
