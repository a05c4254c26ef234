/** Whether what is said of an absurd answer is the truth or "unknown", and nothing else. */
import { isDeepStrictEqual } from 'node:util';
import type { Mutation } from './mutations.ts';
import { absurd } from './mutations.ts';

/** Words of others that are only shown: whatever they are, they are what was sent. */
const shownOnly = new Set([
  'workspace',
  'user',
  'name',
  'tag',
  'branch',
  'author',
  'deployedBy',
  'clientVersion',
]);
/** `system` is what Modal's own clients call a stream that they do not know. */
const unknownWords = /^(?:|unknown|system|ended\b.*|on a schedule that cannot be read)$/s;
/** They say themselves that something is not known, or are read by nobody. */
const admitted = new Set(['leftOut', 'unusableCommit', 'stamp', 'ends', 'startUnknown']);

/** Fields in which a server may send whatever words it likes. */
const freeWords =
  /\.?(?:username|workspaceName|description|exception|deployedBy|cronString|timezone|data|branch|authorName|tag|clientVersion|requestedBy|tagName|tagValue|proxyRegions\.\*|createdBy|repoId|modelName)$|^(?:sandboxListV2 sandboxes|endpointList items)\.\*\.(?:name|status)$/;

/** Whether a wrong answer is one that no server would send: of free words, every text is a good one. */
export function isAbsurd({ kind, field }: Mutation): boolean {
  // A position is never shown, and where a text is missing, equal ones behind it would seem to be others.
  if (!absurd.has(kind) || /\.data$|entryId$/.test(field)) return false;
  return kind !== 'out of range' || !freeWords.test(field);
}

export function isTrueOrUnknown(field: string, ours: unknown, theirs: unknown): boolean {
  if (ours === undefined || admitted.has(field) || isDeepStrictEqual(ours, theirs)) return true;
  if (typeof ours === 'string')
    return unknownWords.test(ours) || shownOnly.has(field) || isPart(ours, theirs);
  if (Array.isArray(ours))
    return Array.isArray(theirs) && ours.every((each) => contains(field, theirs, each));
  if (typeof ours !== 'object' || ours === null || typeof theirs !== 'object' || theirs === null)
    return false;
  const other = theirs as Readonly<Record<string, unknown>>;
  return Object.entries(ours).every(([key, value]) => isTrueOrUnknown(key, value, other[key]));
}

/** Numbers that went through a clock are compared by the views; here it is only whether they are the same thing. */
function contains(field: string, all: readonly unknown[], each: unknown): boolean {
  return all.some((other) => isTrueOrUnknown(field, each, other));
}

/** What is known of it, e.g. of `failed: Runner failed` without the reason. */
function isPart(ours: string, theirs: unknown): boolean {
  return typeof theirs === 'string' && ours !== '' && theirs.startsWith(ours);
}
