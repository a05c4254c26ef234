/** What a server says of its tokens, as it came. */
export interface UsageWords {
  readonly tokens?: unknown;
  /** Those of them that were thoughts. */
  readonly reasoning?: unknown;
}

export interface TokenUsage {
  readonly tokens: number;
  readonly reasoning?: number;
}

/** More than any model gives in one answer. */
const mostTokens = 10_000_000;

/** @returns undefined where nothing is said, or a sentence where it cannot be true */
export function usageOf({ tokens, reasoning }: UsageWords): TokenUsage | string | undefined {
  if (tokens === undefined || tokens === null) return undefined;
  if (!isCount(tokens))
    return `The server reports ${shown(tokens)} tokens, which isn't a valid count. Counting chunks instead.`;
  if (!isCount(reasoning) || reasoning > tokens) return { tokens };
  return { tokens, reasoning };
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= mostTokens;
}

function shown(value: unknown): string {
  return (typeof value === 'number' ? String(value) : JSON.stringify(value)).slice(0, 40);
}
