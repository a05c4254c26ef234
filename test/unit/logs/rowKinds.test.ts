import type { TemplateResult } from 'lit';
import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../../src/domain/logEntry.ts';
import { defaultLook } from '../../../src/features/logs/messages.ts';
import { gpuView, progressView, stepView, tracebackView } from '../../../src/features/logs/view/rowKinds.ts';

const origin = { time: 1, source: 'stdout', containerId: '', functionId: '', callId: '' } as const;
const hostile = 'a\u202eb\u001b[31mc\u0007';

/** What a template puts into the page, markup and texts. */
function drawn(value: unknown): string {
  if (Array.isArray(value)) return value.map(drawn).join('');
  const { strings, values } = (value ?? {}) as Partial<TemplateResult>;
  if (!strings || !values) return typeof value === 'string' ? value : '';
  return strings.map((text, at) => text + drawn(values[at])).join('');
}

describe('a row that is more than a line', () => {
  it.each([
    ['step', stepView({ ...origin, kind: 'step', name: hostile, seconds: 1, ok: true })],
    [
      'progress',
      progressView({
        ...origin,
        ...{ kind: 'progress', updatedAt: 1, done: 1, total: 2, failed: 0, name: hostile, item: hostile },
      }),
    ],
    ['gpu', gpuView({ ...origin, kind: 'gpu', index: 0, name: hostile, when: '', usedGib: 1, totalGib: 2 })],
  ])('shows what would hide or reorder it: %s', (_, view) => {
    expect(drawn(view)).toContain('a\\u202ebc\\x07');
    expect(drawn(view)).not.toMatch(/[\u202e\u001b\u0007]/);
  });

  it('has the links of a traceback where they can be opened: below its title', () => {
    const text = 'Traceback (most recent call last):\nValueError: see https://example.com';
    const exception = 'ValueError: see https://example.com';
    const entry = { ...origin, kind: 'traceback', text, parts: [{ frames: [], exception }] } as const;
    const view = (unfolded: readonly number[]) =>
      drawn(
        tracebackView(
          entry,
          { row: 1, entry: entry satisfies LogEntry },
          {
            ...{ look: defaultLook, functions: {}, streams: [], calls: new Set(), withLibraries: new Set() },
            ...{ unfolded: new Set(unfolded), hasFile: () => false, isActive: false, before: undefined },
          },
        ),
      );
    expect(view([])).toContain(exception);
    expect(view([])).not.toContain('data-do="link"');
    expect(view([1])).toContain('data-do="link"');
  });
});
