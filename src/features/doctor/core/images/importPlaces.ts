import type { SyntaxNode } from '@lezer/common';
import { childrenOf } from '../../../workspace/core/index.ts';
import type { ModalFile } from '../modalFile.ts';
import type { ImportedModule } from './importStatements.ts';
import { importedModules } from './importStatements.ts';
import type { Unit } from './units.ts';

/** An import that surely runs, and where. */
export interface ImportPlace {
  readonly imported: ImportedModule;
  /** In the containers of these. */
  readonly runsIn: readonly Unit[];
  /** Also on the user's computer, when the file is read there. */
  readonly isOfModule: boolean;
}

/**
 * Imports that nothing passes over: those of the module, of blocks `with image.imports():`, and of what runs in
 * containers. What is tried, or stands below a condition, is left out.
 */
export function importPlaces({ file, calls }: ModalFile, units: readonly Unit[]): ImportPlace[] {
  const { source } = file;
  const inBlock = (block: SyntaxNode | null, runsIn: readonly Unit[], isOfModule = false) =>
    statementsOf(block).flatMap((statement) =>
      importedModules(statement, source).map((imported) => ({ imported, runsIn, isOfModule })),
    );
  const top = source.tree.topNode;
  const deferred = statementsOf(top, 'WithStatement').flatMap((statement) => {
    const image = imageOfImports(statement);
    const variable = image && source.textOf(image);
    const users = units.filter((unit) => unit.variable !== undefined && unit.variable === variable);
    return users.length > 0 ? inBlock(statement.getChild('Body'), users) : [];
  });
  const remote = new Set(
    calls.filter(({ callee }) => runsRemotely.test(callee)).map(({ node }) => node.parent?.from),
  );
  const inUnits = units.flatMap((unit) => {
    if (unit.definition.name === 'FunctionDefinition')
      return inBlock(unit.definition.getChild('Body'), [unit]);
    const methods = statementsOf(unit.definition.getChild('Body'), 'DecoratedStatement').filter(({ from }) =>
      remote.has(from),
    );
    return methods.flatMap((method) => inBlock(method.lastChild?.getChild('Body') ?? null, [unit]));
  });
  return [...inBlock(top, units, true), ...deferred, ...inUnits];

  function imageOfImports(statement: SyntaxNode): SyntaxNode | undefined {
    const call = statement.getChild('CallExpression')?.firstChild;
    const [image, method] = [call?.firstChild, call?.lastChild];
    const isOne = call?.name === 'MemberExpression' && method && source.textOf(method) === 'imports';
    return isOne && image?.name === 'VariableName' ? image : undefined;
  }
}

const runsRemotely = /^modal\.(?:method|enter|exit|batched|fastapi_endpoint|asgi_app|wsgi_app|web_server)$/;

/** Statements of a kind that stand directly in a block, also several on a line. */
function statementsOf(block: SyntaxNode | null, kind = 'ImportStatement'): SyntaxNode[] {
  return [...childrenOf(block)].flatMap((child) => {
    if (child.name === 'StatementGroup') return child.getChildren(kind);
    return child.name === kind ? [child] : [];
  });
}
