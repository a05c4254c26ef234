import type { SyntaxNode } from '@lezer/common';
import type { ScriptFunction, ScriptUnit, WebKind } from '../../../domain/script.ts';
import { ownValue } from '../../../shared/ownValue.ts';
import type { AppDraft } from './appDraft.ts';
import type { AppTable } from './appTable.ts';
import type { Decorator } from './decorators.ts';
import { decoratorsOf } from './decorators.ts';
import type { Definition, Definitions } from './definitions.ts';
import type { Scope } from './parameters.ts';
import { readClassParameters, readParameters } from './parameters.ts';
import type { Argument } from './pythonSource.ts';
import { childrenOf } from './pythonSource.ts';
import { deployedName, resources } from './resources.ts';

const webDecorators: Readonly<Record<string, WebKind>> = {
  'modal.fastapi_endpoint': 'fastapi_endpoint',
  'modal.web_endpoint': 'fastapi_endpoint',
  'modal.asgi_app': 'asgi_app',
  'modal.wsgi_app': 'wsgi_app',
  'modal.web_server': 'web_server',
};

const methods = new Set(['function', 'cls', 'server', 'local_entrypoint']);

/** What gives something to an app: the call in front of the function or class. */
interface Registration {
  readonly app: AppDraft;
  readonly method: string;
  readonly args: readonly Argument[];
}

/** Where a registration stands, and what it is called there. */
interface Circumstances {
  readonly conditional?: true;
  /** The variable that a call gives it; '' = none. Absent for a decorator. */
  readonly variable?: string;
}

/** Reads functions and classes that belong to an app, by their decorators and by calls. */
export class Registrations {
  readonly #scope: Scope;
  readonly #apps: AppTable;
  readonly #definitions: Definitions;
  /** Where the calls stand that were read. */
  readonly read = new Set<number>();

  constructor(scope: Scope, apps: AppTable, definitions: Definitions) {
    this.#scope = scope;
    this.#apps = apps;
    this.#definitions = definitions;
  }

  /** A decorated function or class. */
  decorated(statement: SyntaxNode, isConditional: boolean): void {
    const definition = statement.lastChild;
    if (!definition) return;
    const decorators = decoratorsOf(statement, this.#scope.source);
    for (const decorator of decorators) {
      const registration = this.#ofDecorator(decorator, statement);
      if (registration) {
        this.#register(registration, { statement, definition, decorators }, conditionally(isConditional));
        // The call of `deco = app.function(…)` is read where it is used.
      } else if (decorator.path.length === 0) this.#noteHidden(decorator.text);
    }
  }

  /** `app.function(…)(f)`. @param variable what it is assigned to, '' = nothing */
  call(expression: SyntaxNode | null | undefined, variable: string, isConditional: boolean): boolean {
    const inner = expression?.name === 'CallExpression' ? expression.firstChild : undefined;
    if (!expression || inner?.name !== 'CallExpression') return false;
    const registration = this.#ofCall(inner);
    const [target, ...more] = this.#scope.source.argumentsOf(expression.lastChild);
    if (!registration || target?.value.name !== 'VariableName' || more.length > 0) return false;
    const known = this.#definitions.get(this.#scope.source.textOf(target.value));
    if (!known) return false;
    this.read.add(inner.from);
    this.#register(registration, known, { ...conditionally(isConditional), variable });
    return true;
  }

  #ofDecorator({ path, args }: Decorator, statement: SyntaxNode): Registration | undefined {
    const method = path.at(-1) ?? '';
    if (path.length >= 2 && methods.has(method)) {
      const app = this.#apps.at(path.slice(0, -1), this.#scope.source.place(statement.from));
      return app && { app, method, args };
    }
    // `deco = app.function(…)`, then `@deco`
    const [name = ''] = path;
    const constant = path.length === 1 && args.length === 0 ? this.#scope.values.constant(name) : undefined;
    const registration = constant && this.#ofCall(constant);
    if (constant && registration) this.read.add(constant.from);
    return registration;
  }

