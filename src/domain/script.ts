/** What a user's Python file defines for Modal, read from its text and never by running it. Lines and columns count from 1. */

/** Where a name stands in the file, for buttons and links. */
export interface SourcePlace {
  readonly line: number;
  readonly column: number;
}

/** What `modal run` makes of a parameter's annotation. */
export type ParameterType =
  /** `any` = no annotation: the text is passed on as it is. */
  | { readonly kind: 'str' | 'int' | 'float' | 'bool' | 'datetime' | 'any' }
  /** `Literal[…]` of texts or of whole numbers. */
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  /** `*args`: words, passed on as they are. */
  | { readonly kind: 'words' }
  /** The CLI refuses the function because of it. */
  | { readonly kind: 'unsupported' };

/** One parameter of a function or local entry point, as `modal run` turns it into a flag. */
export interface ScriptParameter {
  readonly name: string;
  /** The annotation as written, '' when there is none. */
  readonly annotation: string;
  /** The default as written; absent = required. */
  readonly defaultValue?: string;
  /** The default as a user would type it; absent when there is none, or when it is no literal. */
  readonly defaultInput?: string;
  readonly type: ParameterType;
}

export type WebKind = 'fastapi_endpoint' | 'asgi_app' | 'wsgi_app' | 'web_server' | 'server';

/** A function, or a method of a class, that Modal runs. */
export interface ScriptFunction extends SourcePlace {
  /** As `modal run` names it: `name`, or `Cls.method`. */
  readonly name: string;
  readonly web?: WebKind;
  /** It yields its results, which `modal run` refuses. */
  readonly generator?: true;
  /** No variable of the file stands for it: what the CLI calls it below its app. */
  readonly onlyInApp?: string;
  /** Those of a class (`modal.parameter()`) stand before a method's own: the CLI takes both. */
  readonly parameters: readonly ScriptParameter[];
  /** First line of its decorators; absent = `line`. */
  readonly firstLine?: number;
}

/** A file of the workspace. */
export interface ScriptOrigin {
  /** Address, as the editor names it. */
  readonly uri: string;
  /** Path below the workspace folder, with its name where there are several. */
  readonly label: string;
}

/** What is scheduled as one: a function, or a class with its methods. */
export interface ScriptUnit extends SourcePlace {
  readonly kind: 'function' | 'class';
  readonly name: string;
  /** As Modal tags it once it is deployed: `name`, or `Cls.*`; absent = the text alone does not tell. */
  readonly deployedAs?: string;
  /** It stands below an `if` or the like, so that it may be left out. */
  readonly conditional?: true;
  /** Choices of `gpu=` in order; empty = CPU; undefined = the text alone does not tell, e.g. a variable. */
  readonly gpus: readonly string[] | undefined;
  /** Containers that are kept, and so paid, all the time; undefined = the text alone does not tell. */
  readonly minContainers: number | undefined;
  /** Environment variables that change `gpus` where they are set when the file runs. */
  readonly unless?: readonly string[];
  /** Those that change `minContainers`. */
  readonly keepsUnless?: readonly string[];
  /** Containers that one call starts together; `size` undefined = the text alone does not tell. */
  readonly cluster?: { readonly size: number | undefined };
  /** Names in `modal.Secret.from_name("…")`, where they are literal. */
  readonly secrets: readonly string[];
  /** Those of `secrets` that the code asks for only under a condition. */
  readonly maybeSecrets?: readonly string[];
  /** The file that it stands in; absent = that of its app. */
  readonly origin?: ScriptOrigin;
  readonly functions: readonly ScriptFunction[];
  /** First line of its decorators; absent = `line`. */
  readonly firstLine?: number;
}

/** A `@app.local_entrypoint()`. */
export interface ScriptEntryPoint extends SourcePlace {
  readonly name: string;
  readonly parameters: readonly ScriptParameter[];
  /** First line of its decorators; absent = `line`. */
  readonly firstLine?: number;
  /** The file that it stands in; absent = that of its app. */
  readonly origin?: ScriptOrigin;
}

/** Why an app may have more functions, or others, than the text shows. */
export type UnreadReason =
  /** It takes in other apps by `.include(…)` that were not found. */
  | 'include'
  /** `app.function(…)(f)` of something that was not found, or a decorator inside a function. */
  | 'call'
  /** A decorator or call inside a loop. */
  | 'loop'
  /** Other code is given the app: `register(app)`. */
  | 'passed'
  /** A part of the file could not be read. */
  | 'part';

/** Why `modal deploy` and `modal serve` cannot be told to take an app by this file. */
export type Unreachable =
  /** The variable is given another value later. */
  | 'replaced'
  /** The file has the app only as a part of a module: `common.app`. */
  | 'dotted';

