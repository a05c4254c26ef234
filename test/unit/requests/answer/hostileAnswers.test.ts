import { describe, expect, it } from 'vitest';
import { imageOf } from '../../../../src/features/requests/core/answer/images.ts';
import type { MarkdownNode } from '../../../../src/features/requests/core/answer/markdown.ts';
import { renderMarkdown } from '../../../../src/features/requests/core/answer/markdown.ts';
import { inOneGo } from '../../../../src/shared/steps.ts';
import { toAnswerView } from '../../../../src/features/requests/answerMessages.ts';

const schemes = [
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\tscript:alert(1)',
  ' javascript:alert(1)',
  '\u0001javascript:alert(1)',
  'javascript&colon;alert(1)',
  '&#106;avascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'data:image/svg+xml;base64,PHN2Zz4=',
  'vbscript:msgbox(1)',
  'file:///etc/passwd',
  'command:workbench.action.terminal.new',
  'vscode://settings/x',
  'vscode-insiders://x/y',
  'blob:https://a/b',
  'ftp://a/b',
  '//evil.example/x',
  '/etc/passwd',
  '#first',
  'mailto:a@b.example',
  'https:evil.example',
];
const markups = [
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  '<form action=https://evil.example><input name=first id=first>',
  '<a href="javascript:alert(1)">x</a>',
  '<iframe srcdoc="<p>">',
  '<style>*{display:none}</style>',
  '<base href=https://evil.example>',
  '<svg onload=alert(1)>',
  '<!-- x -->',
  '<https://evil.example/"onclick=alert(1)>',
];

/** Elements that have no meaning but to lay out text. */
const harmless = /^(?:h[1-6]|p|ul|ol|li|blockquote|pre|code|em|strong|s|table|thead|tbody|tr|th|td|br|hr|a)$/;

function* nodesOf(nodes: readonly MarkdownNode[]): Generator<Exclude<MarkdownNode, string>> {
  for (const node of nodes) {
    if (typeof node === 'string') continue;
    yield node;
    yield* nodesOf(node.children);
  }
}
const linksOf = (text: string) =>
  [...nodesOf(inOneGo(renderMarkdown(text)))].flatMap(({ href }) => href ?? []);

describe('Markdown of an answer', () => {
  it.each(schemes)('has no link to %j', (address) => {
    for (const text of [
      `[a](<${address}>)`,
      `[a](${address})`,
      `![a](<${address}>)`,
      `[a][b]\n\n[b]: <${address}>`,
      `<${address}>`,
    ])
      for (const href of linksOf(text)) expect(new URL(href).protocol, text).toMatch(/^https?:$/);
    expect(linksOf(`[a](<${address}>) ![a](<${address}>)`)).toEqual([]);
  });

  it.each(markups)('has no other elements than those of text: %s', (markup) => {
    for (const text of [
      markup,
      `a ${markup} b`,
      `| ${markup} |\n|---|\n| ${markup} |`,
      `# ${markup}`,
      `- ${markup}`,
    ])
      for (const { tag, ...node } of nodesOf(inOneGo(renderMarkdown(text)))) {
        expect(tag).toMatch(harmless);
        expect(Object.keys(node).every((key) => key === 'children' || key === 'href')).toBe(true);
      }
  });

  it('still has links to the web', () => {
    expect(linksOf('[a](https://a.example/b) <http://c.example/>')).toEqual([
      'https://a.example/b',
      'http://c.example/',
    ]);
  });
});

describe('the view of an answer', () => {
  const shows = (content: object) => toAnswerView.safeParse({ type: 'answer/content', content }).success;
  const markdown = (href: string) => ({
    tab: 'markdown',
    parts: [{ title: 'Answer', nodes: [{ tag: 'a', href, children: ['a'] }] }],
  });
  const image = (source: string) => ({
    tab: 'images',
    images: [{ label: 'a', type: 'image/png', size: 1, source }],
  });

  it('takes links and pictures that it may show', () => {
    expect(shows(markdown('https://a.example'))).toBe(true);
    expect(shows(image('data:image/svg+xml;base64,AAAA'))).toBe(true);
    expect(shows(image(''))).toBe(true);
  });

  it.each(schemes)('takes neither a link nor a picture with %j', (address) => {
    expect(shows(markdown(address))).toBe(false);
    if (!address.startsWith('data:image/')) expect(shows(image(address))).toBe(false);
  });
});

describe('a picture of an answer', () => {
  it.each([
    'data:text/html;base64,',
    'data:image/svg+xml,<svg onload=alert(1)>',
    'data:image/png" onerror="alert(1);base64,',
    'data:image/png;base64,AA"onerror="alert(1)',
    'https://evil.example/a.png?',
    'data:image/png;charset=x;base64,',
  ])('is none: %s', (begin) => {
    expect(imageOf(begin.padEnd(80, begin.includes('<') || begin.includes('"') ? ' ' : 'A'))).toBeUndefined();
  });
});
