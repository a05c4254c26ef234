import { describe, expect, it } from 'vitest';
import type { LoadTotals } from '../../../src/domain/load.ts';
import type { LoadReport } from '../../../src/domain/loadReport.ts';
import { asMarkdown, endWords, errorWords, measures } from '../../../src/domain/loadReport.ts';
import { defaultPlan } from '../../../src/features/loadTest/core/limits.ts';

const latency = (p50: number) => ({ p50, p90: p50 * 2, p95: p50 * 3, p99: p50 * 4, max: p50 * 5 });
const totals = (changes: Partial<LoadTotals> = {}): LoadTotals => ({
  sent: 100,
  ok: 90,
  failed: 10,
  unfinished: 0,
  open: 0,
  polls: 0,
  bytes: 0,
  elapsed: 2000,
  latency: latency(100),
  firstByte: latency(50),
  errors: [{ kind: 'http', status: 500, count: 10, first: 'bad | `worse` <b>\nline' }],
  ...changes,
});
const report = (changes: Partial<LoadReport> = {}): LoadReport => ({
  app: 'hello',
  environment: 'main',
  endpoint: 'web',
  request: { method: 'POST', url: 'https://h.modal.run/go', bodyBytes: 2 },
  plan: defaultPlan,
  startedAt: Date.UTC(2026, 10, 21),
  end: 'done',
  totals: totals(),
  points: [],
  containers: [],
  cost: { containerSeconds: 3, basis: 'Cost: about $0.01.' },
  ...changes,
});
const row = (name: string, rows: ReturnType<typeof measures>) => rows.find((each) => each.name === name);

describe('the figures', () => {
  it('stand beside those of the run before, with what is better in words', () => {
    const rows = measures(totals({ ok: 100, failed: 0, latency: latency(80) }), totals());
    expect(row('Latency p50', rows)).toEqual({
      name: 'Latency p50',
      value: '80 ms',
      before: '100 ms',
      change: '20% faster',
      verdict: 'better',
    });
    expect(row('Throughput', rows)).toMatchObject({
      value: '50 requests/s',
      change: '11.1% more',
      verdict: 'better',
    });
    expect(row('First byte p50', rows)).toMatchObject({ change: 'same', verdict: 'same' });
    const worse = measures(totals({ latency: latency(2500) }), totals());
    expect(row('Latency max', worse)).toMatchObject({ value: '12.50 s', verdict: 'worse' });
  });

  it('claim nothing without a success or a run before', () => {
    const rows = measures(totals({ ok: 0, failed: 0 }));
    expect(row('Latency p99', rows)).toMatchObject({ value: '–', before: '', change: '' });
    expect(row('Succeeded', rows)?.value).toBe('–');
  });

  it('never round a failure away', () => {
    expect(row('Succeeded', measures(totals({ ok: 99_999, failed: 1 })))?.value).toBe('99.99%');
    expect(row('Succeeded', measures(totals({ ok: 5, failed: 0 })))?.value).toBe('100%');
  });
});

describe('the Markdown', () => {
  it('holds figures, errors and cost, and nothing in them breaks its tables', () => {
    const text = asMarkdown(report(), report({ totals: totals({ elapsed: 4000 }) }));
    expect(text).toContain('### Load test of hello: web (main)');
    expect(text).toContain(
      '`POST https://h.modal.run/go`, 100 requests, 10 at a time, 2026-11-21T00:00:00.000Z',
    );
    expect(text).toContain('Finished after 2.00 s: 90 succeeded, 10 failed.');
    expect(text).toContain('| Throughput | 45 requests/s | 22.5 requests/s | 100% more |');
    expect(text).toContain('| HTTP 500 | 10 | bad \\| \\`worse\\` \\<b> line |');
    expect(text).toContain('Cost: about $0.01.');
    expect(asMarkdown(report())).toContain('| Measure | Value |');
  });

  it('says why a run is over and which kind an error is of', () => {
    const plan = { ...defaultPlan, limitSeconds: 90 };
    expect(endWords('timeLimit', plan)).toBe('Stopped at the time limit of 1 min 30 s');
    expect(endWords('costLimit', plan)).toBe('Stopped at the cost limit');
    expect(errorWords({ kind: 'http', status: 429 })).toBe('HTTP 429');
    expect(errorWords({ kind: 'refused', status: 0 })).toBe('Connection refused');
  });
});