/** A file by which an app can be deployed. */
export interface DeployFile extends ScriptOrigin {
  /** Of the app, in that file. */
  readonly variable: string;
  /** How many functions and classes the app has by it. */
  readonly units: number;
}

/** One `variable = modal.App(…)`, or an import of one. */
export interface ScriptApp extends SourcePlace {
  /** As the file calls it; with dots for one inside an imported module. */
  readonly variable: string;
  /** Absent when the name is missing or no literal. */
  readonly name?: string;
  readonly units: readonly ScriptUnit[];
  readonly entryPoints: readonly ScriptEntryPoint[];
  /** It takes in other apps by `.include(…)` that were not found, so `units` is not all that it has. */
  readonly includes?: true;
  /** Absent when nothing of the kind was seen. */
  readonly unread?: readonly UnreadReason[];
  /** Code of the file calls `with_options(…)` with a GPU or kept containers, so that a call may cost more than `units` say. */
  readonly choosesOptions?: true;
  readonly unreachable?: Unreachable;
  /** The file that makes it, where this one imports it. */
  readonly origin?: ScriptOrigin;
  /** The module that it comes from, where that is no file of the workspace. */
  readonly importedFrom?: string;
  /** The files that deploy most of it, where the workspace was searched for them: more than one when none has it all. */
  readonly deployFiles?: readonly DeployFile[];
}

/** Text that Python would refuse. */
export interface ScriptProblem extends SourcePlace {
  readonly message: string;
}

/** How the CLI has to be given a file that belongs to a package: `modal deploy -m name` in `folder`. */
export interface ModuleMode {
  /** Path of the folder. */
  readonly folder: string;
  /** With dots. */
  readonly name: string;
}

export interface ModalScript {
  readonly apps: readonly ScriptApp[];
  /** Syntax errors; what could be read besides them is still there. */
  readonly problems: readonly ScriptProblem[];
  /** Modules that it imports when it is read, with the dots of relative ones; each may add to its apps. */
  readonly imports?: readonly string[];
  /** Absent for a file that the CLI takes by its path. */
  readonly module?: ModuleMode;
  /** Paths of the files of the workspace that it imports, directly or through others. */
  readonly importedFiles?: readonly string[];
  /** Labels of imported files that could not be read. */
  readonly unreadFiles?: readonly string[];
}

/** A file with at least one app, or with what looks like one below a syntax error. */
export interface ScriptFile extends ModalScript, ScriptOrigin {}

/** What `modal run` can start. */
export type Runnable = ScriptFunction | ScriptEntryPoint;

/** Everything of an app that `modal run` can start; web functions and generators are left out. */
export function runnables(app: ScriptApp): Runnable[] {
  const functions = app.units.flatMap((unit) => unit.functions).filter((fn) => !fn.web && !fn.generator);
  return [...app.entryPoints, ...functions];
}

/** A function that answers requests, with what Modal calls it once it is deployed. */
export interface WebFunction {
  readonly fn: ScriptFunction;
  /** `name`, or `Cls.method`; undefined = the text alone does not tell. */
  readonly deployedAs: string | undefined;
}

export function webFunctions(units: readonly ScriptUnit[]): WebFunction[] {
  return units.flatMap(({ functions, deployedAs }) =>
    functions
      .filter(({ web }) => web)
      .map((fn) => ({ fn, deployedAs: deployedAs?.endsWith('.*') ? fn.name : deployedAs })),
  );
}

/** The variable that the CLI takes when none is named. */
export const defaultAppVariable = 'app';

/**
 * What the CLI is told behind the `::` of a file, so that it takes this app; '' = nothing.
 * @param several whether the file has more than one app
 */
export function appObject(app: Pick<ScriptApp, 'variable'> | undefined, several: boolean): string {
  return !app || (app.variable === defaultAppVariable && !several) ? '' : app.variable;
}

/** A script and one of its apps in a word, also as the CLI takes it by path. */
export function appReference(
  script: string,
  app: Pick<ScriptApp, 'variable'> | undefined,
  several: boolean,
): string {
  const object = appObject(app, several);
  return object ? `${script}::${object}` : script;
}

/** Whether the CLI has to be told which app of a file is meant. */
export function severalApps({ apps }: ModalScript): boolean {
  return apps.filter(({ unreachable }) => !unreachable).length > 1;
}

/** Whether the text tells all functions of an app, and what each may cost. */
export function isWhollyRead(app: ScriptApp, { problems, unreadFiles = [] }: ModalScript): boolean {
  return (
    !app.includes && !app.unread && !app.importedFrom && problems.length === 0 && unreadFiles.length === 0
  );
}
