import type { SyntaxNode } from '@lezer/common';
import type {
  ModalScript,
  ScriptApp,
  ScriptEntryPoint,
  ScriptFunction,
  ScriptUnit,
  WebKind,
} from '../domain/script.ts';
import { ImportedNames } from './names.ts';
import type { Scope } from './parameters.ts';
import { readClassParameters, readParameters } from './parameters.ts';
import type { Argument } from './pythonSource.ts';
import { PythonSource, childrenOf } from './pythonSource.ts';
import { syntaxProblems } from './syntaxProblems.ts';
import type { Value } from './values.ts';
import { Values } from './values.ts';

/** An app whose functions are still being collected. */
interface AppDraft extends Omit<ScriptApp, 'name' | 'units' | 'entryPoints' | 'includes'> {
  name: string | undefined;
  includes?: true;
  readonly units: ScriptUnit[];
  readonly entryPoints: ScriptEntryPoint[];
  /** Of the app itself; every function gets them. */
  readonly secrets: readonly string[];
}

interface Decorator {
  /** `['app', 'function']` */
  readonly path: readonly string[];
  readonly args: readonly Argument[];
}

/** Statements in statements are followed this deep; Python itself allows 100 indents. */
const deepest = 100;

const appMakers = new Set(['modal.App', 'modal.Stub', 'modal.app.App']);

const webDecorators: Readonly<Record<string, WebKind>> = {
  'modal.fastapi_endpoint': 'fastapi_endpoint',
  'modal.web_endpoint': 'fastapi_endpoint',
  'modal.asgi_app': 'asgi_app',
  'modal.wsgi_app': 'wsgi_app',
  'modal.web_server': 'web_server',
};

/** Finds what a Python file defines for Modal. Never fails: what cannot be read is left out, and said in `problems`. */
export function parseScript(text: string): ModalScript {
  const source = new PythonSource(text);
  const names = new ImportedNames(source);
  const values = new Values(source, names);
  const scope: Scope = { source, names, values };
  const statements = [...moduleStatements(source, source.tree.topNode)];
  for (const statement of statements) bindNames(statement, scope);
  const apps = new Map<string, AppDraft>();
  for (const statement of statements) {
    if (statement.name === 'AssignStatement') readApp(statement, scope, apps);
    else if (statement.name === 'DecoratedStatement') readDecorated(statement, scope, apps);
    else if (statement.name === 'ExpressionStatement') readInclude(statement.firstChild, scope, apps);
  }
  return { apps: [...new Set(apps.values())].map(finish), problems: syntaxProblems(source) };
}

/** What runs when the file is imported, in order; bodies of functions and classes do not. */
function* moduleStatements(source: PythonSource, block: SyntaxNode, depth = 0): Generator<SyntaxNode> {
  if (depth > deepest) return;
  for (const child of childrenOf(block)) {
    if (child.name === 'IfStatement' && isMainGuard(source, child)) continue;
    yield child;
    if (
      /^(?:(?:If|Try|With|For|While|Match)Statement|MatchClause|MatchBody|Body|StatementGroup)$/.test(
        child.name,
      )
    ) {
      yield* moduleStatements(source, child, depth + 1);
    }
  }
}

