import type { SyntaxNode } from '@lezer/common';
import { ownValue } from '../../../shared/ownValue.ts';
import type { PythonSource } from './pythonSource.ts';
import { childrenOf } from './pythonSource.ts';

export function readNumber(text: string): number | undefined {
  const number = Number(text.replaceAll('_', ''));
  return Number.isFinite(number) ? number : undefined;
}

/** A text literal, also `f"{NAME}"` of names that are known. @param read gives the value of an expression in it */
export function readText(
  source: PythonSource,
  node: SyntaxNode,
  read: (node: SyntaxNode) => unknown,
): string | undefined {
  const whole = source.textOf(node);
  const form = /^([a-zA-Z]*)('''|"""|'|")/.exec(whole);
  const [opening = '', letters = '', quote = ''] = form ?? [];
  if (!quote || !whole.endsWith(quote) || whole.length < opening.length + quote.length) return undefined;
  const flags = letters.toLowerCase();
  if (flags.includes('b') || flags.includes('t')) return undefined;
  const decode = (text: string) => (flags.includes('r') ? text : unescapeText(text));
  const end = node.to - quote.length;
  let result = '';
  let at = node.from + opening.length;
  const isFormat = flags.includes('f');
  const take = (to: number) => {
    const text = decode(source.textOf({ from: at, to }));
    result += isFormat ? text.replaceAll('{{', '{').replaceAll('}}', '}') : text;
  };
  for (const part of childrenOf(node)) {
    if (part.name !== 'FormatReplacement') continue;
    const value = replacement(part, read);
    if (value === undefined) return undefined;
    take(part.from);
    result += value;
    at = part.to;
  }
  take(end);
  return result;
}

/** `{NAME}` of a constant; one with a conversion or a format is left unread. */
function replacement(node: SyntaxNode, read: (node: SyntaxNode) => unknown): string | undefined {
  const [, inner, brace] = childrenOf(node);
  if (!inner || brace?.name !== '}') return undefined;
  const value = read(inner);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

const escapes: Readonly<Record<string, string>> = {
  '\n': '',
  n: '\n',
  t: '\t',
  r: '\r',
  '0': '\0',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

function unescapeText(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([\s\S]))/g,
    (whole, byte?: string, unit?: string, letter?: string) => {
      const code = byte ?? unit;
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
      return ownValue(escapes, letter ?? '') ?? whole;
    },
  );
}
