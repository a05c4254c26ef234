import type { ScriptReference, Target } from '../../../domain/target.ts';

/** What a command on a script can be about. */
export type ScriptOrFile = Extract<Target, { kind: 'script' | 'files' }>;

/** The names by which the script is read again; of several files the first. */
export function toScriptReference(target: ScriptOrFile): ScriptReference {
  if (target.kind === 'files') return { uri: target.uris[0] ?? '' };
  const { uri, variable, runnable } = target;
  return {
    uri,
    ...(variable === undefined ? {} : { variable }),
    ...(runnable === undefined ? {} : { runnable }),
  };
}
