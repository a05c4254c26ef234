/** Wrong answers: each value that our code reads, made wrong in each way that a server could make it wrong. */
import { isDeepStrictEqual } from 'node:util';
import type { Noted } from './wire.ts';

export const kinds = ['drop', 'change', 'swap', 'rekey', 'lose', 'retype', 'out of range'] as const;
export type Kind = (typeof kinds)[number];

/** Values that no server of today would send; whoever reads them must see that. */
export const absurd: ReadonlySet<Kind> = new Set<Kind>(['retype', 'out of range']);

/** A field of a message, as the official library describes it. */
export interface FieldShape {
  readonly name: string;
  /** A number of protobuf's `FieldDescriptor.Type`. */
  readonly type: number;
  readonly many: 'one' | 'list' | 'map';
  readonly message: string | null;
  readonly enum: readonly number[] | null;
}

export interface Shapes {
  /** The message that a call is answered with. */
  readonly answers: Readonly<Record<string, string>>;
  readonly messages: Readonly<Record<string, readonly FieldShape[]>>;
}

/** Where a value stands that was read: in which answer, and the way to it. */
export interface Site {
  readonly noted: Noted;
  readonly way: readonly string[];
}

export interface Mutation {
  readonly kind: Kind;
  /** Call and field, without the place in a list, e.g. `appList apps.*.state`. */
  readonly field: string;
  readonly detail: string;
  readonly site: Site;
  readonly answer: unknown;
}

interface Place {
  readonly field: string;
  readonly shape: FieldShape;
  /** Whether it is a part of a list or map. */
  readonly isPart: boolean;
  readonly siblings: readonly FieldShape[];
}

const [doubleType, boolType, stringType, messageType, enumType] = [1, 8, 9, 11, 14];
const timestamp = 'google.protobuf.Timestamp';

export function callName(method: string): string {
  return method.charAt(0).toUpperCase() + method.slice(1);
}

/** @param sites every value that was read */
export function mutationsOf(sites: readonly Site[], shapes: Shapes): Mutation[] {
  const byField = new Map<string, { place: Place; sites: Site[] }>();
  for (const site of sites) {
    const place = placeOf(site, shapes);
    if (!place) continue;
    const known = byField.get(place.field) ?? { place, sites: [] };
    known.sites.push(site);
    byField.set(place.field, known);
  }
  return [...byField.values()].flatMap(({ place, sites: all }) => mutationsOfField(place, all));
}

/** @returns undefined for a part of a list or map that is no value, i.e. a message */
function placeOf({ noted, way }: Site, { answers, messages }: Shapes): Place | undefined {
  const answer = answers[callName(noted.call)];
  let siblings = messages[answer ?? ''];
  const named: string[] = [];
  let rest = noted.isStream ? way.slice(1) : way;
  for (;;) {
    const [name, part, ...behind] = rest;
    const shape = siblings?.find((each) => each.name === name);
    if (name === undefined || !shape || !siblings) return undefined;
    named.push(name);
    const isPart = shape.many !== 'one' && part !== undefined;
    if (isPart) named.push('*');
    rest = shape.many === 'one' ? rest.slice(1) : behind;
    if (rest.length === 0) {
      if (isPart && shape.message !== null && shape.message !== timestamp) return undefined;
      return { field: `${noted.call} ${named.join('.')}`, shape, isPart, siblings };
    }
    siblings = messages[shape.message ?? ''];
  }
}

/** For each way to be wrong some places where it makes a difference; first of all where there is a value to lose. */
function mutationsOfField(place: Place, sites: readonly Site[]): Mutation[] {
  const filled = sites.filter(({ noted, way }) => !isEmpty(valueAt(noted.answer, way)));
  const values = filled.map(({ noted, way }) => valueAt(noted.answer, way));
  return faults(place, values).flatMap((fault) => {
    const made = filled.flatMap((site) => mutated(fault, place.field, site));
    const all = made.length > 0 ? made : sites.flatMap((site) => mutated(fault, place.field, site));
    return spread(all, mostPlaces);
  });
}

const mostPlaces = 12;

/** @returns at most so many, the first and the last among them */
function spread<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, at) => all[Math.round((at * (all.length - 1)) / (most - 1))]!);
}

/** @returns nothing where the fault makes no difference */
function mutated({ kind, detail, make }: Fault, field: string, site: Site): Mutation[] {
  const answer = structuredClone(site.noted.answer);
  make(valueAt(answer, site.way.slice(0, -1)) as Parent, site.way.at(-1) ?? '');
  if (isDeepStrictEqual(answer, site.noted.answer)) return [];
  return [{ kind, field, detail, site, answer }];
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === 0 || value === '' || value === '0' || value === false;
}

type Parent = Record<string, unknown>;

interface Fault {
  readonly kind: Kind;
  readonly detail: string;
  readonly make: (parent: Parent, key: string) => void;
}

function valueAt(answer: unknown, way: readonly string[]): unknown {
  return way.reduce<unknown>((value, key) => (value as Parent | undefined)?.[key], answer);
}

function faults({ shape, isPart, siblings }: Place, values: readonly unknown[]): Fault[] {
  if (shape.many === 'list' && !isPart) return listFaults;
  if (shape.many === 'map' && !isPart) return mapFaults;
  if (shape.message !== null && shape.message !== timestamp)
    return [set('drop', 'the message', () => undefined)];
  const swaps = isPart ? [] : swapsOf(shape, siblings);
  return [...valueFaults(shape, values), ...swaps];
}

