import type { SyntaxNode } from '@lezer/common';
import type { Definitions } from './definitions.ts';
import type { Scope } from './parameters.ts';
import type { Argument } from './pythonSource.ts';
import { assignment } from './statements.ts';

const appMakers = new Set(['modal.App', 'modal.Stub', 'modal.app.App']);

/** The arguments of `modal.App(…)`; undefined for any other expression. */
export function makerArguments(
  call: SyntaxNode | null | undefined,
  { source, names }: Scope,
): Argument[] | undefined {
  const callee = call?.name === 'CallExpression' ? call.firstChild : undefined;
  if (!call || !callee || !appMakers.has(names.meaning(source.dottedName(callee)) ?? '')) return undefined;
  return source.argumentsOf(call.lastChild);
}

/** The arguments of the app that a function of the file returns: `app = make_app()`. */
export function factoryApp(
  call: SyntaxNode | null | undefined,
  scope: Scope,
  definitions: Definitions,
): Argument[] | undefined {
  const { source } = scope;
  const callee = call?.name === 'CallExpression' ? call.firstChild : undefined;
  if (callee?.name !== 'VariableName') return undefined;
  const body = definitions.get(source.textOf(callee))?.definition;
  if (body?.name !== 'FunctionDefinition') return undefined;
  const made = new Map<string, Argument[]>();
  let returned: Argument[] | undefined;
  body.cursor().iterate(({ node }) => {
    if (node.name === 'AssignStatement') {
      const { targets, value } = assignment(node);
      const args = makerArguments(value, scope);
      for (const target of args ? targets : []) made.set(source.textOf(target), args ?? []);
    }
    if (node.name !== 'ReturnStatement') return;
    const value = node.lastChild;
    returned ??= makerArguments(value, scope) ?? (value ? made.get(source.textOf(value)) : undefined);
  });
  if (!returned) return undefined;
  // Any other expression may depend on the function's parameters.
  return returned.filter(({ value }) => value.name === 'String');
}
