import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findLinks, linkAt } from '../../../src/domain/logLinks.ts';
import { plainText } from '../../../src/shared/ansi.ts';
import { anyText } from '../logs/anyText.ts';

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
