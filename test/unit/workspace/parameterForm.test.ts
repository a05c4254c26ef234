/** The form for the parameters of a run: one step for each, with what is proposed, accepted and refused. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ParameterType, ScriptParameter } from '../../../src/domain/script.ts';
import { plain } from '../../../src/shared/text.ts';
import { askParameters } from '../../../src/features/workspace/ui/parameterForm.ts';
import type { OpenInput } from '../support/whole/questions.ts';
import type { Answer } from '../support/whole/transcript.ts';
import { emptied, taken, willAnswer } from '../support/whole/transcript.ts';

vi.mock('vscode', () => import('../support/whole/editor.ts'));

afterEach(() => emptied());

type Kind = ParameterType['kind'];
const parameter = (name: string, kind: Kind, more: Partial<ScriptParameter> = {}) => ({
  name,
  annotation: kind,
  type: kind === 'choice' ? { kind, choices: ['a', 'b'] } : { kind },
  ...more,
});
const byDefault = (defaultInput: string, defaultValue = defaultInput) => ({ defaultValue, defaultInput });
/** The values, and what was shown. */
const asked = async (
  parameters: readonly ScriptParameter[],
  remembered: Readonly<Record<string, string>>,
  ...answers: readonly Answer[]
) => {
  willAnswer(answers);
  const values = await askParameters(plain('Run go'), parameters, remembered);
  return [values, taken()] as const;
};

describe('a required parameter', () => {
  it.each<readonly [Kind, string, string, string, string]>([
    ['int', 'x', '  A whole number is needed, e.g. 3.', '3', 'input: Run go · p: int, required'],
    ['float', 'x', '  A number is needed, e.g. 0.5.', '0.5', 'input: Run go · p: float, required'],
    [
      'datetime',
      '2026-13-01',
      '  A date is needed: 2026-01-31 or 2026-01-31 12:30:00.',
      '2026-01-31',
      'input: Run go · p: datetime, required · 2026-01-31 12:30:00',
    ],
  ])('of kind %s refuses %s', async (kind, wrong, words, right, first) => {
    expect(await asked([parameter('p', kind)], {}, wrong, right)).toEqual([{ p: right }, [first, words]]);
  });

  it('that is a text takes the empty one', async () => {
    expect((await asked([parameter('p', 'str')], {}, ''))[0]).toEqual({ p: '' });
    expect((await asked([parameter('p', 'any', { annotation: '' })], {}, 'x'))[1]).toEqual([
      'input: Run go · p, required',
    ]);
  });

  it('says nothing of a field in which nothing was typed, and what is wrong as soon as something is', async () => {
    const seen: (string | undefined)[] = [];
    const typing = (input: OpenInput) => {
      seen.push(input.validationMessage);
      input.type('x');
      seen.push(input.validationMessage);
      input.type('3');
      seen.push(input.validationMessage);
      input.accepts.fire();
    };
    expect((await asked([parameter('p', 'int')], {}, typing))[0]).toEqual({ p: '3' });
    expect(seen).toEqual([undefined, 'A whole number is needed, e.g. 3.', undefined]);
  });

  it('has a list where it can only be one of some', async () => {
    expect(await asked([parameter('p', 'choice')], {}, 'b')).toEqual([
      { p: 'b' },
      ['list: Run go · p: choice, required', '  a', '  b'],
    ]);
    expect((await asked([parameter('p', 'bool')], {}, 'true'))[1]).toEqual([
      'list: Run go · p: bool, required',
      '  true',
      '  false',
    ]);
  });
});

