import { expect, it, vi } from 'vitest';
import { plain } from '../../../src/shared/text.ts';
import { withSignal } from '../../../src/editor/withSignal.ts';
import { begin } from '../support/flowEditor.ts';
import { turns } from '../support/turns.ts';

vi.mock('vscode', () => import('../support/flowEditor.ts'));
// A job that takes a while takes no time here.
vi.mock('node:timers/promises', async (original) => ({
  ...(await original<object>()),
  setTimeout: (_ms: number, value: unknown) => Promise.resolve(value),
}));

it('ends a job when its message is cancelled', async () => {
  const cancel = new AbortController();
  begin(cancel.signal);
  const job = withSignal(
    plain('Reading…'),
    (signal) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('given up'))),
      ),
  );
  setImmediate(() => cancel.abort());
  const end = job.then(
    () => 'done',
    (error: unknown) => (error as Error).message,
  );
  expect(await Promise.race([end, turns()])).toBe('given up');
});
