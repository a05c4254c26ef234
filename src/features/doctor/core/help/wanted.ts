import type { SyntaxNode } from '@lezer/common';
import { ownValue } from '../../../../shared/ownValue.ts';
import { namesOf } from '../bindings.ts';
import { PythonFile } from '../pythonFile.ts';
import { calleeOf } from '../sites.ts';
import { openString } from './openString.ts';

/** Objects that Modal finds by a name of the user's own. */
export type NamedKind =
  'secret' | 'volume' | 'dict' | 'queue' | 'app' | 'environment' | 'function' | 'cls' | 'server';

/** What a text literal names. */
export type Meaning =
  | { readonly of: 'gpu' | 'region' | 'routingRegion' | 'cloud' }
  | {
      readonly of: NamedKind;
      /** Of the call; '' = the one that the user works in, undefined = only running the file would tell. */
      readonly environment: string | undefined;
      /** Of functions, classes and servers; undefined = only running the file would tell. */
      readonly app?: string | undefined;
    };

/** What may stand in the text literal around a place. Offsets are of what is between the quotes. */
export interface Wanted {
  readonly meaning: Meaning;
  readonly from: number;
  readonly to: number;
  /** What stands before the cursor. */
  readonly typed: string;
}

/** Arguments with the same meaning in every call of Modal. */
const byArgument: Readonly<Record<string, 'gpu' | 'region' | 'routingRegion' | 'cloud' | 'environment'>> = {
  gpu: 'gpu',
  region: 'region',
  compute_region: 'region',
  routing_region: 'routingRegion',
  cloud: 'cloud',
  environment_name: 'environment',
};

type Parameter = readonly [name: string, kind: NamedKind];

const ownName = (kind: NamedKind): readonly Parameter[] => [['name', kind]];
const inApp = (kind: NamedKind): readonly Parameter[] => [
  ['app_name', 'app'],
  ['name', kind],
];

/** Calls that find something by name, with their first parameters. `lookup` is what early releases call `from_name`. */
export const finders: Readonly<Record<string, readonly Parameter[]>> = {
  'modal.App.lookup': ownName('app'),
  'modal.Environment.from_name': ownName('environment'),
  ...Object.fromEntries(
    (['Secret', 'Volume', 'Dict', 'Queue'] as const).flatMap((name) => {
      const parameters = ownName(name.toLowerCase() as NamedKind);
      return [
        [`modal.${name}.from_name`, parameters],
        [`modal.${name}.lookup`, parameters],
        [`modal.${name}.objects.delete`, parameters],
      ];
    }),
  ),
  ...Object.fromEntries(
    (['Function', 'Cls', 'Server'] as const).flatMap((name) => {
      const parameters = inApp(name.toLowerCase() as NamedKind);
      return [
        [`modal.${name}.from_name`, parameters],
        [`modal.${name}.lookup`, parameters],
      ];
    }),
  ),
  'modal.Sandbox.from_name': [['app_name', 'app']],
};

/** What the text literal at a place names for Modal, also in a file that is half typed. */
export function wantedAt(text: string, cursor: number): Wanted | undefined {
  const open = openString(text, cursor);
  if (!open) return undefined;
  const { from, closing, indent, isClosed } = open;
  // A count behind a GPU stays. Where a quote is missing, what seems to be in the text is the code up to the next one, and stays.
  const to = cursor + (/^[\w.!+-]*/.exec(text.slice(cursor, open.to))?.[0].length ?? 0);
  const wanted = (meaning: Meaning | undefined) =>
    meaning && { meaning, from, to, typed: text.slice(from, cursor) };
  const file = isClosed ? fileOf(text) : undefined;
  const meaning = file && meaningIn(file, from);
  if (meaning !== undefined || file?.source.stumbled === false) return wanted(meaning);
  // A function below, since decorators need one.
  const mended = fileOf(`${text.slice(0, to)}${closing}\n${indent}def _():\n${indent} pass\n`);
  return wanted(mended && meaningIn(mended, from));
}

function fileOf(text: string): PythonFile | undefined {
  if (!/\bmodal\b/.test(text)) return undefined;
  const file = new PythonFile(text);
  return file.namesModal ? file : undefined;
}

function meaningIn(file: PythonFile, from: number): Meaning | undefined {
  const literal = literalAt(file, from);
  return literal && meaningOf(literal, file);
}

