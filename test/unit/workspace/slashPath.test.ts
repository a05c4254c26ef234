import { expect, it } from 'vitest';
import { toSlashes } from '../../../src/features/workspace/core/slashPath.ts';

it.each([
  [String.raw`C:\work\jobs.py`, '\\', 'C:/work/jobs.py'],
  [String.raw`/work/a \'b.py`, '/', String.raw`/work/a \'b.py`],
])(
  'a backslash parts folders on Windows, and is a character of a name elsewhere: %s',
  (path, separator, slashed) => {
    expect(toSlashes(path, separator)).toBe(slashed);
  },
);
