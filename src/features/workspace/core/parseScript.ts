import type { SyntaxNode } from '@lezer/common';
import type { ScriptApp, ScriptUnit, UnreadReason } from '../../../domain/script.ts';
import type { AppDraft } from './appDraft.ts';
import { AppTable, emptyDraft } from './appTable.ts';
import { Registrations } from './decorated.ts';
import { Definitions } from './definitions.ts';
import { factoryApp, makerArguments } from './makers.ts';
import { ImportedNames } from './names.ts';
import type { Scope } from './parameters.ts';
import type { Argument } from './pythonSource.ts';
import { PythonSource, childrenOf } from './pythonSource.ts';
import type { ForeignApp, ModuleReading } from './reading.ts';
import { secretNames } from './secrets.ts';
import type { Statement } from './statements.ts';
import { assignment, moduleStatements } from './statements.ts';
import { choosesOptions, noteUnread } from './unread.ts';
import { Values, innerOf } from './values.ts';

/** Brackets and includes around an app are followed this deep. */
const deepest = 100;

/** What a text says, without the judgement of Python on it. */
export interface ParsedScript extends ModuleReading {
  /** Something in the text was not understood: a syntax error, or what the parser does not know. */
  readonly stumbled: boolean;
}

/** Finds what a Python file defines for Modal. Never fails: what cannot be read is left out. */
export function parseScript(text: string): ParsedScript {
  return new ScriptParser(text).parse();
}

class ScriptParser {
  readonly #scope: Scope;
  readonly #definitions: Definitions;
  readonly #apps: AppTable;
  readonly #registrations: Registrations;
  readonly #included: { variable: string; path: readonly string[] }[] = [];

  constructor(text: string) {
    const source = new PythonSource(text);
    const names = new ImportedNames(source);
    this.#scope = { source, names, values: new Values(source, names) };
    this.#definitions = new Definitions(source);
    this.#apps = new AppTable(names, this.#scope.values);
    this.#registrations = new Registrations(this.#scope, this.#apps, this.#definitions);
  }

