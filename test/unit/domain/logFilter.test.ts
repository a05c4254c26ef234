import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../../src/domain/logEntry.ts';
import type { LogFilter } from '../../../src/domain/logFilter.ts';
import { compileFilter, matchRanges, noFilter } from '../../../src/domain/logFilter.ts';
import { chunk, entriesOf, line, mark } from '../logs/support.ts';

const entries: LogEntry[] = [
  line('plain (a.b)', { functionId: 'fu-1' }),
  line('Warning: hot', { source: 'stderr', callId: 'fc-1', level: 'warning' }),
  ...entriesOf([chunk('', { phase: 'idle', functionId: 'fu-1' })]),
  mark('Connection lost'),
  line('\u001b[31mre\u001b[0md', { containerId: 'ta-2', level: 'error' }),
];
const shown = (filter: Partial<LogFilter>) => {
  const { matches } = compileFilter({ ...noFilter, ...filter });
  return entries.flatMap((entry, at) => (matches(entry) ? at : []));
};

describe('a filter', () => {
  it.each<[Partial<LogFilter>, number[]]>([
    [{}, [0, 1, 2, 3, 4]],
    [{ source: 'stderr' }, [1, 3]],
    [{ source: 'system' }, [2, 3]],
    [{ level: 'warning' }, [1, 3, 4]],
    [{ level: 'error' }, [3, 4]],
    [{ text: 'WARNING' }, [1, 3]],
    [{ text: 'WARNING', matchCase: true }, [3]],
    [{ text: '(a.b)' }, [0, 3]],
    [{ text: 'red' }, [3, 4]],
    [{ text: 'w.rn|plain', regex: true }, [0, 1, 3]],
    [{ callId: 'fc-1' }, [1, 3]],
    [{ functionId: 'fu-1' }, [0, 2, 3]],
    [{ containerId: 'ta-2' }, [3, 4]],
    [{ containerId: 'ta-2', text: 'plain' }, [3]],
  ])('%j shows %j: marks always', (filter, rows) => {
    expect(shown(filter)).toEqual(rows);
  });

  it('says when a text is no regular expression, and then hides nothing', () => {
    expect(compileFilter({ ...noFilter, text: '(', regex: true }).problem).not.toBe('');
    expect(shown({ text: '(', regex: true })).toEqual([0, 1, 2, 3, 4]);
  });

  it('says what to highlight', () => {
    const { expression } = compileFilter({ ...noFilter, text: 'a+', regex: true });
    expect(matchRanges(expression, 'aab Aa')).toEqual([
      [0, 2],
      [4, 6],
    ]);
    expect(matchRanges(/x*/, 'bbb')).toEqual([]);
    expect(matchRanges(/a/, 'a'.repeat(1000))).toHaveLength(100);
  });
});
