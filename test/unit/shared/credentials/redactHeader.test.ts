import { expect, it } from 'vitest';
import { redactHeader } from '../../../../src/shared/redact.ts';

it('a header that is longer than servers take is masked whole, whatever its name', () => {
  const most = 'a '.repeat(16 * 1024);
  expect(redactHeader('x-note', most)).toBe(most);
  expect(redactHeader('x-note', `${most}b`)).toBe('…');
});
