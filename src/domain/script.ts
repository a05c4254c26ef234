/** What a user's Python file defines for Modal, read from its text and never by running it. Lines and columns count from 1. */

/** Where a name stands in the file, for buttons and links. */
export interface SourcePlace {
  readonly line: number;
  readonly column: number;
}

/** One parameter of a function or local entry point, as `modal run` turns it into a flag. */
export interface ScriptParameter {
  readonly name: string;
  /** The annotation as written, '' when there is none. */
  readonly annotation: string;
  /** The default as written; absent = required. */
  readonly defaultValue?: string;
}

export type WebKind = 'fastapi_endpoint' | 'asgi_app' | 'wsgi_app' | 'web_server' | 'server';

/** A function, or a method of a class, that Modal runs. */
export interface ScriptFunction extends SourcePlace {
  /** As `modal run` names it: `name`, or `Cls.method`. */
  readonly name: string;
  readonly web?: WebKind;
  readonly parameters: readonly ScriptParameter[];
}

/** What is scheduled as one: a function, or a class with its methods. */
export interface ScriptUnit extends SourcePlace {
  readonly kind: 'function' | 'class';
  readonly name: string;
  /** Choices of `gpu=` in order; empty = CPU; undefined = the text alone does not tell, e.g. a variable. */
  readonly gpus: readonly string[] | undefined;
  /** Containers that are kept, and so paid, all the time; undefined = the text alone does not tell. */
  readonly minContainers: number | undefined;
  /** Names in `modal.Secret.from_name("…")`, where they are literal. */
  readonly secrets: readonly string[];
  readonly functions: readonly ScriptFunction[];
}

/** A `@app.local_entrypoint()`. */
export interface ScriptEntryPoint extends SourcePlace {
  readonly name: string;
  readonly parameters: readonly ScriptParameter[];
}

/** One `variable = modal.App(…)`. */
export interface ScriptApp extends SourcePlace {
  readonly variable: string;
  /** Absent when the name is missing or no literal. */
  readonly name?: string;
  readonly units: readonly ScriptUnit[];
  readonly entryPoints: readonly ScriptEntryPoint[];
}

/** Text that Python would refuse. */
export interface ScriptProblem extends SourcePlace {
  readonly message: string;
}

export interface ModalScript {
  readonly apps: readonly ScriptApp[];
  /** Syntax errors; what could be read besides them is still there. */
  readonly problems: readonly ScriptProblem[];
}
