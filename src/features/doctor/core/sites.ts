import type { SyntaxNode } from '@lezer/common';
import type { Argument } from '../../workspace/core/index.ts';
import { childrenOf } from '../../workspace/core/index.ts';
import { namesOf } from './bindings.ts';
import type { PythonFile } from './pythonFile.ts';

/**
 * A place that names something of Modal. Its target says what, in one of these forms:
 * `modal.Stub` a name, `image.copy_local_dir` a member of what holds an app, image, function or class,
 * `app.function(keep_warm=)` an argument of a call, `app.image=` and `app[]=` what is set on an app.
 */
export interface Site {
  readonly target: string;
  /** What is underlined, and replaced where the name changes. */
  readonly from: number;
  readonly to: number;
  /** The expression up to this name, an argument's value, or the statement that imports it. */
  readonly node: SyntaxNode;
  readonly argument?: Argument;
  /** An import binds this name. */
  readonly imports?: true;
}

/** A call or a decorator with arguments. */
export interface Call {
  /** `app.function`, `modal.Image.debian_slim`, `image.pip_install`. */
  readonly callee: string;
  readonly node: SyntaxNode;
  readonly args: readonly Argument[];
}

/** Every place of a file that names something of Modal, from top to bottom. */
export function readSites(file: PythonFile): { sites: Site[]; calls: Call[] } {
  const sites: Site[] = [];
  const calls: Call[] = [];
  file.source.tree.iterate({
    enter: ({ node }) => {
      switch (node.name) {
        case 'ImportStatement':
          sites.push(...importSites(node, file));
          return false;
        case 'Decorator':
          decoratorSites(node, file, sites, calls);
          return undefined;
        case 'VariableName':
        case 'MemberExpression':
          if (isReference(node)) sites.push(...nameSites(node, file));
          return undefined;
        case 'CallExpression':
          callSites(node, file, sites, calls);
          return undefined;
        case 'AssignStatement':
          sites.push(...settingSites(node, file));
          return undefined;
        default:
          return undefined;
      }
    },
  });
  return { sites: sites.sort((a, b) => a.from - b.from), calls };
}

/** A name in an expression: not one that is defined, imported, or names an argument; of dotted names the longest. */
function isReference(node: SyntaxNode): boolean {
  const { parent } = node;
  if (!parent) return false;
  if (parent.name === 'MemberExpression' && parent.firstChild?.from === node.from) return false;
  if (node.name === 'MemberExpression') return true;
  if (/^(?:FunctionDefinition|ClassDefinition|ParamList|Decorator|ScopeStatement)$/.test(parent.name))
    return false;
  return !(parent.name === 'ArgList' && node.nextSibling?.name === 'AssignOp');
}

function importSites(statement: SyntaxNode, file: PythonFile): Site[] {
  const sites: Site[] = [];
  for (const { meaning, node } of file.clausesOf(statement)) {
    if (!/^modal(?:\.|$)/.test(meaning)) continue;
    for (const target of prefixes(meaning.split('.'))) {
      sites.push({ target, from: node.from, to: node.to, node: statement, imports: true });
    }
  }
  return sites;
}

function nameSites(node: SyntaxNode, file: PythonFile): Site[] {
  const meaning = file.meaning(node);
  if (meaning?.startsWith('modal.')) return dottedSites(node, meaning, file);
  if (node.name !== 'MemberExpression') return [];
  const kind = file.kindOf(node.firstChild);
  const last = node.lastChild;
  if (!kind || !last) return [];
  return [{ target: `${kind}.${file.source.textOf(last)}`, from: last.from, to: last.to, node }];
}

/** One for `modal.gpu` and one for `modal.gpu.A100`, each with the part of the expression that it names. */
function dottedSites(node: SyntaxNode, meaning: string, file: PythonFile): Site[] {
  const sites: Site[] = [];
  let parts = meaning.split('.');
  for (let part: SyntaxNode | null = node; part && parts.length > 1; part = part.firstChild) {
    const last = part.name === 'MemberExpression' ? part.lastChild : part;
    // An alias names it otherwise, and stays.
    if (!last || file.source.textOf(last) !== parts.at(-1)) break;
    sites.push({ target: parts.join('.'), from: last.from, to: last.to, node: part });
    if (part.name !== 'MemberExpression') break;
    parts = parts.slice(0, -1);
    if (file.meaning(part.firstChild ?? part) !== parts.join('.')) break;
  }
  return sites;
}

function decoratorSites(decorator: SyntaxNode, file: PythonFile, sites: Site[], calls: Call[]): void {
  const names = namesOf(decorator);
  const path = names.map((name) => file.source.textOf(name));
  const callee = file.decoratorTarget(path, decorator);
  const last = names.at(-1);
  if (callee === undefined || !last) return;
  sites.push({ target: callee, from: last.from, to: last.to, node: decorator });
  const list = decorator.getChild('ArgList');
  if (list) addCall({ callee, node: decorator, args: file.source.argumentsOf(list) }, sites, calls);
}

function callSites(call: SyntaxNode, file: PythonFile, sites: Site[], calls: Call[]): void {
  const { firstChild, lastChild } = call;
  const callee = firstChild && calleeOf(firstChild, file);
  if (!callee || lastChild?.name !== 'ArgList') return;
  addCall({ callee, node: call, args: file.source.argumentsOf(lastChild) }, sites, calls);
}

/** `modal.App`, or `image.pip_install` for a member of what holds an image. */
export function calleeOf(node: SyntaxNode, file: PythonFile): string | undefined {
  const meaning = file.meaning(node);
  if (meaning?.startsWith('modal.')) return meaning;
  const kind = node.name === 'MemberExpression' ? file.kindOf(node.firstChild) : undefined;
  return kind && node.lastChild ? `${kind}.${file.source.textOf(node.lastChild)}` : undefined;
}

function addCall(call: Call, sites: Site[], calls: Call[]): void {
  calls.push(call);
  for (const argument of call.args) {
    const name = argument.name === undefined ? undefined : nameOf(argument.value);
    if (!name) continue;
    sites.push({
      target: `${call.callee}(${argument.name}=)`,
      from: name.from,
      to: name.to,
      node: argument.value,
      argument,
    });
  }
}

/** The name of an argument: before its value and the `=`. */
function nameOf(value: SyntaxNode): SyntaxNode | null {
  let node = value.prevSibling;
  while (node?.name === 'Comment' || node?.name === 'AssignOp') node = node.prevSibling;
  return node?.name === 'VariableName' ? node : null;
}

/** `app.image = …` and `app["data"] = …`. */
function settingSites(statement: SyntaxNode, file: PythonFile): Site[] {
  const target = statement.firstChild;
  if (target?.name !== 'MemberExpression' || file.kindOf(target.firstChild) !== 'app') return [];
  const { lastChild } = target;
  if (lastChild?.name === 'PropertyName') {
    const name = file.source.textOf(lastChild);
    return [{ target: `app.${name}=`, from: target.from, to: target.to, node: statement }];
  }
  const isItem = [...childrenOf(target)].some(({ name }) => name === '[');
  return isItem ? [{ target: 'app[]=', from: target.from, to: target.to, node: statement }] : [];
}

function prefixes(parts: readonly string[]): string[] {
  return parts.slice(1).map((_, at) => parts.slice(0, at + 2).join('.'));
}
