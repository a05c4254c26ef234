import type { SyntaxNode } from '@lezer/common';
import type { ScriptFunction, WebKind } from '../domain/script.ts';
import type { AppDraft } from './appDraft.ts';
import type { Scope } from './parameters.ts';
import { readClassParameters, readParameters } from './parameters.ts';
import type { Argument, PythonSource } from './pythonSource.ts';
import { childrenOf } from './pythonSource.ts';
import { resources } from './resources.ts';
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
): void {
  const definition = statement.lastChild;
  const decorators = decoratorsOf(statement, scope.source);
  for (const decorator of decorators) {
    const [variable = '', method] = decorator.path;
    const app = decorator.path.length === 2 ? apps.get(variable) : undefined;
    if (!app || !definition) continue;
    if (method === 'local_entrypoint') addEntryPoint(app, statement, definition, scope);
    else if (method === 'function') addFunction(app, statement, definition, decorator, decorators, scope);
    else if (method === 'cls') addClass(app, statement, definition, decorator, scope);
    else if (method === 'server') addServer(app, statement, definition, decorator, scope);
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

function addFunction(
  app: AppDraft,
  statement: SyntaxNode,
  definition: SyntaxNode,
  decorator: Decorator,
  decorators: readonly Decorator[],
  scope: Scope,
): void {
  const place = placeOf(statement, definition, scope.source);
  if (!place || definition.name !== 'FunctionDefinition') return;
  const fn: ScriptFunction = {
    ...place,
    ...webOf(decorators, scope),
    ...generatorMark(definition, scope),
    parameters: readParameters(definition.getChild('ParamList'), scope, false),
  };
  app.units.push({ kind: 'function', ...place, ...resources(decorator.args, scope.values), functions: [fn] });
}

function addClass(
  app: AppDraft,
  statement: SyntaxNode,
  definition: SyntaxNode,
  decorator: Decorator,
  scope: Scope,
): void {
  const place = placeOf(statement, definition, scope.source);
  if (!place || definition.name !== 'ClassDefinition') return;
  const body = definition.getChild('Body');
  const own = readClassParameters(body, scope);
  const functions = [...childrenOf(body)].flatMap(
    (member) => readMethod(member, place.name, own, scope) ?? [],
  );
  app.units.push({ kind: 'class', ...place, ...resources(decorator.args, scope.values), functions });
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
function addServer(
  app: AppDraft,
  statement: SyntaxNode,
  definition: SyntaxNode,
  decorator: Decorator,
  scope: Scope,
): void {
  const place = placeOf(statement, definition, scope.source);
  if (!place || definition.name !== 'ClassDefinition') return;
  const fn: ScriptFunction = { ...place, web: 'server', parameters: [] };
  app.units.push({ kind: 'class', ...place, ...resources(decorator.args, scope.values), functions: [fn] });
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
