import { describe, expect, it } from 'vitest';
import {
  changedOnly,
  isChanged,
  settingProblem,
  settingValue,
} from '../../../src/features/deploy/core/settings.ts';
import type { ManifestSetting } from '../../../src/domain/catalog.ts';

const setting = (changes: Partial<ManifestSetting>): ManifestSetting => ({
  env: 'APP_X',
  title: 'X',
  description: '',
  type: 'string',
  default: '',
  ...changes,
});

describe('a setting of an app', () => {
  it.each([
    [{ type: 'integer', minimum: 1, maximum: 8 }, '8', ''],
    [{ type: 'integer', minimum: 1, maximum: 8 }, '9', 'The most is 8.'],
    [{ type: 'integer', minimum: 1, maximum: 8 }, '0', 'The least is 1.'],
    [{ type: 'integer' }, '1.5', 'Enter a whole number.'],
    [{ type: 'integer' }, '', 'Enter a whole number.'],
    [{ type: 'number', minimum: 0.1, maximum: 1 }, '0.95', ''],
    [{ type: 'number' }, 'much', 'Enter a number.'],
    [{ type: 'number' }, ' ', 'Enter a number.'],
    [{ type: 'boolean' }, 'true', ''],
    [{ type: 'boolean' }, 'perhaps', 'Enter true or false.'],
    [{ type: 'enum', choices: ['a', 'b'] }, 'b', ''],
    [{ type: 'enum', choices: ['a', 'b'] }, 'c', 'Choose one of: a, b.'],
    [{ type: 'string', pattern: '[a-z]+' }, 'abc', ''],
    [{ type: 'string', pattern: '[a-z]+' }, 'abc; rm', 'This does not have the form [a-z]+.'],
    [{ type: 'string' }, 'anything', ''],
  ] as const)('%j: %s', (changes, text, problem) => {
    expect(settingProblem(setting(changes as Partial<ManifestSetting>), text)).toBe(problem);
  });

  it('keeps what differs from the manifest and is still valid', () => {
    const settings = [
      setting({ env: 'APP_N', type: 'integer', default: 4, maximum: 8 }),
      setting({ env: 'APP_M', type: 'integer', default: 4, maximum: 8 }),
      setting({ env: 'APP_S', default: 'x' }),
    ];
    const values = { APP_N: '5', APP_M: '80', APP_S: 'x', APP_GONE: '1' };
    expect(changedOnly(settings, values)).toEqual({ APP_N: '5' });
    expect(isChanged(settings[2]!, values)).toBe(false);
    expect(settingValue(settings[0]!, {})).toBe('4');
  });
});
