import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { ModalFunction } from '../domain/app.ts';
import type { ModalScript, ScriptApp, UnreadReason } from '../domain/script.ts';
import { pluralOf } from '../domain/words.ts';

/** What a deploy would take away: Modal replaces the live functions of an app by those that the script has when it runs. */
export type Losses =
  | {
      readonly kind: 'compared';
      /** Live functions and classes that were not found in the script. */
      readonly gone: readonly string[];
      /** Live ones that the script has only under a condition. */
      readonly conditional: readonly string[];
      /** Functions and classes that were found in the script. */
      readonly found: number;
      /** Why the script may have more than was found; empty when all of it was read. */
      readonly doubts: readonly string[];
    }
  | { readonly kind: 'unknown'; /** After "because". */ readonly reason: string };

/** A file as it was read for a deploy. */
export interface ReadScript {
  readonly script: ModalScript;
  readonly app: ScriptApp;
  /** Files of the user that it imports, whose text was not read. */
  readonly ownImports: readonly string[];
}

const doubtOf: Readonly<Record<UnreadReason, string>> = {
  include: 'it takes in other apps with include',
  call: 'it makes functions by calls',
  loop: 'it makes functions in a loop',
  passed: 'it hands the app to other code',
};

/** @param live as the server tells what is deployed */
export function lossesOf(live: readonly ModalFunction[], { script, app, ownImports }: ReadScript): Losses {
  const { units, unread = [] } = app;
  const has = (tag: string, always: boolean) =>
    units.some((unit) => (!always || !unit.conditional) && isSame(unit.deployedAs, tag));
  const nameless = units.filter(({ deployedAs }) => deployedAs === undefined);
  const gone = live.filter(({ tag }) => !has(tag, false));
  const conditional = live.filter(({ tag }) => has(tag, false) && !has(tag, true));
  return {
    kind: 'compared',
    gone: gone.map(nameOf),
    conditional: conditional.map(nameOf),
    found: units.length,
    doubts: [
      ...(ownImports.length > 0 ? [`it imports ${listed(ownImports)}`] : []),
      ...unread.map((reason) => doubtOf[reason]),
      ...nameless.map(({ name }) => `${name} has a name that only running it tells`),
      ...(script.problems.length > 0 ? ['it has a syntax error'] : []),
    ],
  };
}

/** Early clients tagged each method of a class. */
function isSame(deployedAs: string | undefined, tag: string): boolean {
  if (deployedAs === tag) return true;
  return deployedAs?.endsWith('.*') === true && tag.startsWith(deployedAs.slice(0, -1));
}

function nameOf({ tag }: ModalFunction): string {
  return tag.replace(/\.\*$/, '');
}

/** Whether a deploy may take something away, so that it must be asked for on purpose. */
export function mayLose(losses: Losses | undefined): boolean {
  if (!losses) return false;
  return losses.kind === 'unknown' || losses.gone.length + losses.conditional.length > 0;
}

/** Whether it is certain that live functions go. */
export function removesFunctions(losses: Losses | undefined): boolean {
  return losses?.kind === 'compared' && losses.gone.length > 0 && losses.doubts.length === 0;
}

/** Sentences for the question; none when nothing goes. */
export function lossLines(losses: Losses | undefined): string[] {
  if (!losses || !mayLose(losses)) return [];
  if (losses.kind === 'unknown')
    return [
      `The live functions could not be compared with the script, because ${losses.reason}. Those that it does not have will be removed.`,
    ];
  const { gone, conditional, found, doubts } = losses;
  const isCertain = doubts.length === 0;
  const functions = pluralOf(gone.length, 'live function');
  return [
    ...(gone.length > 0
      ? [
          isCertain
            ? `Removes ${functions} that the script does not have: ${listed(gone)}.`
            : `May remove ${functions} that ${gone.length === 1 ? 'was' : 'were'} not found in the script: ${listed(gone)}.`,
          ...(found === 0 ? ['No function was found in the script.'] : []),
        ]
      : []),
    ...(conditional.length > 0
      ? [`May remove ${listed(conditional)}: the script has it only under a condition.`]
      : []),
    ...(gone.length > 0 && !isCertain
      ? [`Not all of the script could be read: ${doubts.join('; ')}. Functions from there stay.`]
      : []),
  ];
}

const mostListed = 12;

function listed(names: readonly string[]): string {
  const more = names.length - mostListed;
  return [...names.slice(0, mostListed), ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

/**
 * The files of the user that a script imports: beside it, or in the folders that its dots lead to. What is not there is
 * of a package.
 */
export async function ownImportsOf(script: string, modules: readonly string[]): Promise<string[]> {
  const found = await Promise.all(modules.map((module) => ownImport(path.dirname(script), module)));
  return [...new Set(found.flatMap((file) => file ?? []))];
}

async function ownImport(folder: string, module: string): Promise<string | undefined> {
  const dots = /^\.*/.exec(module)?.[0].length ?? 0;
  const [first = '', ...rest] = module.slice(dots).split('.').filter(Boolean);
  const base = path.join(folder, ...Array.from({ length: Math.max(0, dots - 1) }, () => '..'));
  if (!first) return undefined;
  const parts = [first, ...rest];
  for (let count = parts.length; count > 0; count--) {
    const place = path.join(base, ...parts.slice(0, count));
    if (await isFile(`${place}.py`)) return `${parts.slice(0, count).join('/')}.py`;
    if (await isFile(path.join(place, '__init__.py'))) return parts.slice(0, count).join('/');
  }
  return undefined;
}

function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
}
