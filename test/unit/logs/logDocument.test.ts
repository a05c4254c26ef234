import { expect, it } from 'vitest';
import { logDocument } from '../../../src/features/logs/core/logDocument.ts';
import { chunk, entriesOf, line, mark } from './support.ts';

it('a document of a log has sections for containers, calls and tracebacks', () => {
  const traceback = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\nValueError: x\n';
  const { text, sections } = logDocument([
    line('one'),
    line('two', { callId: 'fc-1' }),
    ...entriesOf([chunk(traceback, { callId: 'fc-1' })]),
    mark('broke'),
    line('other', { containerId: 'ta-2' }),
  ]);
  expect(text.split('\n')).toHaveLength(7);
  expect(sections).toMatchObject([
    {
      kind: 'container',
      name: 'ta-1',
      firstLine: 0,
      lastLine: 4,
      children: [
        {
          kind: 'call',
          name: 'fc-1',
          firstLine: 1,
          lastLine: 4,
          children: [{ kind: 'traceback', name: 'ValueError: x', firstLine: 2, lastLine: 4 }],
        },
      ],
    },
    { kind: 'container', name: 'ta-2', firstLine: 6, lastLine: 6 },
  ]);
});
