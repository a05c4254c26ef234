import { describe, expect, it } from 'vitest';
import { noFilter } from '../../../src/domain/logFilter.ts';
import { fetchRange, serverQuery } from '../../../src/features/logs/core/fetchLogs.ts';
import { earlier, hour, numbered, withBuilds } from './earlierKit.ts';

describe('a time range', () => {
  it('is read whole, page by page', async () => {
    const chunks = numbered(45_000);
    const range = { since: 0, until: 20 * hour };
    expect(await fetchRange(earlier(chunks), { appId: 'ap-1' }, range)).toEqual({ chunks, isWhole: true });
    const dense = numbered(45_000, 45_000);
    expect((await fetchRange(earlier(dense), { appId: 'ap-1' }, range)).isWhole).toBe(false);
  });

  it('is read whole when some of what the server gives is left out here', async () => {
    const chunks = numbered(100);
    const range = { since: 0, until: 20 * hour };
    expect(await fetchRange(withBuilds(chunks, 45_000), { appId: 'ap-1' }, range)).toEqual({
      chunks,
      isWhole: true,
    });
  });
});

it('a filter is sent to the server as far as that loses nothing', () => {
  const filter = { ...noFilter, source: 'stderr', callId: 'fc-1', text: '42' } as const;
  expect(serverQuery({ appId: 'ap-1' }, filter)).toEqual({
    appId: 'ap-1',
    source: 'stderr',
    callId: 'fc-1',
  });
});