function set(kind: Kind, detail: string, next: (value: unknown) => unknown): Fault {
  return {
    kind,
    detail,
    make: (parent, key) => {
      parent[key] = next(parent[key]);
    },
  };
}

/** Of a list or map its first, its middle and its last part. */
const parts = [0, 0.5, 1];
const partOf = (size: number, share: number) => Math.round((size - 1) * share);

const listFaults: Fault[] = [
  set('drop', 'the list', () => []),
  ...parts.map((share) => set('lose', 'a part', (list) => without(list as unknown[], share))),
  set('rekey', 'in another order', (list) => (list as unknown[]).toReversed()),
];

const mapFaults: Fault[] = [
  set('drop', 'the map', () => ({})),
  ...parts.map((share) =>
    set('lose', 'a part', (map) => Object.fromEntries(without(Object.entries(map as Parent), share))),
  ),
  ...parts.map((share) => set('rekey', 'one key', (map) => renamed(map as Parent, share))),
  set('rekey', 'two values in each other’s place', (map) => crossed(map as Parent)),
];

function without<T>(list: readonly T[], share: number): T[] {
  return list.toSpliced(partOf(list.length, share), 1);
}

function renamed(map: Parent, share: number): Parent {
  const entries = Object.entries(map);
  const chosen = partOf(entries.length, share);
  return Object.fromEntries(entries.map(([key, value], at) => [at === chosen ? `${key}x` : key, value]));
}

function crossed(map: Parent): Parent {
  const entries = Object.entries(map);
  const [first, second] = entries;
  const different = entries.find(([, value]) => !isDeepStrictEqual(value, first?.[1]));
  if (!first || !second || !different) return map;
  return { ...map, [first[0]]: different[1], [different[0]]: first[1] };
}

/** Fields of the same type in the same message: whoever confuses two numbers of fields reads one for the other. */
function swapsOf(shape: FieldShape, siblings: readonly FieldShape[]): Fault[] {
  return siblings
    .filter(
      ({ name, type, message, many }) =>
        name !== shape.name && many === 'one' && isLike(shape, type, message),
    )
    .map(({ name }) => ({
      kind: 'swap',
      detail: name,
      make: (parent, key) => {
        [parent[key], parent[name]] = [parent[name], parent[key]];
      },
    }));
}

function isLike(shape: FieldShape, type: number, message: string | null): boolean {
  return shape.type === type && (shape.type !== messageType || shape.message === message);
}

function valueFaults(shape: FieldShape, values: readonly unknown[]): Fault[] {
  if (shape.message === timestamp) return timeFaults;
  const { type } = shape;
  const known = values.find((value) => value !== undefined && value !== empty(type, value));
  const faultsOfValue = [
    set('drop', 'the value', (value) => (value === undefined ? value : empty(type, value))),
    set('change', 'the value', (value) => changed(shape, value, known)),
    set('retype', 'the value', (value) => (value === undefined ? value : otherType(value))),
  ];
  const beyond = outOfRange(shape);
  if (beyond !== undefined)
    faultsOfValue.push(
      set('out of range', String(beyond), (value) => (value === undefined ? value : beyond)),
    );
  return faultsOfValue;
}

const timeFaults: Fault[] = [
  set('drop', 'the time', () => undefined),
  set('change', 'the time', (time) => new Date((time as Date).getTime() + 3_600_000)),
  set('retype', 'the time', () => 'yesterday'),
  set('out of range', 'year 1', () => new Date(-62_135_596_800_000)),
];

/** What a field reads as that was not sent. */
function empty(type: number, value: unknown): unknown {
  if (type === boolType) return false;
  if (type === stringType) return '';
  return typeof value === 'string' ? '0' : 0; // big numbers are texts
}

const anImage = 'im-0123456789012345678901';

/** Another good value, of the kind that the field has. */
function changed({ name, type, enum: numbers }: FieldShape, value: unknown, known: unknown): unknown {
  if (value === undefined || value === empty(type, value))
    return type === boolType ? true : (known ?? (name === 'imageId' ? anImage : value));
  if (type === boolType) return !value;
  if (type === enumType) return numbers?.find((each) => each > (value as number)) ?? numbers?.[1];
  if (typeof value === 'number') return type === doubleType && value > 1e9 ? value + 3600 : value + 1;
  const text = value as string;
  if (/^\d{12,}$/.test(text)) return String(BigInt(text) + 3_600_000_000_000n);
  if (/^\d+\.\d+$/.test(text)) return String(Number(text) + 1);
  if (/^[a-z]{2}-\w+$/.test(text)) return text.slice(0, -1) + (text.endsWith('a') ? 'b' : 'a');
  if (/^[0-9a-f]{40}$/.test(text)) return text.slice(0, -1) + (text.endsWith('a') ? 'b' : 'a');
  return text.startsWith('http') ? `${text}/x` : `x${text}`;
}

function otherType(value: unknown): unknown {
  if (typeof value === 'string') return 7;
  return typeof value === 'number' ? `${value}` : 'true';
}

function outOfRange({ type, enum: numbers }: FieldShape): number | string | undefined {
  if (numbers) return 9999;
  if (type === stringType) return '\u202e--help\u0000';
  return type === boolType ? undefined : -1;
}
