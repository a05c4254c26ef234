import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  argumentWarning,
  looksSecret,
  parameterProblem,
  runArguments,
  shownArguments,
  splitWords,
  unsupportedParameters,
} from '../../../src/features/deploy/core/runArguments.ts';
import type { ParameterType, ScriptParameter } from '../../../src/domain/script.ts';

const parameter = (type: ParameterType, name = 'some_name', annotation = ''): ScriptParameter => ({
  name,
  annotation,
  type,
});
const kind = (name: 'str' | 'int' | 'float' | 'bool' | 'datetime' | 'any') => ({ kind: name }) as const;

describe('a secret as a parameter', () => {
  it.each([
    ['api_key', kind('str'), true],
    ['password', kind('any'), true],
    ['tokens', { kind: 'words' } as const, true],
    ['max_tokens', kind('int'), false],
    ['text', kind('str'), false],
  ])('is warned about: %s %j', (name, type, warned) => {
    expect(argumentWarning(parameter(type, name)).includes('other processes')).toBe(warned);
  });
});

describe('a typed value', () => {
  it.each([
    [kind('int'), ['3', '-4', ' +5 ', '1_000'], ['', 'x', '1.5', '1e3', '--1']],
    [kind('float'), ['3', '-.5', '1.', '1e-3', 'inf', 'nan'], ['', 'x', '1,5', '.', 'e3']],
    [kind('bool'), ['true', 'false'], ['', 'True', '1']],
    [
      kind('datetime'),
      ['2024-02-29', '2024-1-2', '2024-01-02 03:04:05', '2024-01-02T23:59:59'],
      ['', '2023-02-29', '2024-13-01', '2024-01-02 24:00:00', '01.02.2024', '2024-01-02 03:04'],
    ],
    [{ kind: 'choice', choices: ['a', 'b'] }, ['a', 'b'], ['', 'A', 'c']],
    [{ kind: 'words' }, ['', 'a b', '"a b"'], ['"a', "it's"]],
    [kind('str'), ['', ' x '], []],
    [kind('any'), ['', 'x'], []],
  ] as const)('%j', (type, good, bad) => {
    for (const text of good) expect([text, parameterProblem(parameter(type), text)]).toEqual([text, '']);
    for (const text of bad) expect(parameterProblem(parameter(type), text), text).not.toBe('');
  });
});

describe('the command line', () => {
  it('has one word for each flag, so that no value is taken for a flag', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(runArguments([parameter(kind('str'))], { some_name: value })).toEqual([
          `--some-name=${value}`,
        ]);
      }),
    );
  });

  it.each([
    [kind('bool'), 'true', ['--some-name']],
    [kind('bool'), 'false', ['--no-some-name']],
    [kind('int'), ' 3 ', ['--some-name=3']],
    [{ kind: 'words' }, `a --b "c d" '' x"y"`, ['--', 'a', '--b', 'c d', '', 'xy']],
  ] as const)('%j of %j', (type, value, expected) => {
    expect(runArguments([parameter(type)], { some_name: value })).toEqual(expected);
  });

  it('leaves out what is left to the default, and values of other functions', () => {
    expect(runArguments([parameter(kind('int'))], { other: '3' })).toEqual([]);
  });

  it('is shown without what looks secret', () => {
    const parameters = [parameter(kind('str'), 'api_key'), parameter(kind('int'), 'count')];
    const values = { api_key: 'CANARY', count: '3' };
    expect(shownArguments(parameters, values)).toEqual(['--api-key=…', '--count=3']);
    expect(['hf_token', 'PASSWORD', 'client_secret', 'count', 'path'].map(looksSecret)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('splits words without ever losing a letter', () => {
    const word = fc.stringMatching(/^[a-z-]{1,5}$/);
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(splitWords(words.join('  '))).toEqual(words);
        expect(splitWords(words.map((each) => `"${each}"`).join(' '))).toEqual(words);
      }),
    );
  });
});

describe('what the CLI refuses', () => {
  it('is named as it is written', () => {
    const list = parameter({ kind: 'unsupported' }, 'items', 'list[str]');
    const rest = parameter({ kind: 'unsupported' }, 'options', '**');
    const words = parameter({ kind: 'words' }, 'args', '*str');
    const count = parameter(kind('int'), 'count', 'int');
    expect(unsupportedParameters([list, rest, count])).toEqual(['items: list[str]', '**options']);
    expect(unsupportedParameters([words])).toEqual([]);
    expect(unsupportedParameters([count, words])).toEqual(['*args']);
  });

  it('is also a name with capitals, because its flag would reach the function in small letters', () => {
    expect(
      unsupportedParameters([parameter(kind('str'), 'sourceDict', 'str'), parameter(kind('int'))]),
    ).toEqual(['sourceDict (the CLI passes it on in small letters)']);
  });
});