  /** `app.function(…)` */
  #ofCall(call: SyntaxNode): Registration | undefined {
    const { source } = this.#scope;
    if (call.name !== 'CallExpression' || !call.firstChild) return undefined;
    const path = source.dottedName(call.firstChild) ?? [];
    const method = path.at(-1) ?? '';
    if (path.length < 2 || !methods.has(method)) return undefined;
    const app = this.#apps.at(path.slice(0, -1), source.place(call.from));
    return app && { app, method, args: source.argumentsOf(call.lastChild) };
  }

  /** An expression that is no name may give the function to an app, or not. */
  #noteHidden(text: string): void {
    for (const [path, draft] of this.#apps.paths)
      if (text.includes(`${path.join('.')}.`)) draft.unread.add('call');
  }

  #register({ app, method, args }: Registration, definition: Definition, how: Circumstances): void {
    if (method === 'local_entrypoint') this.#addEntryPoint(app, definition);
    else if (method === 'function') app.units.push(...this.#functionUnits(definition, args, how));
    else if (method === 'cls') app.units.push(...this.#classUnits(definition, args, how));
    else app.units.push(...this.#serverUnits(definition, args, how));
  }

  /** Where a definition is, and where its decorators begin. */
  #placeOf({ statement, definition }: Definition) {
    const { source } = this.#scope;
    const name = definition.getChild('VariableName');
    if (!name) return undefined;
    return {
      name: source.textOf(name),
      ...source.place(name.from),
      firstLine: source.place(statement.from).line,
    };
  }

  #addEntryPoint(app: AppDraft, definition: Definition): void {
    const place = this.#placeOf(definition);
    if (!place || definition.definition.name !== 'FunctionDefinition') return;
    const list = definition.definition.getChild('ParamList');
    app.entryPoints.push({ ...place, parameters: readParameters(list, this.#scope, false) });
  }

  #functionUnits(definition: Definition, args: readonly Argument[], how: Circumstances): ScriptUnit[] {
    const place = this.#placeOf(definition);
    if (!place || definition.definition.name !== 'FunctionDefinition') return [];
    const { conditional, variable } = how;
    const named = deployedName(args, this.#scope.values, place.name);
    const own = { ...place, name: variable || place.name };
    const fn: ScriptFunction = {
      ...own,
      ...webOf(definition.decorators, this.#scope),
      ...generatorMark(definition.definition, this.#scope),
      ...(variable === '' ? { onlyInApp: named.deployedAs ?? place.name } : {}),
      parameters: readParameters(definition.definition.getChild('ParamList'), this.#scope, false),
    };
    return [
      this.#unit('function', own, definition, args, { ...named, ...(conditional ? { conditional } : {}) }, [
        fn,
      ]),
    ];
  }

  #classUnits(definition: Definition, args: readonly Argument[], how: Circumstances): ScriptUnit[] {
    const place = this.#placeOf(definition);
    if (!place || definition.definition.name !== 'ClassDefinition') return [];
    const { conditional, variable } = how;
    const own = { ...place, name: variable || place.name };
    const lineage = this.#definitions.lineage(definition.definition);
    const parameters = uniqueByName(
      lineage.flatMap((each) => readClassParameters(each.getChild('Body'), this.#scope)),
    );
    const functions = uniqueByName(
      lineage.flatMap((each) =>
        [...childrenOf(each.getChild('Body'))].flatMap(
          (member) => this.#method(member, own.name, parameters) ?? [],
        ),
      ),
    ).map((fn) => ({
      ...fn,
      ...(variable === '' ? { onlyInApp: fn.name } : {}),
    }));
    const more = { deployedAs: `${place.name}.*`, ...(conditional ? { conditional } : {}) };
    return [this.#unit('class', own, definition, args, more, functions)];
  }

  #method(
    member: SyntaxNode,
    className: string,
    classParameters: ScriptFunction['parameters'],
  ): ScriptFunction | undefined {
    const { source, names } = this.#scope;
    const definition = member.lastChild;
    if (member.name !== 'DecoratedStatement' || definition?.name !== 'FunctionDefinition') return undefined;
    const decorators = decoratorsOf(member, source);
    const meanings = decorators.map(({ path }) => names.meaning(path));
    const web = webOf(decorators, this.#scope);
    if (!web.web && !meanings.some((meaning) => meaning === 'modal.method' || meaning === 'modal.batched')) {
      return undefined;
    }
    const place = this.#placeOf({ statement: member, definition, decorators });
    if (!place) return undefined;
    const parameters = readParameters(definition.getChild('ParamList'), this.#scope, true);
    return {
      ...place,
      name: `${className}.${place.name}`,
      ...web,
      ...generatorMark(definition, this.#scope),
      parameters: [...classParameters, ...parameters],
    };
  }

  /** `@app.server()` makes a class answer HTTP by a server that it starts itself. */
  #serverUnits(definition: Definition, args: readonly Argument[], how: Circumstances): ScriptUnit[] {
    const place = this.#placeOf(definition);
    if (!place || definition.definition.name !== 'ClassDefinition') return [];
    const { conditional, variable } = how;
    const own = { ...place, name: variable || place.name };
    const fn: ScriptFunction = { ...own, web: 'server', parameters: [] };
    const named = deployedName(args, this.#scope.values, place.name);
    return [
      this.#unit('class', own, definition, args, { ...named, ...(conditional ? { conditional } : {}) }, [fn]),
    ];
  }

  #unit(
    kind: ScriptUnit['kind'],
    place: Pick<ScriptUnit, 'name' | 'line' | 'column' | 'firstLine'>,
    { decorators }: Definition,
    args: readonly Argument[],
    more: Pick<ScriptUnit, 'deployedAs' | 'conditional'>,
    functions: readonly ScriptFunction[],
  ): ScriptUnit {
    const { source, values } = this.#scope;
    return {
      kind,
      ...place,
      ...more,
      ...resources(args, source, values),
      ...clusterOf(decorators, this.#scope),
      functions,
    };
  }
}

function conditionally(isConditional: boolean): Circumstances {
  return isConditional ? { conditional: true } : {};
}

/** The last of each name, in the place of the first: what a class defines stands for what it inherits. */
function uniqueByName<T extends { readonly name: string }>(all: readonly T[]): T[] {
  return [...new Map(all.map((each) => [each.name, each])).values()];
}

function webOf(decorators: readonly Decorator[], { names }: Scope): { readonly web?: WebKind } {
  const web = decorators
    .map(({ path }) => ownValue(webDecorators, names.meaning(path) ?? ''))
    .find((kind) => kind);
  return web ? { web } : {};
}

/** `@modal.clustered(size=4)`: one call starts that many containers. */
function clusterOf(decorators: readonly Decorator[], { names, values }: Scope): Pick<ScriptUnit, 'cluster'> {
  for (const { path, args, text } of decorators) {
    if (path.length === 0 && /\bclustered\b/.test(text)) return { cluster: { size: undefined } };
    const meaning = names.meaning(path);
    if (meaning !== 'modal.clustered' && meaning !== 'modal.experimental.clustered') continue;
    const argument = args.find(({ name, unpacked }) => name === 'size' || (name === undefined && !unpacked));
    const size = argument && values.read(argument.value);
    return { cluster: { size: typeof size === 'number' ? size : undefined } };
  }
  return {};
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
