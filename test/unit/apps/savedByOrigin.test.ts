import { expect, it } from 'vitest';
import { Emitter } from '../../../src/shared/emitter.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { SavedRequest } from '../../../src/domain/savedRequest.ts';
import { SavedByOrigin } from '../../../src/features/apps/ui/savedByOrigin.ts';

const origin = 'https://demo.modal.run';
const saved = (title: string): SavedRequest[] => [
  { title, method: 'GET', path: '/', origin, uri: 'file:///work/a.http', at: 0 },
];
const settled = () => new Promise((resolve) => setImmediate(resolve));

function watched() {
  const reads: PromiseWithResolvers<SavedRequest[]>[] = [];
  const files = new Emitter<undefined>();
  const failures: unknown[] = [];
  let changes = 0;
  const logger = { ...silentLogger, error: (_: string, error: unknown) => failures.push(error) };
  const read = () => {
    const answer = Promise.withResolvers<SavedRequest[]>();
    reads.push(answer);
    return answer.promise;
  };
  const requests = new SavedByOrigin({ saved: read, onDidChangeSaved: files.event, logger }, () => changes++);
  return {
    requests,
    reads,
    files,
    failures,
    changes: () => changes,
    title: () => requests.current?.get(origin)?.[0]?.title,
  };
}

it('reads nothing before somebody wants it, and nothing after nobody does', () => {
  const { requests, reads, files } = watched();
  files.fire(undefined);
  expect([reads.length, requests.current]).toEqual([0, undefined]);
  requests.watch();
  requests.watch();
  expect([reads.length, files.listenerCount]).toEqual([1, 1]);
  requests.dispose();
  expect(files.listenerCount).toBe(0);
});

it('reads once more, however many files change during a read, and keeps what was read last', async () => {
  const { requests, reads, files, changes, title } = watched();
  requests.watch();
  for (let file = 0; file < 50; file++) files.fire(undefined);
  await settled();
  expect(reads).toHaveLength(1);
  reads[0]!.resolve(saved('before'));
  await settled();
  expect([reads.length, title()]).toEqual([2, 'before']);
  reads[1]!.resolve(saved('after'));
  await settled();
  expect([reads.length, title(), changes()]).toEqual([2, 'after', 2]);
});

it('logs a read that fails, keeps what was there and reads the next change', async () => {
  const { requests, reads, files, failures, title } = watched();
  requests.watch();
  reads[0]!.resolve(saved('first'));
  await settled();
  files.fire(undefined);
  const reason = new Error('no such folder');
  reads[1]!.reject(reason);
  await settled();
  expect([title(), failures]).toEqual(['first', [reason]]);
  files.fire(undefined);
  reads[2]!.resolve(saved('later'));
  await settled();
  expect(title()).toBe('later');
});
