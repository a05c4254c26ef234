import type { Tree } from '@lezer/common';
import { parser } from '@lezer/python';

const opening = new Set(['(', '[', '{']);
const closing = new Set([')', ']', '}']);

/**
 * The innermost bracket that is open at the end of a text, which is the one that CPython names.
 * @returns its position; undefined when none is open
 */
export function openBracket(text: string): number | undefined {
  const tree: Tree = parser.parse(text);
  const open: number[] = [];
  tree.iterate({
    enter: ({ name, from, to }) => {
      if (to - from !== 1) return;
      // Nodes have the names of their signs, and those in texts and comments are no nodes.
      if (opening.has(name)) open.push(from);
      else if (closing.has(name)) open.pop();
    },
  });
  return open.at(-1);
}
