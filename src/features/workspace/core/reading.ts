import type {
  ModalScript,
  ScriptEntryPoint,
  ScriptUnit,
  SourcePlace,
  UnreadReason,
} from '../../../domain/script.ts';

/** What one file says for itself, before the files that it imports are looked at. Plain data: it comes from a thread. */
export interface ModuleReading extends ModalScript {
  /** Everything that it imports when it is read, in order. */
  readonly importing: readonly ImportedName[];
  /** What the names of the module stand for that an import binds. */
  readonly names: Readonly<Record<string, ImportedName & SourcePlace>>;
  /** Modules of which all names are imported: `from x import *`. */
  readonly stars: readonly string[];
  /** Functions that it gives to apps of other modules. */
  readonly foreign: readonly ForeignApp[];
  /** Names that a call makes of which the text does not tell what it gives. */
  readonly maybe: Readonly<Record<string, SourcePlace>>;
  /** Apps that apps of this file take in, by the variable of the taker. */
  readonly included: readonly { readonly variable: string; readonly path: readonly string[] }[];
  readonly importsModal: boolean;
}

/** `from module import member`; without a member `import module`. */
export interface ImportedName {
  /** With the dots of a relative one. */
  readonly module: string;
  readonly member?: string;
}

/** What a file adds to an app that it does not make. */
export interface ForeignApp extends SourcePlace {
  /** As it is written: `['common', 'app']`. */
  readonly path: readonly string[];
  readonly units: readonly ScriptUnit[];
  readonly entryPoints: readonly ScriptEntryPoint[];
  readonly unread: readonly UnreadReason[];
  readonly choosesOptions?: true;
}

export const emptyReading: ModuleReading = {
  apps: [],
  problems: [],
  importing: [],
  names: {},
  stars: [],
  foreign: [],
  maybe: {},
  included: [],
  importsModal: false,
};
