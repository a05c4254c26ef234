import type { HttpResult } from '../../../src/domain/request.ts';

/** An answer that came at once. */
export function httpResult(body = '', changes: Partial<HttpResult> = {}): HttpResult {
  return {
    status: 200,
    statusText: 'OK',
    headers: {},
    body,
    size: Buffer.byteLength(body),
    timing: { connect: 0, firstByte: 0, total: 0, polls: 0 },
    callId: '',
    ...changes,
  };
}
