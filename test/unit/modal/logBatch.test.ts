import { expect, it } from 'vitest';
import { silentLogger } from '../../../src/shared/logger.ts';
import { FieldChecks } from '../../../src/modal/fieldChecks.ts';
import { toLogBatch } from '../../../src/modal/logBatch.ts';

it('tells what of a message is no chunk: how much, and since when', () => {
  const checks = new FieldChecks(silentLogger, 'https://api.modal.com:443');
  const began = 1_700_000_000_000;
  const item = (data: string, after: number, time = began + after) => ({
    ...{ data, timestamp: time / 1000, timestampNs: String(time * 1e6), taskState: 0, fileDescriptor: 1 },
    ...{ containerId: 'ta-1', functionCallId: '', taskProgress: undefined },
  });
  const batch = (imageId: string) =>
    ({
      ...{
        imageId,
        entryId: '1-0',
        appDone: false,
        ttlDays: 0,
        taskId: '',
        functionId: '',
        rootFunctionId: '',
      },
      items: [item('one\n', 2000), item('', 1000), item('two\n', 3000)],
    }) as unknown as Parameters<typeof toLogBatch>[0];
  const { chunks, leftOut } = toLogBatch(batch(''), checks);
  expect([chunks.map(({ text }) => text), leftOut]).toEqual([
    ['one\n', 'two\n'],
    { count: 1, oldest: began + 1000 },
  ]);
  expect(toLogBatch(batch('im-1'), checks)).toMatchObject({
    chunks: [],
    leftOut: { count: 3, oldest: began + 1000 },
  });
});
