import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../../src/domain/logEntry.ts';
import type { LogFilter } from '../../../src/domain/logFilter.ts';
import { compileFilter, noFilter } from '../../../src/domain/logFilter.ts';
import { backoff } from '../../../src/logs/backoff.ts';
import { Ring } from '../../../src/logs/ring.ts';

const line = (text: string, changes: Partial<Extract<LogEntry, { kind: 'line' }>> = {}): LogEntry => ({
  kind: 'line',
  time: 1,
  source: 'stdout',
  containerId: 'ta-1',
  functionId: '',
  callId: '',
  text,
  ...changes,
});
const entries: LogEntry[] = [
  line('plain (a.b)'),
  line('Warning: hot', { source: 'stderr', callId: 'fc-1' }),
  { kind: 'phase', time: 1, containerId: 'ta-1', phase: 'idle' },
  { kind: 'mark', time: 1, text: 'The stream broke', bad: true },
];
const shown = (filter: Partial<LogFilter>) => {
  const { matches } = compileFilter({ ...noFilter, ...filter });
  return entries.flatMap((entry, at) => (matches(entry) ? at : []));
};

describe('filter', () => {
  it.each<[Partial<LogFilter>, number[]]>([
    [{}, [0, 1, 2, 3]],
    [{ source: 'stderr' }, [1, 3]],
    [{ source: 'system' }, [2, 3]],
    [{ text: 'WARNING' }, [1, 3]],
    [{ text: '(a.b)' }, [0, 3]],
    [{ text: 'w.rn|plain', regex: true }, [0, 1, 3]],
    [{ callId: 'fc-1' }, [1, 3]],
  ])('%j shows %j: marks always', (filter, rows) => {
    expect(shown(filter)).toEqual(rows);
  });

  it('says when a text is no regular expression, and then hides nothing', () => {
    expect(compileFilter({ ...noFilter, text: '(', regex: true }).problem).not.toBe('');
    expect(shown({ text: '(', regex: true })).toEqual([0, 1, 2, 3]);
  });
});

describe('ring', () => {
  it('keeps the newest and the numbers', () => {
    const ring = new Ring<number>(10);
    for (let at = 0; at < 100; at++) ring.push(at);
    expect(ring.end).toBe(100);
    expect(ring.since(97)).toEqual([97, 98, 99]);
    expect(ring.since(0)[0]).toBe(ring.first);
    expect(ring.end - ring.first).toBeLessThanOrEqual(11);
    ring.clear();
    expect(ring.since(0)).toEqual([]);
    expect(ring.end).toBe(100);
  });
});

it('backs off with up to a quarter of jitter', () => {
  expect(backoff(1, () => 1)).toBe(375);
  expect(backoff(20, () => 0)).toBe(30_000);
});
