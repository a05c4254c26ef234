import type { ScriptApp, ScriptEntryPoint, ScriptUnit, UnreadReason } from '../../../domain/script.ts';

/** An app whose functions are still being collected. */
export interface AppDraft extends Omit<
  ScriptApp,
  'name' | 'units' | 'entryPoints' | 'includes' | 'unread' | 'unreachable'
> {
  name: string | undefined;
  /** Set for one that an import brings: what names it, `['common', 'app']`. */
  readonly foreign?: readonly string[];
  includes?: true;
  /** Its variable is given another value later. */
  replaced?: true;
  readonly units: ScriptUnit[];
  readonly entryPoints: ScriptEntryPoint[];
  readonly unread: Set<UnreadReason>;
  /** Of the app itself; every function gets them. */
  readonly secrets: readonly string[];
  readonly maybeSecrets: readonly string[];
}
