import fc from 'fast-check';
import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import type { Text } from '../../../src/shared/text.ts';
import { commandLink, icon, lines, markdownText, plain, text } from '../../../src/shared/text.ts';
import { iconsIn, linksIn } from '../support/editorPatterns.ts';
import { hostileLinks, hostileWords } from '../support/hostileWords.ts';

const ours = commandLink(text`Sign In`, 'modalGpu.signIn');
const ourLink = { label: 'Sign In', href: 'command:modalGpu.signIn' };
/** A template of any static parts, as if a careless one were written. */
const made = (parts: readonly string[], values: readonly (string | number)[]): Text =>
  text(Object.assign([...parts], { raw: parts }), ...values);
const runs = { numRuns: 3000 };

describe('a text that is shown', () => {
  it('has no link and no icon of others, alone or across the edges of values and template', () => {
    const parts = fc.array(hostileWords, { minLength: 4, maxLength: 4 });
    const values = fc.tuple(hostileWords, fc.oneof(hostileWords, fc.integer()), hostileWords);
    fc.assert(
      fc.property(parts, values, (statics, inserted) => {
        const shown = made(statics, inserted);
        expect(linksIn(shown)).toEqual([]);
        expect(iconsIn(shown)).toEqual([]);
        // As a notification has it: on one line, and cut.
        expect(linksIn(shown.replace(/\r\n|\n|\r/gm, ' ').slice(0, 1000))).toEqual([]);
      }),
      runs,
    );
  });

  it('has exactly the links and icons that the code puts in, with the words that the code gave them', () => {
    fc.assert(
      fc.property(hostileWords, hostileWords, hostileWords, (a, b, c) => {
        const shown = text`${icon('check')} ${a}${ours}${b}${icon('sync~spin')} ${c}`;
        expect(linksIn(shown)).toEqual([ourLink]);
        expect(iconsIn(shown)).toEqual(['check', 'sync~spin']);
      }),
      runs,
    );
  });

  it('cannot be given a link through a text inside of it, a list or a label', () => {
    fc.assert(
      fc.property(hostileWords, hostileWords, (a, b) => {
        const inner = text`${a} (${b})`;
        const link = commandLink(inner, `modalGpu.signIn) ${b}`);
        expect(linksIn(text`[${inner}](${a})`)).toEqual([]);
        expect(linksIn(lines([a, inner, b]))).toEqual([]);
        expect(iconsIn(lines([a, inner, b]))).toEqual([]);
        for (const { href } of linksIn(text`${b}${link}`))
          expect(href).toMatch(/^command:modalGpu\.signIn\w*(\.\w*)*$/);
      }),
      runs,
    );
  });

  it('is one line without letters that hide, reorder or break others', () => {
    fc.assert(
      fc.property(hostileWords, (words) => {
        const shown = plain(words);
        // The property of Unicode itself, less the joiners of Persian and emoji and what keeps the order.
        expect(shown.replace(/[\u200C-\u200E\u2060]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
        expect(shown.isWellFormed()).toBe(true);
      }),
      runs,
    );
  });

  it('stays as it is inside of another text', () => {
    fc.assert(
      fc.property(hostileWords, (words) => {
        const shown = plain(words);
        expect(text`${shown}`).toBe(shown);
      }),
      runs,
    );
  });

  it('reads as it was written', () => {
    const printable = fc.string({
      unit: fc.constantFrom(...Array.from('abc [](){}$\\!?*_`~#|<>&%"\'.:/-')),
      maxLength: 200,
    });
    fc.assert(
      fc.property(printable, (words) => {
        expect(plain(words).replaceAll('\u2060', '')).toBe(words);
      }),
      runs,
    );
    expect(plain('report [v2](final).pdf').replaceAll('\u2060', '')).toBe('report [v2](final).pdf');
    expect(plain('f(x[0]) costs $5 in 東京, می‌خواهم, 👩‍👩‍👧').replace('\u200E', '')).toBe(
      'f(x[0]) costs $5 in 東京, می‌خواهم, 👩‍👩‍👧',
    );
  });

  it('is not flooded by a long value, and never ends in half a letter', () => {
    const flood = plain('😀'.repeat(5_000_000));
    expect(flood.length).toBeLessThanOrEqual(800);
    expect(flood.isWellFormed()).toBe(true);
    expect(text`Deploying ${'x'.repeat(10_000_000)} failed. Try again.`).toMatch(/… failed\. Try again\.$/);
    const all = lines(Array.from({ length: 100_000 }, (_, at) => `file ${at}`)).split('\n');
    expect(all.length).toBeLessThanOrEqual(61);
    expect(all.at(-1)).toBe('… and 99940 more');
  });

  it('shows the order of the letters, also beside those that are written from the right', () => {
    expect(plain('invoice\u202Egpj.exe')).toBe('invoicegpj.exe');
    expect(text`${'שלום'} (2)`).toBe('שלום\u200E (2)');
  });
});

describe('the Markdown of a tooltip', () => {
  /** What another reader of Markdown than ours makes of it. */
  const tokensOf = (source: string) => {
    const types = new Set<string>();
    void marked.walkTokens(marked.lexer(source, { gfm: true }), ({ type }) => {
      types.add(type);
    });
    return types;
  };

  it('has nothing but words where words of others stand', () => {
    fc.assert(
      fc.property(hostileWords, (words) => {
        const { source } = markdownText`Profile ${words}`;
        expect(
          [...tokensOf(source)].filter((type) => !['paragraph', 'text', 'escape'].includes(type)),
        ).toEqual([]);
        const html = marked.parse(source, { gfm: true, async: false });
        // The editor looks for icons in what Markdown has become.
        expect(iconsIn(html.replaceAll('&#36;', '$'))).toEqual([]);
        expect(linksIn(html)).toEqual([]);
      }),
      runs,
    );
  });

  it.each(hostileLinks)('begins no block with %s', (words) => {
    const { source } = markdownText`${words}`;
    expect(
      [...tokensOf(source)].filter((type) => !['paragraph', 'text', 'escape', 'space'].includes(type)),
    ).toEqual([]);
  });

  it('has the links of the code', () => {
    const { source } = markdownText`**Modal** ${'[x](command:evil)'} ${ours}`;
    expect(marked.parse(source, { async: false })).toContain('<a href="command:modalGpu.signIn">Sign In</a>');
    expect(tokensOf(source)).toEqual(new Set(['paragraph', 'strong', 'text', 'escape', 'link']));
  });

  it('has a link with data, which cannot end it or make another', () => {
    fc.assert(
      fc.property(hostileWords, (words) => {
        const link = commandLink(text`Open`, 'modalGpu.openDashboard', words);
        const { source } = markdownText`${link}`;
        const html = marked.parse(source, { async: false });
        const [, href = ''] =
          /^<p><a href="command:modalGpu\.openDashboard\?([^"]*)">Open<\/a><\/p>\n$/.exec(html) ?? [];
        expect(JSON.parse(decodeURIComponent(href))).toEqual([words]);
      }),
      runs,
    );
  });
});
