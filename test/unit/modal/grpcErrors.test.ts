import { expect, it } from 'vitest';
import { fromGrpc } from '../../../src/modal/grpcErrors.ts';

it.each([
  [3, 'invalid'],
  [4, 'timeout'],
  [5, 'notFound'],
  [6, 'conflict'],
  [7, 'forbidden'],
  [8, 'limit'],
  [12, 'unsupported'],
  [14, 'offline'],
  [16, 'unauthenticated'],
  [13, 'unexpected'],
])('gRPC status %i is %s', (code, kind) => {
  const error = Object.assign(new Error('x'), { code, details: 'the server says' });
  expect(fromGrpc(error)).toMatchObject({ kind, detail: 'the server says', cause: error });
});

it('is a cancellation when the caller aborted, whatever the server says', () => {
  expect(fromGrpc(Object.assign(new Error('x'), { code: 14 }), AbortSignal.abort()).kind).toBe('cancelled');
});
