import { describe, expect, it } from 'vitest';
import type { DocumentSection } from '../../../src/features/logs/core/logDocument.ts';
import type { LogEntry } from '../../../src/domain/logEntry.ts';
import { foldsOf, outlineOf } from '../../../src/features/logs/core/documentOutline.ts';
import { buildLogDocument, logDocument } from '../../../src/features/logs/core/logDocument.ts';
import { line } from './support.ts';

const traceback = (containerId: string): LogEntry => ({
  ...line('', { containerId }),
  kind: 'traceback',
  text: 'Traceback (most recent call last):\n  File "/root/app.py", line 3, in f\nValueError: no',
  parts: [{ frames: [], exception: 'ValueError: no' }],
});
const inTurn = (count: number) =>
  Array.from({ length: count }, (_, at) => line(`${at}`, { containerId: `ta-${at % 3}` }));

describe('the folds of a document', () => {
  it('are its sections of several lines, below the header', () => {
    const header = ['# one', '# two', ''];
    const entries = [
      line('a', { containerId: 'ta-1' }),
      line('b', { containerId: 'ta-1' }),
      line('c', { containerId: 'ta-2' }),
      traceback('ta-2'),
    ];
    const { text, sections } = logDocument(entries, header);
    const lines = text.split('\n');
    const folds = foldsOf(sections);
    expect(folds).toEqual([
      { firstLine: 3, lastLine: 4 },
      { firstLine: 5, lastLine: 8 },
      { firstLine: 6, lastLine: 8 },
    ]);
    expect(lines[3]).toMatch(/ta-1 stdout a$/);
    expect(lines[6]).toMatch(/Traceback/);
    expect(lines[8]).toBe('    ValueError: no');
  });

  it('are the longest where there are too many', () => {
    const entries = Array.from({ length: 100 }, (_, at) =>
      Array.from({ length: 2 + (at % 10) }, () => line('x', { containerId: `ta-${at}` })),
    ).flat();
    const folds = foldsOf(logDocument(entries).sections, 10);
    expect(folds.map(({ firstLine, lastLine }) => lastLine - firstLine)).toEqual(Array(10).fill(10));
    expect(folds.map(({ firstLine }) => firstLine)).toEqual(
      folds.map(({ firstLine }) => firstLine).toSorted((a, b) => a - b),
    );
  });
});

describe('the outline of a document', () => {
  it('has every section where there are few', () => {
    const { sections } = logDocument([line('a', { callId: 'fc-1' }), traceback('ta-1')]);
    expect(outlineOf(sections)).toEqual(sections);
  });

  it('keeps the tracebacks where many containers write in turn', () => {
    const entries = [...inTurn(5000), traceback('ta-9'), ...inTurn(5000)];
    const outline = outlineOf(logDocument(entries).sections, 100);
    expect(outline.map(({ name }) => name)).toEqual(['ta-9']);
    expect(outline[0]?.children.map(({ name }) => name)).toEqual(['ValueError: no']);
  });
});

describe('a document of a big log', () => {
  it('is the same when it is built with pauses, and lets others have their turn', async () => {
    const entries = inTurn(50_000);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const built = await buildLogDocument(entries, ['#']);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
    expect(built.text).toBe(logDocument(entries, ['#']).text);
  });

  it('is given up when the user says so', async () => {
    const abort = new AbortController();
    abort.abort();
    await expect(buildLogDocument(inTurn(50_000), [], abort.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

describe('the outline of a document with too many sections', () => {
  const section = (
    kind: DocumentSection['kind'],
    firstLine: number,
    lines = 2,
    children: DocumentSection[] = [],
  ): DocumentSection => ({ kind, name: '', firstLine, lastLine: firstLine + lines - 1, children });

  it('has the longest beside the tracebacks, as many as it may, in the order of their lines', () => {
    const sections = [
      section('container', 0, 3),
      section('traceback', 10),
      section('container', 20, 9),
      section('container', 30, 5),
      section('container', 40, 1),
      section('traceback', 50),
    ];
    expect(outlineOf(sections, 4).map(({ firstLine }) => firstLine)).toEqual([10, 20, 30, 50]);
    expect(outlineOf(sections, 6)).toEqual(sections);
  });

  it('has the newest tracebacks where those alone are too many', () => {
    const sections = [0, 10, 20].map((at) => section('traceback', at));
    expect(outlineOf(sections, 2).map(({ firstLine }) => firstLine)).toEqual([10, 20]);
  });
});
