import { expect, it } from 'vitest';
import { noFilter } from '../../../src/domain/logFilter.ts';
import { chipsOf } from '../../../src/features/logs/view/chips.ts';

it('each restriction of a filter has a chip that takes it away', () => {
  const filter = {
    ...noFilter,
    source: 'stderr',
    level: 'warning',
    functionId: 'fu-1',
    containerId: 'ta-0123456789ABC',
    callId: 'fc-2',
    text: 'no chip: it stands in the field',
  } as const;
  const chips = chipsOf(filter, { 'fu-1': 'hello' });
  expect(chips.map(({ name, value }) => `${name}: ${value}`)).toEqual([
    'Source: stderr',
    'Level: warnings and errors',
    'Function: hello',
    'Container: ta-…789ABC',
    'Call: fc-2',
  ]);
  expect(Object.assign({}, filter, ...chips.map(({ without }) => without))).toEqual({
    ...noFilter,
    text: filter.text,
  });
  expect(chipsOf(noFilter, {})).toEqual([]);
});
