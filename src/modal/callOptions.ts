/** What the SDK takes with each call. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs: number;
  /** How often the SDK tries again; absent: as it likes. */
  readonly retries?: number;
}

/** The SDK's own limit comes first, where it works. */
const sdkGraceMs = 1000;
const deadlineExceeded = 4;

export function callOptions(timeoutMs: number, signal?: AbortSignal): CallOptions {
  return signal ? { timeoutMs, signal } : { timeoutMs };
}

/**
 * What ends a call. The SDK asks for a token of its own first, and neither its limit nor a cancel ends the wait for that.
 */
export function endsOf({ timeoutMs, signal }: CallOptions) {
  const limit = AbortSignal.timeout(timeoutMs + sdkGraceMs);
  return {
    ends: signal ? AbortSignal.any([signal, limit]) : limit,
    reason: (error: unknown): unknown => (limit.aborted ? { code: deadlineExceeded } : error),
  };
}
