import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyMask } from '../../../../src/features/requests/core/keyMask.ts';

const key = 'abcabd-KEY';

describe('a key that the server repeats', () => {
  it('is masked in texts, headers and bytes, which keep their length', () => {
    const mask = new KeyMask([key]);
    expect(mask.text('nothing')).toBe('nothing');
    expect(mask.found).toBe(false);
    const bytes = Buffer.from(`a ${key}${key} b`);
    expect(Buffer.from(mask.bytes(bytes)).toString()).toBe(`a ${'*'.repeat(20)} b`);
    expect(bytes.toString()).toContain(key); // the original is the caller's
    expect(mask.headers({ 'x-echo': `Bearer ${key}` })).toEqual({ 'x-echo': `Bearer ${'*'.repeat(10)}` });
    expect(mask.found).toBe(true);
  });

  it('leaves bytes without it as they are, uncopied', () => {
    const bytes = Buffer.from('nothing here');
    expect(new KeyMask([key]).bytes(bytes)).toBe(bytes);
    expect(new KeyMask(['a', '']).text('a b')).toBe('a b');
  });

  it('never passes through a stream, however it is cut', () => {
    const piece = fc.constantFrom('abc', 'abd', key, '-KEY', 'abcab', 'x');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.integer({ min: 1, max: 7 }), (pieces, size) => {
        const whole = Buffer.from(pieces.join(''));
        const mask = new KeyMask([key]);
        let passed = '';
        for (let at = 0; at < whole.length; at += size)
          passed += Buffer.from(mask.push(whole.subarray(at, at + size))).toString();
        expect(passed).not.toContain(key);
        const masked = whole.toString().replaceAll(key, '*'.repeat(key.length));
        expect(masked.startsWith(passed)).toBe(true);
        expect(masked.length - passed.length).toBeLessThan(key.length);
      }),
    );
  });
});
