/** What a fact is compared with, and how. */
import { isDeepStrictEqual } from 'node:util';
import type { ControlPlane } from '../../src/modal/controlPlane.ts';
import type { Scene } from './scene.ts';

/**
 * Who says the same without being ours: the command line's JSON or text, an object of the Python SDK, Git, an endpoint
 * that was really called, or the scene, i.e. what was deployed and asked for. A `message` is the weakest: what no
 * official client shows, as the official library decodes it.
 */
export type Witness = 'CLI' | 'Python SDK' | 'Git' | 'HTTP' | 'scene' | 'message';

/** One field of ours beside the same fact of somebody else. */
export type Field<Value, Theirs> =
  | {
      readonly by: Witness;
      readonly read: (theirs: Theirs) => Value | undefined;
      /** Absent: they are equal. */
      readonly same?: (ours: never, theirs: never) => boolean;
    }
  | { readonly why: string };

export type Fields<Ours, Theirs> = { readonly [Name in keyof Ours]-?: Field<Ours[Name], Theirs> };

export function by<Value, Theirs>(
  witness: Witness,
  read: (theirs: Theirs) => Value | undefined,
  same?: (ours: NonNullable<Value>, theirs: NonNullable<Value>) => boolean,
): Field<Value, Theirs> {
  if (!same) return { by: witness, read };
  const either = (ours: Value, theirs: Value) =>
    isKnown(ours) && isKnown(theirs) ? same(ours, theirs) : ours === theirs;
  return { by: witness, read, same: either };
}

function isKnown<Value>(value: Value): value is NonNullable<Value> {
  return value !== undefined && value !== null;
}

/** A field that no official client tells, or that is compared elsewhere. */
export function nobody(why: string): { readonly why: string } {
  return { why };
}

export interface View<Ours, Theirs> {
  /** What it compares, e.g. `functions`. */
  readonly name: string;
  /** Our records, by a key that both sides have. For a method that changes something, it is changed here. */
  ours(plane: ControlPlane, scene: Scene): Promise<ReadonlyMap<string, Ours>>;
  /** Theirs by the same key. Runs after `ours`, so that a change can be seen. */
  theirs(scene: Scene): Promise<ReadonlyMap<string, Theirs>>;
  readonly fields: Fields<Ours, Theirs>;
  /** Whether the order of the records is the same, too. */
  readonly ordered?: boolean;
}

/** A record that only one side has, or a field of which both say something else. */
export type Difference =
  | { readonly key: string; readonly isOurs: boolean }
  | { readonly order: readonly string[] }
  | { readonly key: string; readonly field: string; readonly ours: unknown; readonly theirs: unknown };

/** A view whose types nobody needs any more. */
export interface Comparison {
  readonly name: string;
  readonly fields: Readonly<Record<string, Witness | { readonly why: string }>>;
  ours(plane: ControlPlane, scene: Scene): Promise<ReadonlyMap<string, unknown>>;
  theirs(scene: Scene): Promise<ReadonlyMap<string, unknown>>;
  differences(ours: ReadonlyMap<string, unknown>, theirs: ReadonlyMap<string, unknown>): Difference[];
  /** How many values were compared. */
  count(theirs: ReadonlyMap<string, unknown>): number;
}

export function view<Ours extends object, Theirs>(of: View<Ours, Theirs>): Comparison {
  const entries = Object.entries<Field<unknown, Theirs>>(of.fields as never);
  const compared = entries.flatMap(([name, field]) => ('by' in field ? [[name, field] as const] : []));
  return {
    name: of.name,
    ours: (plane, scene) => of.ours(plane, scene),
    theirs: (scene) => of.theirs(scene),
    fields: Object.fromEntries(
      entries.map(([name, field]) => [name, 'by' in field ? field.by : { why: field.why }]),
    ),
    count: (theirs) => theirs.size * compared.length,
    differences(ours, theirs) {
      const keys = [...new Set([...ours.keys(), ...theirs.keys()])];
      const isOrdered = !of.ordered || isDeepStrictEqual([...ours.keys()], [...theirs.keys()]);
      const order = isOrdered ? [] : [{ order: [...ours.keys()] }];
      const ofRecords = keys.flatMap((key): Difference[] => {
        if (!ours.has(key) || !theirs.has(key)) return [{ key, isOurs: ours.has(key) }];
        const mine = ours.get(key) as Record<string, unknown>;
        return compared.flatMap(([name, { read, same }]) => {
          const other = read(theirs.get(key) as Theirs);
          const isSame = same
            ? same(mine[name] as never, other as never)
            : isDeepStrictEqual(mine[name], other);
          return isSame ? [] : [{ key, field: name, ours: mine[name], theirs: other }];
        });
      });
      return [...order, ...ofRecords];
    },
  };
}

/** Their order is part of what is compared. */
export function inOrder<T>(list: readonly T[]): ReadonlyMap<string, T> {
  return new Map(list.map((each, at) => [String(at), each]));
}

export function keyed<T>(list: readonly T[], key: (each: T) => string): ReadonlyMap<string, T> {
  return new Map(list.map((each) => [key(each), each]));
}

/** Times that the command line prints in whole seconds. */
export function sameSecond(ours: number, theirs: number): boolean {
  return Math.abs(Math.floor(ours / 1000) - theirs / 1000) < 1;
}

/** Of the same double, rounded by us to milliseconds. */
export function sameMoment(ours: number, theirs: number): boolean {
  return Math.abs(ours - theirs) <= 1;
}

/** `2026-11-30 10:08:35+00:00` as unix milliseconds. */
export function printedTime(text: string | null | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** Seconds of Python as unix milliseconds; none for 0 and None. */
export function milliseconds(seconds: number | null | undefined): number | undefined {
  return seconds ? seconds * 1000 : undefined;
}
