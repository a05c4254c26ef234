import type { JsonNode, JsonPath } from './jsonText.ts';
import { nodeAt, parseJson } from './jsonText.ts';

/**
 * Changes one value of a JSON text and leaves the rest as it was written: layout, order, and numbers that a program
 * would round.
 */

/**
 * Puts a value at a path; objects on the way are made. An empty text counts as an empty object or list.
 * @returns undefined when the text is not JSON
 */
export function setAt(text: string, path: JsonPath, value: unknown): string | undefined {
  return putAt(text, path, JSON.stringify(value, undefined, 2));
}

/**
 * The same with a value as JSON writes it, so that e.g. `1.50` stays as the user typed it.
 * @returns undefined when the text is not JSON
 */
export function putAt(text: string, path: JsonPath, literal: string): string | undefined {
  const source = sourceFor(text, path);
  const [last] = path.slice(-1);
  if (last === undefined) return literal;
  const parsed = parseJson(source);
  if (!parsed.ok) return undefined;
  const node = nodeAt(parsed.root, path);
  if (node) return splice(source, node.start, node.end, indented(literal, indentAt(source, node.start)));
  const parentPath = path.slice(0, -1);
  const parent = nodeAt(parsed.root, parentPath);
  if (!fits(parent, last)) return putAt(source, parentPath, around(last, literal));
  return append(source, parent, last, literal);
}

function around(step: string | number, literal: string): string {
  const inner = indented(literal, '  ');
  return typeof step === 'number' ? `[\n  ${inner}\n]` : `{\n  ${JSON.stringify(step)}: ${inner}\n}`;
}

/**
 * Takes the value at a path away, with its name and comma.
 * @returns undefined when the text is not JSON
 */
export function removeAt(text: string, path: JsonPath): string | undefined {
  const parsed = parseJson(text);
  if (!parsed.ok) return text.trim() === '' ? text : undefined;
  const parent = nodeAt(parsed.root, path.slice(0, -1));
  const [last] = path.slice(-1);
  if (!parent || last === undefined) return text;
  const parts = partsOf(parent);
  const at = typeof last === 'number' ? last : parent.members.findLastIndex((member) => member.name === last);
  const part = parts[at];
  if (!part) return text;
  const before = parts[at - 1];
  const after = parts[at + 1];
  if (before) return splice(text, before.end, part.end, '');
  if (after) return splice(text, part.start, after.start, '');
  return splice(text, parent.start + 1, parent.end - 1, '');
}

/** The text with two spaces a level, or undefined when it is not JSON. Numbers stay as they are written. */
export function formatJson(text: string): string | undefined {
  const parsed = parseJson(text);
  return parsed.ok ? laidOut(text, parsed.root, '') : undefined;
}

function laidOut(text: string, node: JsonNode, indent: string): string {
  const inner = `${indent}  `;
  const lines =
    node.kind === 'object'
      ? node.members.map(({ name, value }) => `${JSON.stringify(name)}: ${laidOut(text, value, inner)}`)
      : node.items.map((item) => laidOut(text, item, inner));
  if (node.kind !== 'object' && node.kind !== 'array') return text.slice(node.start, node.end);
  const [open, close] = node.kind === 'object' ? ['{', '}'] : ['[', ']'];
  if (lines.length === 0) return `${open}${close}`;
  return `${open}\n${lines.map((line) => inner + line).join(',\n')}\n${indent}${close}`;
}

function sourceFor(text: string, [first]: JsonPath): string {
  if (text.trim() !== '') return text;
  return typeof first === 'number' ? '[]' : '{}';
}

function fits(parent: JsonNode | undefined, step: string | number): parent is JsonNode {
  return parent?.kind === (typeof step === 'number' ? 'array' : 'object');
}

interface Part {
  readonly start: number;
  readonly end: number;
}

function partsOf(node: JsonNode): readonly Part[] {
  return node.kind === 'object'
    ? node.members.map(({ nameStart, value }) => ({ start: nameStart, end: value.end }))
    : node.items;
}

function append(text: string, parent: JsonNode, step: string | number, literal: string): string {
  const name = typeof step === 'string' ? `${JSON.stringify(step)}: ` : '';
  const last = partsOf(parent).at(-1);
  if (!last) {
    const outer = indentAt(text, parent.start);
    const put = `\n${outer}  ${name}${indented(literal, `${outer}  `)}\n${outer}`;
    return splice(text, parent.start + 1, parent.end - 1, put);
  }
  const isMultiline = text.slice(parent.start, last.start).includes('\n');
  const indent = indentAt(text, last.start);
  const gap = isMultiline ? `\n${indent}` : ' ';
  return splice(text, last.end, last.end, `,${gap}${name}${indented(literal, isMultiline ? indent : '')}`);
}

/** White space with which the line of an offset begins. */
function indentAt(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

function indented(literal: string, indent: string): string {
  return literal.replaceAll('\n', `\n${indent}`);
}

function splice(text: string, start: number, end: number, put: string): string {
  return text.slice(0, start) + put + text.slice(end);
}
