/** Tries wrong answers: whether the suite would notice, and whether an absurd value is ever taken for a good one. */
import { isModalError } from '../../src/domain/errors.ts';
import type { ControlPlane } from '../../src/modal/controlPlane.ts';
import type { Mutation, Shapes, Site } from './mutations.ts';
import { callName, mutationsOf } from './mutations.ts';
import type { Scene } from './scene.ts';
import type { Noted } from './wire.ts';
import { keyOf, wire } from './wire.ts';
import type { Comparison, Difference } from './witness.ts';

/** A comparison that was made, with everything that was asked for it. */
export interface Made {
  readonly comparison: Comparison;
  readonly notes: readonly Noted[];
  readonly theirs: ReadonlyMap<string, unknown>;
}

export interface Verdict {
  readonly mutation: Mutation;
  /** By comparison; only those that are red. */
  readonly differences: ReadonlyMap<Comparison, readonly Difference[]>;
  /** Whether a call was refused in words that a user sees. */
  readonly refused: boolean;
  /** What was thrown that is no failure in words. */
  readonly thrown: readonly unknown[];
}

const identity = (noted: Noted) => keyOf(noted.call, noted.request);

/** Every value that our code reads when it answers what was compared; each once, however many read it. */
export async function sitesOf(all: readonly Made[], plane: ControlPlane, scene: Scene): Promise<Site[]> {
  const found = new Map<string, Site>();
  wire.watcher = (noted, way) => {
    const key = [identity(noted), ...way].join('\0');
    if (!found.has(key)) found.set(key, { noted, way });
  };
  try {
    for (const { comparison, notes } of all) {
      wire.replayed = notes;
      await comparison.ours(plane, scene);
    }
  } finally {
    wire.watcher = undefined;
    wire.replayed = undefined;
  }
  return [...found.values()];
}

export async function allMutations(
  all: readonly Made[],
  plane: ControlPlane,
  scene: Scene,
): Promise<Mutation[]> {
  const calls = [...new Set(all.flatMap(({ notes }) => notes.map(({ call }) => callName(call))))];
  const shapes = await scene.official.ask<Shapes>('descriptors', { calls });
  return mutationsOf(await sitesOf(all, plane, scene), shapes);
}

/** Puts one wrong answer in the place of the right one, wherever that was given. */
export async function tryOut(
  mutation: Mutation,
  all: readonly Made[],
  plane: ControlPlane,
  scene: Scene,
): Promise<Verdict> {
  const wrong = identity(mutation.site.noted);
  const differences = new Map<Comparison, readonly Difference[]>();
  const thrown: unknown[] = [];
  let refused = false;
  for (const { comparison, notes, theirs } of all) {
    if (!notes.some((noted) => identity(noted) === wrong)) continue;
    wire.replayed = withAnswer(notes, mutation);
    try {
      const found = comparison.differences(await comparison.ours(plane, scene), theirs);
      if (found.length > 0) differences.set(comparison, found);
    } catch (error) {
      if (isModalError(error)) refused = true;
      else thrown.push(error);
      differences.set(comparison, []);
    } finally {
      wire.replayed = undefined;
    }
  }
  return { mutation, differences, refused, thrown };
}

/** The notes with the wrong answer in the place of the right one. */
export function withAnswer(notes: readonly Noted[], { site, answer }: Mutation): Noted[] {
  const wrong = identity(site.noted);
  return notes.map((noted) => (identity(noted) === wrong ? { ...noted, answer } : noted));
}

export function nameOf({ kind, field, detail }: Mutation): string {
  return `${kind} ${field} (${detail})`;
}

/** How many wrong answers were tried, and how many of them noticed. */
export function reportOf(
  mutations: readonly Mutation[],
  tried: ReadonlyMap<string, Counts>,
  byKind: ReadonlyMap<string, Counts>,
): string {
  const counts = [...tried.values()];
  const caught = counts.reduce((sum, each) => sum + each.caught, 0);
  const fields = new Set(mutations.map(({ field }) => field)).size;
  const survivors = [...tried]
    .filter(([, each]) => each.caught < each.all)
    .map(([name, each]) => `  ${each.all - each.caught} of ${each.all}: ${name}`);
  return [
    `${mutations.length} wrong answers in ${fields} fields, ${caught} noticed`,
    ...[...byKind].map(([kind, each]) => `  ${kind}: ${each.caught} of ${each.all}`),
    'unnoticed, each with a reason in explained.ts:',
    ...survivors,
  ].join('\n');
}

export interface Counts {
  readonly all: number;
  readonly caught: number;
}
