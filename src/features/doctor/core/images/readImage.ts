import type { SyntaxNode } from '@lezer/common';
import type { Argument } from '../../../workspace/core/index.ts';
import { innerOf } from '../../../workspace/core/index.ts';
import type { PythonFile } from '../pythonFile.ts';

/** Steps behind steps, and names of names, are followed this deep. */
const deepest = 80;

/** `.pip_install("torch")`, or what an image begins with: `modal.Image.debian_slim()`. */
export interface ImageStep {
  readonly method: string;
  readonly args: readonly Argument[];
}

/** An image, as far as the text of the file tells. */
export interface ReadImage {
  /** The expression that makes it, without brackets around it. */
  readonly node: SyntaxNode;
  /** Its steps in order. */
  readonly steps: readonly ImageStep[];
  /** The first step is where it begins; otherwise there is more that cannot be read. */
  readonly isWhole: boolean;
}

/** @returns undefined for what is no expression of an image */
export function readImage(node: SyntaxNode, file: PythonFile, depth = 0): ReadImage | undefined {
  if (depth > deepest) return undefined;
  if (node.name === 'ParenthesizedExpression') {
    const inner = innerOf(node);
    return inner && readImage(inner, file, depth + 1);
  }
  if (node.name === 'VariableName') {
    const made = file.constant(file.source.textOf(node));
    return made && readImage(made, file, depth + 1);
  }
  const { firstChild, lastChild } = node;
  if (node.name !== 'CallExpression' || firstChild?.name !== 'MemberExpression') return undefined;
  const method = firstChild.lastChild ? file.source.textOf(firstChild.lastChild) : '';
  const step = { method, args: file.source.argumentsOf(lastChild) };
  if (file.meaning(firstChild) === `modal.Image.${method}`) return { node, steps: [step], isWhole: true };
  const before = firstChild.firstChild && readImage(firstChild.firstChild, file, depth + 1);
  return { node, steps: [...(before?.steps ?? []), step], isWhole: before?.isWhole ?? false };
}
