import { expect, it } from 'vitest';
import { emptyWords, withValue } from '../../../src/features/requests/view/form/choices.ts';

it('keeps the choices of a value in their order, whichever is chosen', () => {
  const choices = ['', 'true', 'false'];
  for (const value of choices) expect(withValue(choices, value)).toEqual(choices);
  expect(withValue(choices, 'maybe')).toEqual([...choices, 'maybe']);
});

it('tells nothing that is sent from nothing that is not', () => {
  expect([emptyWords('', true), emptyWords('', false), emptyWords('true', true)]).toEqual([
    'Empty',
    'Not sent',
    'Not sent',
  ]);
});
