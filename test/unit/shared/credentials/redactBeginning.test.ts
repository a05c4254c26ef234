import { describe, expect, it } from 'vitest';
import { redactBeginning } from '../../../../src/shared/redact.ts';
import { credentialValues } from '../../../../src/features/requests/core/secretVariables.ts';

const key = 'sk-abcdefghij0123456789ABCDEFGHIJ';

describe('a long text that is masked', () => {
  it.each(['word ', 'w'])('shows no part of a key, wherever it is cut: after %o again and again', (piece) => {
    const before = piece.repeat(16 * 1024).slice(0, 16 * 1024 - 60);
    for (let gap = 1; gap < 70; gap++) {
      const shown = redactBeginning(`${before}${' '.repeat(gap)}${key} end ${'x '.repeat(20_000)}`);
      expect(shown.includes('sk-a')).toBe(false);
      expect(shown.length).toBeLessThan(17 * 1024);
    }
  });

  it('is the same without a key, and says how long one is that was cut', () => {
    expect(redactBeginning('a b c')).toBe('a b c');
    expect(redactBeginning('a '.repeat(10_000)).slice(-60)).toMatch(/a … \(20000 characters in all\)$/);
  });
});

describe('the credentials of a long body', () => {
  it.each([0, 24, 31.99, 32, 47.99, 56])(
    'are found at %d KB, also at the end of a window',
    async (kilobytes) => {
      const body = `${'a '.repeat(kilobytes * 512)}${key} ${'b '.repeat(40_000)}`;
      const found = await credentialValues({ method: 'POST', url: 'https://a.modal.run', headers: {}, body });
      expect(found).toContain(key);
    },
  );
});
