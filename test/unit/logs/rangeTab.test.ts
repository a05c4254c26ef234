import { expect, it } from 'vitest';
import { LogBuffer } from '../../../src/features/logs/core/logBuffer.ts';
import { firstTimeIn } from '../../../src/features/logs/ui/rangeTab.ts';
import { line, mark } from './support.ts';

const buffer = new LogBuffer();
buffer.add(mark('connected', 5));
for (const time of [10, 20, 30]) buffer.add(line(`${time}`, { time }));

it('finds what is held of a time, but not where more may lie before it', () => {
  expect(firstTimeIn(buffer, { since: 15, until: 25 }, false)).toBe(20);
  expect(firstTimeIn(buffer, { since: 5, until: 15 }, false)).toBeUndefined();
  expect(firstTimeIn(buffer, { since: 5, until: 15 }, true)).toBe(10);
  expect(firstTimeIn(buffer, { since: 31, until: 40 }, true)).toBeUndefined();
});
