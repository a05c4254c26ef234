import { describe, expect, it } from 'vitest';
import { tabAfter } from '../../../src/features/logs/view/tabKeys.ts';

describe('the keys of tabs', () => {
  it.each([
    ['ArrowRight', 2, 0],
    ['ArrowLeft', 0, 2],
    ['Home', 2, 0],
    ['End', 0, 2],
    ['Enter', 0, undefined],
  ])('%s at %d of three leads to %s', (key, at, to) => {
    expect(tabAfter(key, 3, at)).toBe(to);
    expect(tabAfter(key, 0, -1)).toBeUndefined();
  });
});
