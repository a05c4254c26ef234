import type { SyntaxNode } from '@lezer/common';
import { childrenOf } from '../../../workspace/core/index.ts';
import type { Call, Site } from '../sites.ts';
import type { CheckedFile } from './check.ts';

/** A decorator of Modal. */
export interface ModalDecorator {
  /** `app.function`, `modal.method` */
  readonly target: string;
  readonly node: SyntaxNode;
  readonly args: Call['args'];
}

/** A function or class with decorators of Modal. */
export interface DecoratedDefinition {
  readonly definition: SyntaxNode;
  /** From top to bottom. */
  readonly decorators: readonly ModalDecorator[];
  /** What it stands in. */
  readonly inside: 'module' | 'class' | 'function';
  /** Others decorate it too, and may change what it takes. */
  readonly hasOthers: boolean;
}

export function decoratedDefinitions({ sites, calls }: CheckedFile): DecoratedDefinition[] {
  const byStatement = new Map<number, { statement: SyntaxNode; sites: Site[] }>();
  for (const site of sites) {
    const statement = site.node.name === 'Decorator' ? site.node.parent : null;
    if (!statement || site.argument) continue;
    const known = byStatement.get(statement.from) ?? { statement, sites: [] };
    byStatement.set(statement.from, { statement, sites: [...known.sites, site] });
  }
  return [...byStatement.values()].flatMap(({ statement, sites: own }) => {
    const definition = statement.lastChild;
    if (!definition || !/^(?:Function|Class)Definition$/.test(definition.name)) return [];
    const decorators = own.map(({ target, node }) => ({
      ...{ target, node },
      args: calls.find((call) => call.node.name === 'Decorator' && call.node.from === node.from)?.args ?? [],
    }));
    const hasOthers = statement.getChildren('Decorator').length > decorators.length;
    return [{ definition, decorators, inside: insideOf(statement), hasOthers }];
  });
}

function insideOf(statement: SyntaxNode): DecoratedDefinition['inside'] {
  for (let { parent } = statement; parent; { parent } = parent) {
    if (parent.name === 'ClassDefinition') return 'class';
    if (/^(?:FunctionDefinition|LambdaExpression)$/.test(parent.name)) return 'function';
  }
  return 'module';
}

/** How many arguments a function must be given, or takes by `*`. @param bound the first is the object */
export function neededParameters(definition: SyntaxNode, bound: boolean): number {
  let needed = 0;
  let name = false;
  let isOptional = false;
  for (const { name: part } of childrenOf(definition.getChild('ParamList'))) {
    if (part === ',' || part === ')') {
      if (name && !isOptional) needed++;
      name = false;
      isOptional = false;
    } else if (part === 'VariableName') name = true;
    else if (part === 'AssignOp') isOptional = true;
  }
  return Math.max(0, bound ? needed - 1 : needed);
}

export function isAsync(definition: SyntaxNode): boolean {
  return definition.firstChild?.name === 'async';
}