/** `if __name__ == "__main__":` is false when the CLI imports the file. */
function isMainGuard(source: PythonSource, statement: SyntaxNode): boolean {
  const condition = statement.firstChild?.nextSibling;
  return condition ? /^\(?\s*__name__\s*==/.test(source.textOf(condition)) : false;
}

function bindNames(statement: SyntaxNode, { source, names, values }: Scope): void {
  switch (statement.name) {
    case 'ImportStatement':
      names.add(statement);
      return;
    case 'AssignStatement': {
      const { targets, value } = assignment(statement);
      for (const target of targets) values.bind(source.textOf(target), value);
      return;
    }
    case 'UpdateStatement':
    case 'ForStatement':
      for (const child of childrenOf(statement)) {
        if (child.name === 'in' || child.name === 'UpdateOp') return;
        if (child.name === 'VariableName') values.bind(source.textOf(child), undefined);
      }
      return;
    default:
  }
}

/** Targets and value of `a = b = value`; several targets in one, as in `a, b = …`, have no value of their own. */
function assignment(statement: SyntaxNode): { targets: SyntaxNode[]; value: SyntaxNode | undefined } {
  const parts = [...childrenOf(statement)].filter(({ name, type }) => name !== 'Comment' && !type.isError);
  const isUnpacking = parts.some(({ name }) => name === ',' || name === '*');
  const last = parts.at(-1);
  const hasValue = parts.at(-2)?.name === 'AssignOp' && last !== undefined && !isUnpacking;
  const targets = parts.filter((part) => part.name === 'VariableName' && !(hasValue && part === last));
  return { targets, value: hasValue ? last : undefined };
}

function readApp(statement: SyntaxNode, scope: Scope, apps: Map<string, AppDraft>): void {
  const { source } = scope;
  const { targets, value } = assignment(statement);
  const [first] = targets;
  if (!first || !value) return;
  const draft =
    newApp(first, value, scope) ?? readInclude(value, scope, apps) ?? apps.get(source.textOf(value));
  if (!draft) return;
  for (const target of targets) {
    const variable = source.textOf(target);
    const known = apps.get(variable);
    // Made in two places, e.g. in the branches of an `if`: only running the file tells which name counts.
    if (known && known.name !== draft.name) known.name = undefined;
    if (!known) apps.set(variable, draft);
  }
}

/** `modal.App(…)`, also in brackets or with `.include(…)` behind it. */
function newApp(
  target: SyntaxNode,
  value: SyntaxNode,
  { source, names, values }: Scope,
): AppDraft | undefined {
  const { inner: call, includes } = withoutIncludes(value, source);
  const callee = call?.name === 'CallExpression' ? call.firstChild : undefined;
  if (!call || !callee || !appMakers.has(names.meaning(source.dottedName(callee)) ?? '')) return undefined;
  const args = source.argumentsOf(call.lastChild);
  const named = args.find((argument) => argument.name === 'name') ?? args.find(isPositional);
  const name = named && values.read(named.value);
  return {
    variable: source.textOf(target),
    ...source.place(target.from),
    name: typeof name === 'string' && name ? name : undefined,
    units: [],
    entryPoints: [],
    secrets: secretNames(keyword(args, 'secrets', values)),
    ...(includes ? { includes } : {}),
  };
}

/** `app.include(…)` of an app that is known. @returns that app */
function readInclude(
  expression: SyntaxNode | null,
  { source }: Scope,
  apps: Map<string, AppDraft>,
): AppDraft | undefined {
  const { inner, includes } = withoutIncludes(expression, source);
  const app = inner && includes ? apps.get(source.textOf(inner)) : undefined;
  if (app) app.includes = true;
  return app;
}

/** What stands before `.include(…)`, without brackets. */
function withoutIncludes(
  expression: SyntaxNode | null,
  source: PythonSource,
): { inner: SyntaxNode | null | undefined; includes?: true } {
  let inner: SyntaxNode | null | undefined = expression;
  let includes: true | undefined;
  for (let depth = 0; inner && depth < deepest; depth++) {
    const callee: SyntaxNode | null = inner.firstChild;
    if (inner.name === 'ParenthesizedExpression') inner = callee?.nextSibling;
    else if (
      inner.name === 'CallExpression' &&
      callee?.name === 'MemberExpression' &&
      isInclude(source, callee)
    ) {
      inner = callee.firstChild;
      includes = true;
    } else break;
  }
  return { inner, ...(includes ? { includes } : {}) };
}

const isPositional = ({ name, unpacked }: Argument) => name === undefined && !unpacked;

function isInclude(source: PythonSource, callee: SyntaxNode): boolean {
  const { lastChild } = callee;
  return lastChild?.name === 'PropertyName' && source.textOf(lastChild) === 'include';
}

function finish({ name, secrets, units, ...draft }: AppDraft): ScriptApp {
  return {
    ...draft,
    ...(name === undefined ? {} : { name }),
    units: units.map((unit) => ({ ...unit, secrets: [...new Set([...secrets, ...unit.secrets])] })),
  };
}

function readDecorated(statement: SyntaxNode, scope: Scope, apps: Map<string, AppDraft>): void {
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
  app.units.push({ kind: 'function', ...place, ...resources(decorator, scope), functions: [fn] });
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
  app.units.push({ kind: 'class', ...place, ...resources(decorator, scope), functions });
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
  app.units.push({ kind: 'class', ...place, ...resources(decorator, scope), functions: [fn] });
}

function webOf(decorators: readonly Decorator[], { names }: Scope): { readonly web?: WebKind } {
  const web = decorators.map(({ path }) => webDecorators[names.meaning(path) ?? '']).find((kind) => kind);
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

function resources(
  { args }: Decorator,
  { values }: Scope,
): Pick<ScriptUnit, 'gpus' | 'minContainers' | 'secrets'> {
  return {
    gpus: gpuChoices(keyword(args, 'gpu', values)),
    minContainers: containerCount(keyword(args, 'min_containers', values)),
    secrets: secretNames(keyword(args, 'secrets', values)),
  };
}

/** @returns null when the argument is not given, undefined when the text alone does not tell */
function keyword(args: readonly Argument[], name: string, values: Values): Value {
  const argument = args.find((candidate) => candidate.name === name);
  if (argument) return values.read(argument.value);
  return args.some(({ unpacked }) => unpacked) ? undefined : null;
}

function gpuChoices(value: Value): readonly string[] | undefined {
  if (value === null) return [];
  const choices = Array.isArray(value) ? (value as readonly Value[]) : [value];
  return choices.every((choice) => typeof choice === 'string') ? choices : undefined;
}

function containerCount(value: Value): number | undefined {
  if (value === null) return 0;
  return typeof value === 'number' ? value : undefined;
}

function secretNames(value: Value): string[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly Value[]).flatMap((item) =>
    item !== null && typeof item === 'object' && 'secret' in item ? [item.secret] : [],
  );
}
