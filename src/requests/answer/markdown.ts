import MarkdownIt from 'markdown-it';
import type { Content } from './content.ts';
import type { Json } from './json.ts';
import { isRecord, numberOf } from './json.ts';
import type { JsonPath } from './jsonTree.ts';

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

const parser = new MarkdownIt({ html: false, linkify: false });

/** Texts of an answer that are written in Markdown, under their names. */
export function markdownTexts(content: Content, body: string): { title: string; text: string }[] {
  if (content.kind === 'markdown') return [{ title: 'Answer', text: body.slice(0, longestText) }];
  if (content.json === undefined) return [];
  const found: { title: string; text: string }[] = [];
  const walk = (value: Json, path: JsonPath) => {
    if (found.length >= mostParts || path.length > 6) return;
    if (typeof value === 'string') {
      const name = path.findLast((step) => typeof step === 'string');
      if (isMarkdown(value, name))
        found.push({ title: path.join('.') || 'Answer', text: value.slice(0, longestText) });
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

export function renderMarkdown(text: string): MarkdownNode[] {
  const root: Open = { tag: '', children: [] };
  const stack = [root];
  const add = (node: MarkdownNode) => stack.at(-1)?.children.push(node);
  const walk = (tokens: ReturnType<typeof parser.parse>) => {
    for (const token of tokens) {
      if (token.hidden) continue;
      if (token.type === 'inline') walk(token.children ?? []);
      else if (token.nesting === 1) {
        const href = token.tag === 'a' ? webLink(token.attrGet('href')) : undefined;
        const open = { tag: token.tag, ...(href === undefined ? {} : { href }), children: [] };
        add(open);
        stack.push(open);
      } else if (token.nesting === -1) stack.pop();
      else add(leaf(token));
    }
  };
  walk(parser.parse(text, {}));
  return root.children;
}

function leaf(token: ReturnType<typeof parser.parse>[number]): MarkdownNode {
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
      const children = [`Picture: ${token.content || 'without a name'}`];
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
