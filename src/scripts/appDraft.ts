import type { ScriptApp, ScriptEntryPoint, ScriptUnit } from '../domain/script.ts';

/** An app whose functions are still being collected. */
export interface AppDraft extends Omit<ScriptApp, 'name' | 'units' | 'entryPoints' | 'includes' | 'unread'> {
  name: string | undefined;
  includes?: true;
  readonly units: ScriptUnit[];
  readonly entryPoints: ScriptEntryPoint[];
  /** Of the app itself; every function gets them. */
  readonly secrets: readonly string[];
}
