import type { DefaultTreeAdapterTypes } from 'parse5';
import { parse } from 'parse5';

export interface HtmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Of the element itself, without that of elements in it. */
  readonly text: string;
}

/** The elements of a page, in order, as a parser that follows the standard finds them. */
export function elementsOf(page: string): HtmlElement[] {
  const found: HtmlElement[] = [];
  const walk = (node: DefaultTreeAdapterTypes.Node) => {
    if ('tagName' in node) {
      found.push({
        name: node.tagName,
        attributes: Object.fromEntries(node.attrs.map(({ name, value }) => [name, value])),
        text: node.childNodes.map((child) => ('value' in child ? child.value : '')).join(''),
      });
    }
    if ('childNodes' in node) node.childNodes.forEach(walk);
  };
  walk(parse(page));
  return found;
}