describe('a parameter with a default', () => {
  const change = 'Enter Values';

  it.each<readonly [string, ScriptParameter, string, Readonly<Record<string, string>>]>([
    ['an empty number leaves it', parameter('p', 'int', byDefault('3')), '', {}],
    ['a number of blanks leaves it', parameter('p', 'int', byDefault('3')), '  ', {}],
    ['the same number leaves it', parameter('p', 'int', byDefault('3')), '3', {}],
    ['another number is a value', parameter('p', 'int', byDefault('3')), '4', { p: '4' }],
    ['the same text leaves it', parameter('p', 'str', byDefault('x', '"x"')), 'x', {}],
    ['an empty text is a value', parameter('p', 'str', byDefault('x', '"x"')), '', { p: '' }],
    [
      'an empty text leaves a default that cannot be typed',
      parameter('p', 'str', { defaultValue: 'make()' }),
      '',
      {},
    ],
    ['a text of blanks is a value', parameter('p', 'str', { defaultValue: 'make()' }), ' ', { p: ' ' }],
    ['the default of a list leaves it', parameter('p', 'choice', byDefault('a')), 'a', {}],
    ['another choice is a value', parameter('p', 'choice', byDefault('a')), 'b', { p: 'b' }],
    ['no words leave it', parameter('p', 'words'), ' ', {}],
  ])('%s', async (_what, each, answer, values) => {
    expect((await asked([each], {}, change, answer))[0]).toEqual(values);
  });

  it('is shown with it, and with what was chosen the last time', async () => {
    const [, told] = await asked(
      [parameter('p', 'int', byDefault('3'))],
      { p: '7', gone: '1' },
      change,
      undefined,
    );
    expect(told.slice(-1)).toEqual(['input: Run go · p: int, default 3 · Leave empty for the default · "7"']);
    const list = await asked([parameter('p', 'choice', { defaultValue: 'make()' })], {}, change, 'Default');
    expect(list).toEqual([
      {},
      [
        'list: Run go · Select parameter values',
        '  $(play) Run with Defaults | p=make()',
        '  $(edit) Enter Values…',
        'list: Run go · p: choice, default make()',
        '  Default | make()',
        '  a',
        '  b',
      ],
    ]);
    const words = await asked([parameter('p', 'words')], {}, change, "'open", 'a b');
    expect(words[1].slice(-2)).toEqual([
      'input: Run go · Values for *p, separated by spaces; use quotation marks for values with spaces',
      '  A quotation mark is not closed.',
    ]);
  });
});

describe('all of them at once', () => {
  const two = [parameter('count', 'int', byDefault('3')), parameter('token', 'str', byDefault('x', '"x"'))];

  it('are the defaults, or those of the last time, where none is missing', async () => {
    expect(await asked(two, { count: '5' }, 'Run with Previous Values')).toEqual([
      { count: '5' },
      [
        'list: Run go · Select parameter values',
        '  $(history) Run with Previous Values | --count=5',
        '  $(play) Run with Defaults | count=3, token=…',
        '  $(edit) Enter Values…',
      ],
    ]);
    expect((await asked(two, { count: '5' }, 'Run with Defaults'))[0]).toEqual({});
    expect((await asked(two, {}, undefined))[0]).toBeUndefined();
    expect((await asked([parameter('p', 'int'), ...two], { p: '1' }, undefined))[1]).toEqual([
      'list: Run go · Select parameter values',
      '  $(history) Run with Previous Values | --p=1',
      '  $(edit) Enter Values…',
    ]);
    expect(await asked([], {})).toEqual([{}, []]);
  });

  it('are asked for step by step, with a way back', async () => {
    const steps: (readonly [number | undefined, number | undefined, number])[] = [];
    const note = (then: (input: OpenInput) => void) => (input: OpenInput) => {
      steps.push([input.step, input.totalSteps, input.buttons.length]);
      then(input);
    };
    const take = (value: string) => note((input) => input.take(value));
    const back = note((input) => input.presses.fire(input.buttons[0]));
    const [values] = await asked(
      [parameter('a', 'int'), parameter('b', 'int')],
      {},
      take('1'),
      back,
      take('2'),
      take('3'),
    );
    expect([values, steps]).toEqual([
      { a: '2', b: '3' },
      [
        [1, 2, 0],
        [2, 2, 1],
        [1, 2, 0],
        [2, 2, 1],
      ],
    ]);
    expect(
      (await asked([parameter('a', 'int'), parameter('b', 'int')], {}, '1', undefined))[0],
    ).toBeUndefined();
  });
});