function literalAt(file: PythonFile, from: number): SyntaxNode | undefined {
  const node = file.source.tree.resolveInner(from, 0);
  return node.name === 'String' ? node : undefined;
}

/** Of a literal, or one of a constant's uses. */
function meaningOf(literal: SyntaxNode, file: PythonFile): Meaning | undefined {
  const value = valueAround(literal);
  const { parent } = value;
  if (parent?.name === 'ArgList') return meaningOfArgument(value, parent, file);
  if (parent?.name !== 'AssignStatement' || value.prevSibling?.name !== 'AssignOp') return undefined;
  return meaningOfConstant(parent, file);
}

/** `GPU = "…"`, by the first argument that it is given to. */
function meaningOfConstant(statement: SyntaxNode, file: PythonFile): Meaning | undefined {
  const target = statement.firstChild;
  if (statement.parent?.name !== 'Script' || target?.name !== 'VariableName') return undefined;
  const name = file.source.textOf(target);
  let found: Meaning | undefined;
  file.source.tree.iterate({
    enter: ({ node }) => {
      if (found) return false;
      if (node.name !== 'VariableName' || node.from === target.from) return undefined;
      if (node.nextSibling?.name === 'AssignOp' || file.source.textOf(node) !== name) return undefined;
      const value = valueAround(node);
      if (value.parent?.name === 'ArgList') found = meaningOfArgument(value, value.parent, file);
      return undefined;
    },
  });
  return found;
}

/** The argument that a literal is, or is a choice of. */
function valueAround(literal: SyntaxNode): SyntaxNode {
  let value = literal;
  for (let { parent } = value; parent; { parent } = value) {
    const isChoice =
      /^(?:Array|Tuple|Parenthesized)Expression$/.test(parent.name) ||
      (parent.name === 'ConditionalExpression' && value.prevSibling?.name !== 'if');
    if (!isChoice) break;
    value = parent;
  }
  return value;
}

function meaningOfArgument(value: SyntaxNode, list: SyntaxNode, file: PythonFile): Meaning | undefined {
  const callee = calleeOfList(list, file);
  if (callee === undefined) return undefined;
  const args = file.source.argumentsOf(list);
  const own = args.find((argument) => argument.value.from === value.from);
  if (!own || own.unpacked) return undefined;
  const environment = environmentOf(args, file);
  // Arguments of the user's own functions have whatever meaning they have.
  if (/^(?:function|cls|object)\./.test(callee) && !callee.endsWith('.with_options')) return undefined;
  const common = own.name === undefined ? undefined : ownValue(byArgument, own.name);
  if (common) return common === 'environment' ? { of: common, environment } : { of: common };
  const parameters = ownValue(finders, callee) ?? [];
  const at = own.name === undefined ? args.indexOf(own) : parameters.findIndex(([name]) => name === own.name);
  if (
    own.name === undefined &&
    args.slice(0, at).some(({ name, unpacked }) => name !== undefined || unpacked)
  )
    return undefined;
  const kind = parameters[at]?.[1];
  if (kind === undefined) return undefined;
  const [[first] = []] = parameters;
  const app = args.find(({ name }, index) => name === first || (name === undefined && index === 0));
  const appName = at > 0 && app ? file.valueOf(app.value) : undefined;
  return {
    of: kind,
    environment,
    ...(at > 0 ? { app: typeof appName === 'string' ? appName : undefined } : {}),
  };
}

function environmentOf(
  args: ReturnType<PythonFile['source']['argumentsOf']>,
  file: PythonFile,
): string | undefined {
  if (args.some(({ unpacked }) => unpacked)) return undefined;
  const given = args.find(({ name }) => name === 'environment_name');
  const value = given ? file.valueOf(given.value) : '';
  if (value === null) return '';
  return typeof value === 'string' ? value : undefined;
}

/** `modal.Secret.from_name` or `app.function` of the call or decorator that has these arguments. */
function calleeOfList(list: SyntaxNode, file: PythonFile): string | undefined {
  const call = list.parent;
  if (call?.name === 'CallExpression') return call.firstChild ? calleeOf(call.firstChild, file) : undefined;
  if (call?.name !== 'Decorator') return undefined;
  const path = namesOf(call).map((name) => file.source.textOf(name));
  return file.decoratorTarget(path, call);
}
