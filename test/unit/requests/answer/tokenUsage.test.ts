import { expect, it } from 'vitest';
import { usageOf } from '../../../../src/features/requests/core/answer/tokenUsage.ts';

it.each<[words: object, usage: unknown]>([
  [{}, undefined],
  [{ tokens: null }, undefined],
  [{ tokens: 0 }, { tokens: 0 }],
  [
    { tokens: 5, reasoning: 0 },
    { tokens: 5, reasoning: 0 },
  ],
  [
    { tokens: 5, reasoning: 5 },
    { tokens: 5, reasoning: 5 },
  ],
  [{ tokens: 5, reasoning: 6 }, { tokens: 5 }],
  [{ tokens: 5, reasoning: -1 }, { tokens: 5 }],
  [{ tokens: 10_000_000 }, { tokens: 10_000_000 }],
  [{ tokens: 10_000_001 }, expect.stringContaining("10000001 tokens, which isn't a valid count")],
  [{ tokens: -1 }, expect.stringContaining('-1 tokens')],
  [{ tokens: 1.5 }, expect.stringContaining('1.5 tokens')],
  [{ tokens: 'many' }, expect.stringContaining('"many" tokens')],
])('what a server says of its tokens is taken where it can be true: %j', (words, usage) => {
  expect(usageOf(words)).toEqual(usage);
});
