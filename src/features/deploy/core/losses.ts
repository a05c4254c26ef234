import type { ModalFunction } from '../../../domain/app.ts';
import type { ModalScript, ScriptApp, UnreadReason } from '../../../domain/script.ts';
import { pluralOf } from '../../../shared/format.ts';

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
}

const doubtOf: Readonly<Record<UnreadReason, string>> = {
  include: 'it takes in other apps with include',
  call: 'it makes functions by calls',
  loop: 'it makes functions in a loop',
  passed: 'it hands the app to other code',
  part: 'a part of it could not be read',
};

/** @param live as the server tells what is deployed */
export function lossesOf(live: readonly ModalFunction[], { script, app }: ReadScript): Losses {
  const { units, unread = [], importedFrom } = app;
  const { unreadFiles = [] } = script;
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
      ...(unreadFiles.length > 0 ? [`it imports ${listed(unreadFiles)}`] : []),
      ...(importedFrom ? [`its app is made by ${importedFrom}`] : []),
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
