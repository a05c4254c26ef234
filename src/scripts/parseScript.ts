import type { SyntaxNode } from '@lezer/common';
import type { ModalScript, ScriptApp, UnreadReason } from '../domain/script.ts';
import type { AppDraft } from './appDraft.ts';
import { readDecorated } from './decorated.ts';
import { ImportedNames } from './names.ts';
import type { Scope } from './parameters.ts';
import type { Argument } from './pythonSource.ts';
import { PythonSource, childrenOf } from './pythonSource.ts';
import { secretNames } from './resources.ts';
import { syntaxProblems } from './syntaxProblems.ts';
import { unreadReasons } from './unread.ts';
import { Values } from './values.ts';

/** Statements in statements are followed this deep; Python itself allows 100 indents. */
const deepest = 100;

const appMakers = new Set(['modal.App', 'modal.Stub', 'modal.app.App']);

/** Finds what a Python file defines for Modal. Never fails: what cannot be read is left out, and said in `problems`. */
export function parseScript(text: string): ModalScript {
  const source = new PythonSource(text);
  const names = new ImportedNames(source);
  const values = new Values(source, names);
  const scope: Scope = { source, names, values };
  const statements = [...moduleStatements(source, source.tree.topNode)];
  for (const { statement } of statements) bindNames(statement, scope);
  const apps = new Map<string, AppDraft>();
  for (const { statement, isConditional } of statements) {
    if (statement.name === 'AssignStatement') readApp(statement, scope, apps);
    else if (statement.name === 'DecoratedStatement') readDecorated(statement, scope, apps, isConditional);
    else if (statement.name === 'ExpressionStatement') readInclude(statement.firstChild, scope, apps);
  }
  if (apps.size === 0) return { apps: [], problems: syntaxProblems(source) };
  const unread = unreadReasons(source, apps);
  const imports = names.modules.filter((name) => name !== 'modal');
  return {
    apps: [...new Set(apps.values())].map((draft) => finish(draft, unread.get(draft))),
    problems: syntaxProblems(source),
    ...(imports.length > 0 ? { imports } : {}),
  };
}

interface Statement {
  readonly statement: SyntaxNode;
  /** It may be passed over, or be run more than once. */
  readonly isConditional: boolean;
}

/** What runs when the file is imported, in order; bodies of functions and classes do not. */
function* moduleStatements(
  source: PythonSource,
  block: SyntaxNode,
  isConditional = false,
  depth = 0,
): Generator<Statement> {
  if (depth > deepest) return;
  for (const child of childrenOf(block)) {
    if (child.name === 'IfStatement' && isMainGuard(source, child)) continue;
    yield { statement: child, isConditional };
    if (
      /^(?:(?:If|Try|With|For|While|Match)Statement|MatchClause|MatchBody|Body|StatementGroup)$/.test(
        child.name,
      )
    ) {
      const passedOver = /^(?:If|Try|For|While|Match)Statement$/.test(child.name);
      yield* moduleStatements(source, child, isConditional || passedOver, depth + 1);
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
    secrets: secretNames(args, values),
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

function finish(
  { name, secrets, units, ...draft }: AppDraft,
  unread: ReadonlySet<UnreadReason> | undefined,
): ScriptApp {
  return {
    ...draft,
    ...(unread ? { unread: [...unread] } : {}),
    ...(name === undefined ? {} : { name }),
    units: units.map((unit) => ({ ...unit, secrets: [...new Set([...secrets, ...unit.secrets])] })),
  };
}
