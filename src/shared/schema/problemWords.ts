import { plural } from '../format.ts';
import { ownValue } from '../ownValue.ts';

/**
 * What is wrong with a field, as one sentence.
 * @param keyword of JSON Schema
 * @param error the validator's own sentence, which has the numbers
 */
export function problemWords(keyword: string, error: string): string {
  const numbers = error.match(/-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g) ?? [];
  const limit = numbers.at(-1) ?? '';
  switch (keyword) {
    case 'required':
      return 'This field is required.';
    case 'false':
      return 'This field is not known.';
    case 'type':
      return `Must be ${typeWords(error.split('Expected ')[1] ?? '')}.`;
    case 'enum':
      return `Must be one of ${listWords(error.slice(error.indexOf('[')))}.`;
    case 'const':
      return `Must be ${error.replace(/^Instance does not match /, '').replace(/\.$/, '')}.`;
    case 'minLength':
      return limit === '1'
        ? 'May not be empty.'
        : `Must have at least ${plural(Number(limit), 'character')}.`;
    case 'maxLength':
      return `May have at most ${plural(Number(limit), 'character')}.`;
    case 'minItems':
      return `Must have at least ${plural(Number(limit), 'item')}.`;
    case 'maxItems':
      return `May have at most ${plural(Number(limit), 'item')}.`;
    case 'minimum':
      return `Must be ${limit} or more.`;
    case 'maximum':
      return `Must be ${limit} or less.`;
    case 'exclusiveMinimum':
      return `Must be more than ${limit}.`;
    case 'exclusiveMaximum':
      return `Must be less than ${limit}.`;
    case 'multipleOf':
      return `Must be a multiple of ${limit}.`;
    case 'pattern':
      return 'Does not have the form that the schema asks for.';
    case 'format':
      return `Must be a valid ${/"(.*)"/.exec(error)?.[1] ?? 'value'}.`;
    case 'uniqueItems':
      return 'Items may not repeat.';
    case 'oneOf':
      return error.includes('matches)') && !error.includes('(0 matches)')
        ? 'Fits more than one of the choices, where only one may fit.'
        : 'Fits none of the choices.';
    case 'anyOf':
      return 'Fits none of the choices.';
    case 'not':
      return 'Must not be this.';
    default:
      return error;
  }
}

const types: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
};

/** @param quoted e.g. `"string", "null".` */
function typeWords(quoted: string): string {
  const names = quoted.match(/\w+/g) ?? [];
  return names.map((name) => ownValue(types, name) ?? name).join(' or ');
}

function listWords(json: string): string {
  return json.replace(/^\[/, '').replace(/\]\.$/, '').replaceAll(',', ', ');
}
