import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { root } from '../../../scripts/root.ts';

/** A regular expression of the source that is known without running it. */
export interface Expression {
  readonly source: string;
  readonly flags: string;
  /** `file:line`, from `src` on. */
  readonly place: string;
}

export interface Expressions {
  readonly known: readonly Expression[];
  /** Places that make an expression of what is known only at run time. */
  readonly made: readonly string[];
}

/** Every regular expression of the product's source: literals, and what `RegExp(…)` makes of constants. */
export function expressionsOfSource(): Expressions {
  const files = globSync('src/**/*.ts', { cwd: root }).sort();
  const found = files.map((file) => expressionsOf(file, readFileSync(path.join(root, file), 'utf8')));
  return { known: found.flatMap(({ known }) => known), made: found.flatMap(({ made }) => made) };
}

export function expressionsOf(file: string, text: string): Expressions {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const constants = constantsOf(source);
  const known: Expression[] = [];
  const made: string[] = [];
  const visit = (node: ts.Node): void => {
    const place = `${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
    if (ts.isRegularExpressionLiteral(node)) known.push({ ...partsOf(node.text), place });
    else if (makesExpression(node)) {
      const [pattern, flags] = (node.arguments ?? []).map((argument) => textOf(argument, constants));
      if (pattern === undefined) made.push(place);
      else known.push({ source: pattern, flags: flags ?? '', place });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { known, made };
}

function partsOf(literal: string): { source: string; flags: string } {
  const end = literal.lastIndexOf('/');
  return { source: literal.slice(1, end), flags: literal.slice(end + 1) };
}

/** Also what a text is searched for: the engine makes an expression of a string there. */
function makesExpression(node: ts.Node): node is ts.NewExpression | ts.CallExpression {
  if (!ts.isNewExpression(node) && !ts.isCallExpression(node)) return false;
  const { expression } = node;
  if (ts.isIdentifier(expression)) return expression.text === 'RegExp';
  if (!ts.isPropertyAccessExpression(expression)) return false;
  if (expression.name.text === 'RegExp') return true;
  const [first] = node.arguments ?? [];
  const searches = ['match', 'matchAll', 'search'].includes(expression.name.text);
  return searches && first !== undefined && ts.isStringLiteralLike(first);
}

/** Texts that a file gives a name to, wherever it does. */
function constantsOf(source: ts.SourceFile): ReadonlyMap<string, string> {
  const constants = new Map<string, string>();
  const visit = (node: ts.Node): void => {
    if (
      ts.isVariableDeclaration(node) &&
      ts.isIdentifier(node.name) &&
      node.initializer &&
      isConstant(node)
    ) {
      const text = textOf(node.initializer, constants);
      if (text !== undefined) constants.set(node.name.text, text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return constants;
}

const isConstant = (node: ts.VariableDeclaration) => (node.parent.flags & ts.NodeFlags.Const) !== 0;

function textOf(node: ts.Expression, constants: ReadonlyMap<string, string>): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isIdentifier(node)) return constants.get(node.text);
  if (ts.isParenthesizedExpression(node)) return textOf(node.expression, constants);
  if (ts.isTemplateExpression(node)) return templateText(node, constants, (part) => part.text);
  if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'String.raw')
    return ts.isTemplateExpression(node.template)
      ? templateText(node.template, constants, (part) => part.rawText ?? '')
      : node.template.rawText;
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken)
    return joined([textOf(node.left, constants), textOf(node.right, constants)]);
  return undefined;
}

function templateText(
  node: ts.TemplateExpression,
  constants: ReadonlyMap<string, string>,
  read: (part: ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail) => string,
): string | undefined {
  const spans = node.templateSpans.flatMap((span) => [
    textOf(span.expression, constants),
    read(span.literal),
  ]);
  return joined([read(node.head), ...spans]);
}

function joined(parts: readonly (string | undefined)[]): string | undefined {
  return parts.every((part) => part !== undefined) ? parts.join('') : undefined;
}

/** The most signs that a pattern may read, when none of its repeats is endless. */
const mostSigns = 10_000;

/**
 * What stands for a pattern of long but bounded repeats, which would be a machine of thousands of states. A search
 * with it reads a bounded count of signs from each place, so it is enough to know that one try takes no more time than
 * it has signs; that is asked with endless repeats, which is more than the pattern does.
 * @returns undefined where a repeat is endless, or the whole is long
 */
export function oneTryOf(source: string): string | undefined {
  const signs = /\\.|\[(?:\\.|[^\]\\])*\]|\{(\d+)(?:,(\d*))?\}|[*+]/g;
  let most = 0;
  for (const [sign, least, limit] of source.matchAll(signs)) {
    if (sign === '*' || sign === '+' || limit === '') return undefined;
    if (least !== undefined) most += Number(limit ?? least);
  }
  if (most < 20 || most > mostSigns) return undefined;
  return endless(source);
}

/** The pattern at one place only: what stands before it is of a bounded length, and counts become endless. */
export function endless(source: string): string {
  const parts =
    /(\(\?<[=!](?:\\.|\[(?:\\.|[^\]\\])*\]|[^()[\]\\])*\))|(\\.|\[(?:\\.|[^\]\\])*\])|\{(\d+)(?:,\d*)?\}/g;
  return `^(?:${source.replaceAll(parts, (_whole, before?: string, sign?: string, least?: string) =>
    before === undefined ? (sign ?? (least === '0' ? '*' : '+')) : '',
  )})`;
}
