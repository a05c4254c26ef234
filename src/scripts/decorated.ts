import type { SyntaxNode } from '@lezer/common';
import type { ScriptFunction, ScriptUnit, WebKind } from '../domain/script.ts';
import type { AppDraft } from './appDraft.ts';
import type { Scope } from './parameters.ts';
import { readClassParameters, readParameters } from './parameters.ts';
import type { Argument, PythonSource } from './pythonSource.ts';
import { childrenOf } from './pythonSource.ts';
import { deployedName, resources } from './resources.ts';
import { ownValue } from '../domain/ownValue.ts';

interface Decorator {
  /** `['app', 'function']` */
  readonly path: readonly string[];
  readonly args: readonly Argument[];
}

const webDecorators: Readonly<Record<string, WebKind>> = {
  'modal.fastapi_endpoint': 'fastapi_endpoint',
  'modal.web_endpoint': 'fastapi_endpoint',
  'modal.asgi_app': 'asgi_app',
  'modal.wsgi_app': 'wsgi_app',
  'modal.web_server': 'web_server',
};

/** A function or class that belongs to a known app by its decorators. */
export function readDecorated(
  statement: SyntaxNode,
  scope: Scope,
  apps: ReadonlyMap<string, AppDraft>,
  isConditional: boolean,
): void {
  const more = isConditional ? ({ conditional: true } as const) : {};
  const definition = statement.lastChild;
  const decorators = decoratorsOf(statement, scope.source);
  for (const decorator of decorators) {
    const [variable = '', method] = decorator.path;
    const app = decorator.path.length === 2 ? apps.get(variable) : undefined;
    if (!app || !definition) continue;
    if (method === 'local_entrypoint') addEntryPoint(app, statement, definition, scope);
    else if (method === 'function')
      app.units.push(...functionUnits(statement, definition, decorator, decorators, scope, more));
    else if (method === 'cls') app.units.push(...classUnits(statement, definition, decorator, scope, more));
    else if (method === 'server')
      app.units.push(...serverUnits(statement, definition, decorator, scope, more));
  }
}

function decoratorsOf(statement: SyntaxNode, source: PythonSource): Decorator[] {
  return statement.getChildren('Decorator').map((node) => ({
    path: [...node.getChildren('VariableName'), ...node.getChildren('PropertyName')].map((name) =>
      source.textOf(name),
    ),
    args: source.argumentsOf(node.getChild('ArgList')),
  }));
}

/** Where a definition is, and where its decorators begin. */
function placeOf(statement: SyntaxNode, definition: SyntaxNode, source: PythonSource) {
  const name = definition.getChild('VariableName');
  if (!name) return undefined;
  return {
    name: source.textOf(name),
    ...source.place(name.from),
    firstLine: source.place(statement.from).line,
  };
}

function addEntryPoint(app: AppDraft, statement: SyntaxNode, definition: SyntaxNode, scope: Scope): void {
  const place = placeOf(statement, definition, scope.source);
  if (!place || definition.name !== 'FunctionDefinition') return;
  app.entryPoints.push({
    ...place,
    parameters: readParameters(definition.getChild('ParamList'), scope, false),
  });
}

type Conditional = Pick<ScriptUnit, 'conditional'>;

function functionUnits(
  statement: SyntaxNode,
  definition: SyntaxNode,
  decorator: Decorator,
  decorators: readonly Decorator[],
  scope: Scope,
  more: Conditional,
): ScriptUnit[] {
  const place = placeOf(statement, definition, scope.source);
  if (!place || definition.name !== 'FunctionDefinition') return [];
  const fn: ScriptFunction = {
    ...place,
    ...webOf(decorators, scope),
    ...generatorMark(definition, scope),
    parameters: readParameters(definition.getChild('ParamList'), scope, false),
  };
  const { args } = decorator;
  const { values } = scope;
  const named = deployedName(args, values, place.name);
  return [{ kind: 'function', ...place, ...named, ...more, ...resources(args, values), functions: [fn] }];
}

function classUnits(
  statement: SyntaxNode,
  definition: SyntaxNode,
  decorator: Decorator,
  scope: Scope,
  more: Conditional,
): ScriptUnit[] {
  const place = placeOf(statement, definition, scope.source);
  if (!place || definition.name !== 'ClassDefinition') return [];
  const body = definition.getChild('Body');
  const own = readClassParameters(body, scope);
  const functions = [...childrenOf(body)].flatMap(
    (member) => readMethod(member, place.name, own, scope) ?? [],
  );
  const deployedAs = `${place.name}.*`;
  const asked = resources(decorator.args, scope.values);
  return [{ kind: 'class', ...place, deployedAs, ...more, ...asked, functions }];
}

function readMethod(
  member: SyntaxNode,
  className: string,
  classParameters: ScriptFunction['parameters'],
  scope: Scope,
): ScriptFunction | undefined {
  const definition = member.lastChild;
  if (member.name !== 'DecoratedStatement' || definition?.name !== 'FunctionDefinition') return undefined;
  const decorators = decoratorsOf(member, scope.source);
  const meanings = decorators.map(({ path }) => scope.names.meaning(path));
  const web = webOf(decorators, scope);
  if (!web.web && !meanings.some((meaning) => meaning === 'modal.method' || meaning === 'modal.batched')) {
    return undefined;
  }
  const place = placeOf(member, definition, scope.source);
  if (!place) return undefined;
  const parameters = readParameters(definition.getChild('ParamList'), scope, true);
  return {
    ...place,
    name: `${className}.${place.name}`,
    ...web,
    ...generatorMark(definition, scope),
    parameters: [...classParameters, ...parameters],
  };
}

/** `@app.server()` makes a class answer HTTP by a server that it starts itself. */
function serverUnits(
  statement: SyntaxNode,
  definition: SyntaxNode,
  decorator: Decorator,
  scope: Scope,
  more: Conditional,
): ScriptUnit[] {
  const place = placeOf(statement, definition, scope.source);
  if (!place || definition.name !== 'ClassDefinition') return [];
  const fn: ScriptFunction = { ...place, web: 'server', parameters: [] };
  const { args } = decorator;
  const { values } = scope;
  const named = deployedName(args, values, place.name);
  return [{ kind: 'class', ...place, ...named, ...more, ...resources(args, values), functions: [fn] }];
}

function webOf(decorators: readonly Decorator[], { names }: Scope): { readonly web?: WebKind } {
  const web = decorators
    .map(({ path }) => ownValue(webDecorators, names.meaning(path) ?? ''))
    .find((kind) => kind);
  return web ? { web } : {};
}

const inner = /^(?:FunctionDefinition|ClassDefinition|LambdaExpression|DecoratedStatement)$/;

/** Functions inside the function yield for themselves. */
function generatorMark(definition: SyntaxNode, { source }: Scope): { readonly generator?: true } {
  const found: string[] = [];
  definition
    .getChild('Body')
    ?.cursor()
    .iterate((node) => {
      if (inner.test(node.name)) return false;
      // A bare `yield` is respelled as `None` for the parser.
      const isYield = node.name === 'yield' || (node.name === 'None' && source.textOf(node) !== 'None');
      if (isYield) found.push(node.name);
      return undefined;
    });
  return found.length > 0 ? { generator: true } : {};
}
