/** The pure parts of the log viewer: links, files, traceback text, colours, pages, heights, selection. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeParts, plainText } from '../../../src/shared/ansi.ts';
import { matchRanges, noFilter } from '../../../src/domain/logFilter.ts';
import { findLinks, linkAt } from '../../../src/domain/logLinks.ts';
import { bestMatch, isLibraryFile, pathInProject } from '../../../src/domain/remoteFile.ts';
import { foldLibraries, tracebackBlocks } from '../../../src/features/logs/view/tracebackText.ts';
import type { HistogramMessage } from '../../../src/features/logs/pastMessages.ts';
import type { EntriesMessage, ShownRow } from '../../../src/features/logs/messages.ts';
import { AfterFilter } from '../../../src/features/logs/view/afterFilter.ts';
import { styledRuns } from '../../../src/features/logs/view/ansiRuns.ts';
import { LogRows } from '../../../src/features/logs/view/logRows.ts';
import { FilterNews } from '../../../src/features/logs/view/past/filterNews.ts';
import { HeldCounts } from '../../../src/features/logs/view/past/heldCounts.ts';
import { piecesOf } from '../../../src/features/logs/view/pieces.ts';
import { RowCache } from '../../../src/features/logs/view/rowCache.ts';
import { RowHeights } from '../../../src/features/logs/view/rowHeights.ts';
import type { RowSelection } from '../../../src/features/logs/view/rowSelection.ts';
import {
  extendTo,
  isSelected,
  keepRows,
  keepWithin,
  noSelection,
  selectAll,
  selectOnly,
  selectedCount,
  toggle,
} from '../../../src/features/logs/view/rowSelection.ts';
import { line } from './support.ts';

const shown = (row: number, text = String(row)): ShownRow => ({ row, entry: line(text) });
const message = (changes: Partial<EntriesMessage>): EntriesMessage => ({
  type: 'entries',
  session: 's',
  number: 1,
  reset: false,
  first: 0,
  end: 0,
  from: 0,
  rows: [],
  updates: [],
  dropped: 0,
  problem: '',
  filterNumber: 0,
  isFiltering: false,
  total: 0,
  ...changes,
});
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .array(
      fc.constantFrom(
        ...[
          '\u001b[31m',
          '\u001b[0m',
          '\u001b[38;5;200m',
          '\u001b]8;;http://x.y\u0007',
          'https://a.b/c',
          ' ',
        ],
        ...[
          '/root/x.py:3',
          'File "/root/x.py", line 9',
          'fc-01ABCDEFGHIJ',
          '(',
          ')',
          '.',
          'é\u{1f600}',
          '\u0000',
        ],
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join('')),
);

describe('links in a line', () => {
  const found = (text: string) => findLinks(text).map(({ start, end }) => text.slice(start, end));

  it.each([
    ['see https://example.com/docs.', ['https://example.com/docs']],
    [
      '(https://en.wikipedia.org/wiki/A_(b)) https://x.y/?a=1&b=2,',
      ['https://en.wikipedia.org/wiki/A_(b)', 'https://x.y/?a=1&b=2'],
    ],
    ['javascript:alert(1) file:///etc/passwd vscode://x command:y data:text/html,z', []],
    ['https://good.example\u202e/moc.live', ['https://good.example']],
    ['at /root/shop.py:12: boom, pkg/mod.py:3', ['/root/shop.py:12', 'pkg/mod.py:3']],
    ['  File "/root/a b.py", line 7, in f', ['File "/root/a b.py", line 7']],
    ['call fc-01JABCDEFGHJ in ta-01JABCDEFGHK', ['fc-01JABCDEFGHJ', 'ta-01JABCDEFGHK']],
    ['an ap-proximately im-possible fu-turistic ta-ble', []],
  ])('of %j are %j', (text, links) => {
    expect(found(text)).toEqual(links);
  });

  it('are opened as they are drawn where two begin in one word', () => {
    const text = 'File "/root/x.py", line 9.fc-01ABCDEFGHIJ/root/x.py:3';
    const [, second] = findLinks(text);
    expect(second).toMatchObject({ kind: 'object', id: 'fc-01ABCDEFGHIJ' });
    expect(linkAt(text, second?.start ?? 0)).toEqual(second);
  });

  it('are the same one by one, wherever they stand, as the host opens them', () => {
    fc.assert(
      fc.property(anyText, anyText, (before, text) => {
        const whole = plainText(`${before} ${text}`);
        for (const link of findLinks(whole)) expect(linkAt(whole, link.start)).toEqual(link);
      }),
    );
  });

  it('are found in linear time, whatever the text', () => {
    const hostile = [
      'a/'.repeat(5000),
      `${'a'.repeat(10_000)}.py`,
      'https://'.repeat(1250),
      'File "'.repeat(1600),
    ];
    for (const text of hostile) expect(findLinks(text).length).toBeLessThanOrEqual(50);
  });
});

describe('files of a container', () => {
  it.each([
    ['/root/shop.py', 'shop.py'],
    ['/root/pkg/deep/mod.py', 'pkg/deep/mod.py'],
    ['pkg/mod.py', 'pkg/mod.py'],
    ['/home/me/x.py', 'home/me/x.py'],
    ['/root/../etc/passwd.py', undefined],
    ['<frozen importlib._bootstrap>', undefined],
    ['/usr/local/lib/python3.12/json/decoder.py', undefined],
    ['/root/.venv/lib/python3.12/site-packages/x.py', undefined],
    ['/pkg/modal/_runtime/container.py', undefined],
  ])('%s is %s below the folder that was deployed', (file, path) => {
    expect(pathInProject(file)).toBe(path);
    expect(isLibraryFile(file)).toBe(path === undefined && !file.includes('..'));
  });

  it('are the one file that ends alike, never a guess between two', () => {
    expect(bestMatch('pkg/mod.py', ['/w/other/mod.py', '/w/pkg/mod.py'])).toBe('/w/pkg/mod.py');
    expect(bestMatch('mod.py', ['/w/a/mod.py', '/w/b/mod.py'])).toBeUndefined();
    expect(bestMatch('mod.py', ['/w/a/mode.py'])).toBeUndefined();
    expect(bestMatch('mod.py', [])).toBeUndefined();
  });
});

describe('the text of a traceback', () => {
  const text = [
    'Traceback (most recent call last):',
    '  File "/root/shop.py", line 7, in price',
    '    return prices[item]',
    '           ~~~~~~^^^^^^',
    '  File "/usr/lib/python3.12/json/decoder.py", line 3, in raw',
    '    obj',
    '  File "/usr/lib/python3.12/json/scanner.py", line 4, in scan',
    "KeyError: 'coffee'",
  ].join('\n');

  it('is cut into frames with their source, libraries together', () => {
    const folded = foldLibraries(tracebackBlocks(text));
    expect(folded.map((block) => (Array.isArray(block) ? block.length : block.kind))).toEqual([
      'words',
      'frame',
      2,
      'words',
    ]);
    expect(tracebackBlocks(text)[1]?.lines).toHaveLength(3);
  });

  it('is whole after the cut, with every line where it stood', () => {
    const anyLines = fc.array(fc.oneof(anyText, fc.constantFrom(...text.split('\n'))), { maxLength: 20 });
    fc.assert(
      fc.property(anyLines, (lines) => {
        const all = lines.join('\n');
        const cut = tracebackBlocks(all).flatMap((block) => block.lines);
        expect(cut.map((each) => each.text).join('\n')).toBe(all);
        for (const each of cut) expect(all.slice(each.start, each.start + each.text.length)).toBe(each.text);
      }),
    );
  });
});

describe('colours, matches and links of a line', () => {
  it('make the text without escape sequences, whatever it is', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const plain = plainText(text);
        expect([...escapeParts(text)].map((part) => part.text).join('')).toBe(plain);
        const runs = styledRuns(text);
        expect(runs.map((run) => run.text).join('')).toBe(plain);
        const pieces = piecesOf(runs, matchRanges(/[a-f/]+/i, plain), findLinks(plain));
        expect(pieces.map((piece) => piece.text).join('')).toBe(plain);
      }),
    );
  });

  it.each([
    ['\u001b[31mred\u001b[0m', 'ansi-red-fg'],
    ['\u001b[1;92mgo\u001b[m', 'ansi-bold ansi-bright-green-fg'],
    ['\u001b[38;5;196mred\u001b[0m', 'ansi-bright-red-fg'],
    ['\u001b[38;2;40;40;230mblue', 'ansi-bright-blue-fg'],
    ['\u001b[44mback\u001b[49m', 'ansi-blue-bg'],
    ['\u001b[1m\u001b[22mplain', ''],
    ['\u001b[2Kplain', ''],
    ['\u001b]8;;javascript:alert(1)\u0007text\u001b]8;;\u0007', ''],
  ])('%j is shown as %j', (text, classes) => {
    expect(styledRuns(text).map((run) => run.classes)).toEqual([classes]);
  });

  it.each(['\u001b[', '\u009b'])(
    'are left out where there are too many to draw, written with %j',
    (begin) => {
      const runs = styledRuns(Array.from({ length: 4000 }, (_, at) => `${begin}3${at % 8}mx`).join(''));
      expect(runs).toEqual([{ text: 'x'.repeat(4000), classes: '' }]);
    },
  );

  it('keep the colour of a match', () => {
    const text = 'a \u001b[31mbad thing\u001b[0m';
    const pieces = piecesOf(styledRuns(text), [[0, 5]], []);
    expect(pieces).toEqual([
      { text: 'a ', classes: '', isMatch: true },
      { text: 'bad', classes: 'ansi-red-fg', isMatch: true },
      { text: ' thing', classes: 'ansi-red-fg', isMatch: false },
    ]);
  });
});

describe('the pages of rows', () => {
  it('give what was put in, ask for the rest, and forget what is no more', () => {
    const cache = new RowCache();
    cache.put(100, [shown(1), shown(2), shown(3)]);
    expect(cache.get(101)?.row).toBe(2);
    expect(cache.missing(99, 105)).toEqual([99, 105]);
    expect(cache.missing(100, 105)).toEqual([103, 105]);
    expect(cache.missing(100, 103)).toBeUndefined();
    cache.update(101, shown(2, 'new'));
    cache.update(500, shown(9));
    expect(cache.get(101)?.entry).toMatchObject({ text: 'new' });
    expect(cache.get(500)).toBeUndefined();
    cache.forgetFrom(101);
    expect([cache.get(100)?.row, cache.get(101), cache.size]).toEqual([1, undefined, 1]);
  });

  it('stay few, however much was looked at, and the one in use stays', () => {
    const cache = new RowCache();
    for (let from = 0; from < 200_000; from += 128) {
      cache.missing(0, 1);
      cache.put(
        from,
        Array.from({ length: 128 }, (_, at) => shown(from + at)),
      );
    }
    expect(cache.size).toBeLessThanOrEqual(64 * 128);
    expect(cache.get(0)?.row).toBe(0);
    expect(cache.get(199_999)?.row).toBe(199_999);
    cache.put(300_000, [shown(1, 'x'.repeat(7_000_000))]);
    expect(cache.size).toBe(1);
  });
});

describe('the rows of the view', () => {
  it('are known at the end, and asked for once where they are not', () => {
    const rows = new LogRows();
    rows.take(message({ reset: true, end: 1000, rows: [shown(998), shown(999)] }));
    expect([rows.first, rows.end, rows.get(999)?.row, rows.get(997)]).toEqual([0, 1000, 999, undefined]);
    expect(rows.ask(-20, 100)).toEqual([0, 100]);
    expect(rows.ask(0, 100)).toBeUndefined();
    rows.takeRange({ type: 'rows', session: 's', first: 0, from: 0, rows: [shown(0), shown(1)] });
    expect(rows.ask(0, 100)).toEqual([2, 100]);
  });

  it('keep their places when older ones are put before or dropped, and lose them with another filter', () => {
    const rows = new LogRows();
    rows.take(message({ reset: true, first: 10, end: 20, rows: [shown(19)] }));
    expect(rows.take(message({ reset: true, first: -5, end: 20, from: -5, rows: [shown(19)] }))).toBe(20);
    // Until it comes anew, a row is shown as it was; it is asked for all the same.
    expect(rows.take(message({ reset: true, first: -5, end: 20, from: -5 }))).toBe(20);
    expect(rows.get(19)?.row).toBe(19);
    expect(rows.ask(19, 20)).toEqual([19, 20]);
    expect(rows.take(message({ first: 15, end: 21, from: 20, rows: [shown(20)] }))).toBe(20);
    expect([rows.first, rows.get(19)?.row, rows.get(20)?.row]).toEqual([15, 19, 20]);
    expect(rows.take(message({ reset: true, first: 21, end: 25, from: 21, rows: [] }))).toBeUndefined();
    expect(rows.get(20)).toBeUndefined();
  });
});

describe('what is done after a change of the filter', () => {
  const setUp = () => {
    const done: string[] = [];
    const after = new AfterFilter();
    return { done, after, act: (name: string) => after.run(() => done.push(name)) };
  };

  it('is done at once when the host has answered, and else after its answer to the last change', () => {
    const { done, after, act } = setUp();
    act('first');
    const letters = [after.ask(), after.ask()];
    act('step');
    act('copy');
    after.answer(letters[0]!);
    expect(done).toEqual(['first']);
    after.answer(letters[1]!);
    expect(done).toEqual(['first', 'step', 'copy']);
    act('next');
    expect(done.at(-1)).toBe('next');
  });

  it('is forgotten with the log that it was about', () => {
    const { done, after, act } = setUp();
    const asked = after.ask();
    act('step');
    after.forget();
    act('of the other log');
    after.answer(asked);
    expect(done).toEqual(['of the other log']);
  });
});

describe('the counts under the mouse', () => {
  it('wait with newer ones until the button is up, but not with those of another log', () => {
    const counts = new HeldCounts();
    const message = (session: string, bucketSeconds: number): HistogramMessage => ({
      ...{ type: 'past/histogram', kind: 'ready', text: '', buckets: [] },
      ...{ session, bucketSeconds },
    });
    counts.take(message('a', 1));
    counts.hold(true);
    counts.take(message('a', 2));
    expect(counts.shown).toEqual(message('a', 1));
    counts.hold(false);
    counts.take(message('a', 2));
    expect(counts.shown).toEqual(message('a', 2));
    counts.hold(true);
    counts.take(message('b', 3));
    expect(counts.shown).toEqual(message('b', 3));
  });
});

describe('the filter of a range', () => {
  it('is told once, and never that of the log that is chosen next', () => {
    const news = new FilterNews();
    const [ofA, ofB] = ['a', 'b'].map((text) => ({ ...noFilter, text }));
    expect(news.take('', '', noFilter)).toBe(false);
    expect([news.take('A', 'A', ofA!), news.take('A', 'A', { ...ofA! })]).toEqual([true, false]);
    // First the list changes to B, then the past.
    expect(news.take('A', 'B', ofB!)).toBe(false);
    expect(news.take('B', 'B', ofB!)).toBe(true);
    expect(news.take('B', 'B', noFilter)).toBe(true);
  });
});

describe('the heights of rows', () => {
  it('are as if all were added up', () => {
    const changes = fc.array(fc.tuple(fc.integer({ min: -20, max: 60 }), fc.integer({ min: 18, max: 90 })));
    fc.assert(
      fc.property(changes, fc.integer({ min: -20, max: 60 }), (list, to) => {
        const heights = new RowHeights(18);
        const known = new Map<number, number>();
        for (const [place, height] of list) {
          heights.set(place, height);
          known.set(place, height);
        }
        let sum = 0;
        for (let place = -20; place < to; place++) sum += known.get(place) ?? 18;
        expect(heights.between(-20, to)).toBe(sum);
        if (to < 60) {
          expect(heights.placeAt(sum, -20, 60)).toBe(to);
          expect(heights.placeAt(sum + (known.get(to) ?? 18) - 1, -20, 60)).toBe(to);
        }
      }),
    );
  });

  it('are forgotten outside of what is kept', () => {
    const heights = new RowHeights(18);
    for (const place of [1, 5, 9]) heights.set(place, 100);
    heights.keep(2, 9);
    expect([1, 5, 9].map((place) => heights.height(place))).toEqual([18, 100, 18]);
    expect([heights.set(5, 100), heights.set(5, 18), heights.between(0, 10)]).toEqual([false, true, 180]);
  });
});

describe('the selection of rows', () => {
  it('is made with Shift and Ctrl', () => {
    let selection: RowSelection = selectOnly(5);
    selection = extendTo(selection, 8);
    expect(selection.ranges).toEqual([[5, 9]]);
    selection = extendTo(selection, 3);
    expect(selection).toEqual({ ranges: [[3, 6]], active: 3, anchor: 5 });
    selection = toggle(toggle(selection, 10), 4);
    expect(selection.ranges).toEqual([
      [3, 4],
      [5, 6],
      [10, 11],
    ]);
    expect(selectedCount(selectAll(selection, 0, 200_000))).toBe(200_000);
    expect(selectedCount(selectAll(noSelection, 3, 3))).toBe(0);
  });

  it('is toggled like a set', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (places) => {
        const set = new Set<number>();
        let selection = noSelection;
        for (const place of places) {
          selection = toggle(selection, place);
          if (!set.delete(place)) set.add(place);
        }
        expect(selectedCount(selection)).toBe(set.size);
        for (let place = 0; place <= 20; place++) expect(isSelected(selection, place)).toBe(set.has(place));
      }),
    );
  });

  it('goes with its rows when late ones come between them', () => {
    const rows = new LogRows();
    const all = [0, 1, 2, 3, 4, 5].map((row) => shown(row));
    rows.take(message({ reset: true, end: 6, rows: all }));
    const late = message({ from: 3, end: 8, rows: [3, 7, 4, 6, 5].map((row) => shown(row)) });
    const moved = rows.movedBy(late);
    const kept = rows.take(late)!;
    const selection = toggle(extendTo(selectOnly(2), 4), 5);
    expect(keepRows(selection, 0, kept, moved)).toEqual({
      ranges: [
        [2, 4],
        [5, 6],
        [7, 8],
      ],
      active: 7,
      anchor: 7,
    });
    // A row that is no more is not selected.
    const without = message({ from: 3, end: 4, rows: [shown(8)] });
    expect(keepRows(selectOnly(5), 0, 3, rows.movedBy(without))).toEqual(noSelection);
    expect(rows.movedBy(message({ from: 8, end: 9, rows: [shown(9)] })).size).toBe(0);
  });

  it('keeps only what is still where it was', () => {
    const selection = extendTo(selectOnly(5), 20);
    expect(keepWithin(selection, 8, 12)).toEqual({ ranges: [[8, 12]], active: undefined, anchor: undefined });
    expect(keepWithin(selection, 0, 100)).toEqual(selection);
  });
});
