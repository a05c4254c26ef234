import MarkdownIt from 'markdown-it';
import type { Content } from './content.ts';
import type { Steps } from '../../../../shared/steps.ts';
import type { Json } from './json.ts';
import { isRecord, numberOf } from './json.ts';
import type { JsonPath } from '../../../../shared/json/jsonText.ts';

/** A document as elements and texts: no markup ever reaches a view. */
export type MarkdownNode =
  string | { readonly tag: string; readonly href?: string; readonly children: readonly MarkdownNode[] };

export interface MarkdownPart {
  readonly title: string;
  readonly nodes: readonly MarkdownNode[];
}

interface Open {
  readonly tag: string;
  readonly href?: string;
  readonly children: MarkdownNode[];
}

/** Longer texts are for the editor. */
const longestText = 64 * 1024;
const mostParts = 20;
const shortestText = 40;
/** What ordinary prose does not have. */
const marks = [
  /^#{1,6} \S/m,
  /^[ \t]*(?:[-*+]|\d{1,9}\.) \S/m,
  /^\|.*\|[ \t]*$/m,
  /^```/m,
  /\*\*\S[^*]*\*\*/,
  /\[[^[\]]{1,300}\]\([^\s)]{1,300}\)/,
];
/** A document has some of it on its first pages. */
const searched = 64 * 1024;
const usualNames = new Set([
  'markdown',
  'content',
  'response',
  'text',
  'output',
  'answer',
  'message',
  'report',
  'summary',
]);

/** More of them are left out. */
const mostText = 256 * 1024;
/** Signs that may begin a link take much longer than letters; no paragraph of a document has so many of either. */
const longestParagraph = 8 * 1024;

const parser = new MarkdownIt({ html: false, linkify: false });
/** Without what stands within paragraphs, which is read one by one. */
const blocks = new MarkdownIt({ html: false, linkify: false });
blocks.core.ruler.enableOnly(['normalize', 'block']);

/** Texts of an answer that are written in Markdown, under their names. */
export function markdownTexts(content: Content, body: string): { title: string; text: string }[] {
  if (content.kind === 'markdown') return [{ title: 'Answer', text: beginningOf(body) }];
  if (content.json === undefined) return [];
  const found: { title: string; text: string }[] = [];
  let left = mostText;
  const walk = (value: Json, path: JsonPath) => {
    if (found.length >= mostParts || left === 0 || path.length > 6) return;
    if (typeof value === 'string') {
      const name = path.findLast((step) => typeof step === 'string');
      if (!isMarkdown(value, name)) return;
      const text = value.slice(0, Math.min(longestText, left));
      left -= text.length;
      found.push({ title: path.join('.') || 'Answer', text });
    } else if (Array.isArray(value)) {
      if (numberOf(value[0]) === undefined)
        value.slice(0, 100).forEach((item, index) => walk(item, [...path, index]));
    } else if (isRecord(value)) for (const [key, item] of Object.entries(value)) walk(item, [...path, key]);
  };
  walk(content.json, []);
  // The same text is often said twice: for the whole, and for its only page.
  return found.filter(({ text }, index) => found.findIndex((other) => other.text === text) === index);
}

function isMarkdown(text: string, name: string | undefined): boolean {
  if (text.length < shortestText || name === undefined || !usualNames.has(name)) return false;
  const head = text.slice(0, searched);
  return marks.some((mark) => mark.test(head));
}

/** A document in steps, one for each paragraph. */
export function* renderMarkdown(text: string): Steps<MarkdownNode[]> {
  const root: Open = { tag: '', children: [] };
  const stack = [root];
  const add = (node: MarkdownNode) => stack.at(-1)?.children.push(node);
  const put = (token: Token) => {
    if (token.hidden) return;
    if (token.nesting === 1) {
      const href = token.tag === 'a' ? webLink(token.attrGet('href')) : undefined;
      const open = { tag: token.tag, ...(href === undefined ? {} : { href }), children: [] };
      add(open);
      stack.push(open);
    } else if (token.nesting === -1) stack.pop();
    else add(leaf(token));
  };
  const references = {};
  for (const token of blocks.parse(text, references)) {
    if (token.type !== 'inline') put(token);
    else if (token.content.length > longestParagraph) add(token.content);
    else {
      const words: Token[] = [];
      parser.inline.parse(token.content, parser, references, words);
      words.forEach(put);
      yield;
    }
  }
  return root.children;
}

type Token = ReturnType<typeof parser.parse>[number];

function leaf(token: Token): MarkdownNode {
  switch (token.type) {
    case 'fence':
    case 'code_block':
      return { tag: 'pre', children: [token.content] };
    case 'code_inline':
      return { tag: 'code', children: [token.content] };
    case 'softbreak':
      return '\n';
    case 'hardbreak':
      return { tag: 'br', children: [] };
    case 'hr':
      return { tag: 'hr', children: [] };
    case 'image': {
      // Pictures from elsewhere are never loaded: who serves them would learn who reads.
      const href = webLink(token.attrGet('src'));
      const children = [`Image: ${token.content || 'unnamed'}`];
      return href === undefined ? children.join('') : { tag: 'a', href, children };
    }
    default:
      return token.content;
  }
}

/** Only what a browser opens; anything else is plain text. */
function webLink(href: unknown): string | undefined {
  return typeof href === 'string' && /^https?:\/\//i.test(href) ? href : undefined;
}

/** A copy: a part of a text would hold all of it in memory. */
function beginningOf(text: string): string {
  return text.length > longestText ? structuredClone(text.slice(0, longestText)) : text;
}