  parse(): ParsedScript {
    const { source, names, values } = this.#scope;
    const statements = [...moduleStatements(source, source.tree.topNode)];
    for (const statement of statements) this.#bind(statement);
    values.forgetChanged();
    for (const statement of statements) this.#read(statement);
    const { own, foreign } = this.#apps;
    if (own.length + foreign.length > 0) noteUnread(this.#scope, this.#apps, this.#registrations.read);
    const chooses = choosesOptions(this.#scope);
    const { stumbled } = source;
    if (stumbled) for (const draft of [...own, ...foreign]) draft.unread.add('part');
    const imports = names.modules.filter((name) => name !== 'modal');
    return {
      apps: own.map((draft) => finish(draft, chooses)),
      problems: [],
      ...(imports.length > 0 && own.length > 0 ? { imports } : {}),
      importing: names.importing.filter(({ module }) => !/^modal(?:\.|$)/.test(module)),
      names: Object.fromEntries(
        Object.entries(names.bound).filter(([, { module }]) => !/^modal(?:\.|$)/.test(module)),
      ),
      stars: names.stars.filter((module) => module !== 'modal'),
      foreign: foreign.map((draft) => foreignApp(draft, chooses)),
      maybe: Object.fromEntries(this.#apps.maybe),
      included: this.#included,
      importsModal: names.importsModal,
      stumbled,
    };
  }

  /** First pass: what the names stand for. */
  #bind({ statement, isConditional }: Statement): void {
    const { source, names, values } = this.#scope;
    const defined = this.#definitions.add(statement);
    if (defined !== undefined) {
      values.bind(defined, undefined);
      if (!isConditional) names.forget(defined);
      return;
    }
    switch (statement.name) {
      case 'ImportStatement':
        names.add(statement);
        return;
      case 'AssignStatement': {
        const { targets, value } = assignment(statement);
        for (const target of targets) {
          const name = source.textOf(target);
          values.bind(name, value);
          if (!isConditional && value && !mentions(source.textOf(value), name)) names.forget(name);
        }
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

  /** Second pass: apps and what they are given, in order. */
  #read({ statement, isConditional, isRepeated }: Statement): void {
    const { source } = this.#scope;
    if (statement.name === 'AssignStatement') this.#readAssignment({ statement, isConditional, isRepeated });
    else if (statement.name === 'ExpressionStatement') {
      const { firstChild } = statement;
      if (isRepeated || !this.#registrations.call(firstChild, '', isConditional))
        this.#readInclude(firstChild);
    } else if (/^(?:Decorated|Function|Class)(?:Statement|Definition)$/.test(statement.name)) {
      if (statement.name === 'DecoratedStatement') this.#registrations.decorated(statement, isConditional);
      const definition = statement.name === 'DecoratedStatement' ? statement.lastChild : statement;
      const name = definition?.getChild('VariableName');
      if (name && !isConditional) this.#apps.replace(source.textOf(name));
    }
  }

  #readAssignment({ statement, isConditional, isRepeated }: Statement): void {
    const { source } = this.#scope;
    const { targets, value } = assignment(statement);
    const [first] = targets;
    if (!first || !value) return;
    const variables = targets.map((target) => source.textOf(target));
    if (!isRepeated && this.#registrations.call(value, variables[0] ?? '', isConditional)) return;
    const draft =
      this.#newApp(first, value) ?? this.#readInclude(value) ?? this.#apps.get(source.textOf(value));
    if (!draft) {
      for (const variable of variables) {
        if (!isConditional && !mentions(source.textOf(value), variable)) this.#apps.replace(variable);
        if (this.#isUnknownCall(value)) this.#apps.maybe.set(variable, source.place(first.from));
      }
      return;
    }
    for (const variable of variables) this.#give(variable, draft, isConditional);
  }

  #isUnknownCall(value: SyntaxNode): boolean {
    const { source, names } = this.#scope;
    if (value.name !== 'CallExpression' || !value.firstChild) return false;
    const path = source.dottedName(value.firstChild);
    // An object of a class of the file is what that class says.
    const own = path && this.#definitions.get(path[0] ?? '')?.definition.name;
    return own !== 'ClassDefinition' && !names.meaning(path)?.startsWith('modal.');
  }

  #give(variable: string, draft: AppDraft, isConditional: boolean): void {
    const known = this.#apps.get(variable);
    if (known === draft) return;
    if (known && !isConditional) this.#apps.replace(variable);
    // Made in two places, e.g. in the branches of an `if`: only running the file tells which name counts.
    else if (known && known.name !== draft.name) known.name = undefined;
    if (!known || !isConditional) this.#apps.set(variable, draft);
  }

  /** `modal.App(…)`, also in brackets, from a function of the file, or with `.include(…)` behind it. */
  #newApp(target: SyntaxNode, value: SyntaxNode): AppDraft | undefined {
    const { source, values } = this.#scope;
    const { inner, includes, included } = this.#withoutIncludes(value);
    const args = makerArguments(inner, this.#scope) ?? factoryApp(inner, this.#scope, this.#definitions);
    if (!args) return undefined;
    const expanded = values.expanded(args);
    const named =
      expanded.find((argument) => argument.name === 'name') ??
      expanded.find((argument) => isPositional(argument));
    const name = named && values.read(named.value);
    const { always, maybe } = secretNames(expanded, source, values);
    const variable = source.textOf(target);
    this.#takeIn(variable, included);
    return {
      ...emptyDraft(variable, source.place(target.from)),
      name: typeof name === 'string' && name ? name : undefined,
      secrets: [...always, ...maybe],
      maybeSecrets: maybe,
      ...(includes ? { includes, unread: new Set<UnreadReason>(['include']) } : {}),
    };
  }

  /** `app.include(…)` of an app that is known. @returns that app */
  #readInclude(expression: SyntaxNode | null): AppDraft | undefined {
    const { inner, includes, included } = this.#withoutIncludes(expression);
    const app = inner && includes ? this.#apps.get(this.#scope.source.textOf(inner)) : undefined;
    if (!app) return undefined;
    app.includes = true;
    app.unread.add('include');
    this.#takeIn(app.variable, included);
    return app;
  }

  #takeIn(variable: string, included: readonly (readonly string[])[]): void {
    for (const path of included) this.#included.push({ variable, path });
  }

  /** What stands before `.include(…)`, without brackets, and what is included; an empty path is anything else than a name. */
  #withoutIncludes(expression: SyntaxNode | null): {
    inner: SyntaxNode | null | undefined;
    includes?: true;
    included: string[][];
  } {
    const { source } = this.#scope;
    let inner: SyntaxNode | null | undefined = expression;
    const included: string[][] = [];
    for (let depth = 0; inner && depth < deepest; depth++) {
      const callee: SyntaxNode | null = inner.firstChild;
      if (inner.name === 'ParenthesizedExpression') inner = innerOf(inner);
      else if (
        inner.name === 'CallExpression' &&
        callee?.name === 'MemberExpression' &&
        this.#isInclude(callee)
      ) {
        const [other] = source.argumentsOf(inner.lastChild);
        this.#registrations.read.add(callee.from);
        included.push((other && source.dottedName(other.value)) ?? []);
        inner = callee.firstChild;
      } else break;
    }
    return { inner, included, ...(included.length > 0 ? { includes: true } : {}) };
  }

  #isInclude({ lastChild }: SyntaxNode): boolean {
    return lastChild?.name === 'PropertyName' && this.#scope.source.textOf(lastChild) === 'include';
  }
}

const isPositional = ({ name, unpacked }: Argument) => name === undefined && !unpacked;

/** Whether a name occurs in an expression. */
function mentions(text: string, name: string): boolean {
  const at = text.indexOf(name);
  return at >= 0 && text.split(/[^\p{L}\p{N}_]+/u).includes(name);
}

function finish(draft: AppDraft, chooses: boolean): ScriptApp {
  const { variable, line, column, name, entryPoints, includes, unread, replaced } = draft;
  return {
    variable,
    line,
    column,
    ...(name === undefined ? {} : { name }),
    units: draft.units.map((unit) => withSecretsOf(draft, unit)),
    entryPoints,
    ...(includes ? { includes } : {}),
    ...(unread.size > 0 ? { unread: [...unread] } : {}),
    ...(chooses ? { choosesOptions: true } : {}),
    ...(replaced ? { unreachable: 'replaced' } : {}),
  };
}

function foreignApp(draft: AppDraft, chooses: boolean): ForeignApp {
  const { line, column, foreign = [], units, entryPoints } = draft;
  const unread: readonly UnreadReason[] = [...draft.unread];
  return {
    path: foreign,
    line,
    column,
    units,
    entryPoints,
    unread,
    ...(chooses ? { choosesOptions: true } : {}),
  };
}

function withSecretsOf({ secrets, maybeSecrets }: AppDraft, unit: ScriptUnit): ScriptUnit {
  const all = [...new Set([...secrets, ...unit.secrets])];
  const sure = new Set([...secrets, ...unit.secrets].filter((name) => !maybeSecrets.includes(name)));
  const maybe = [...new Set([...maybeSecrets, ...(unit.maybeSecrets ?? [])])].filter(
    (name) => !sure.has(name) || unit.maybeSecrets?.includes(name),
  );
  return { ...unit, secrets: all, ...(maybe.length > 0 ? { maybeSecrets: maybe } : {}) };
}
