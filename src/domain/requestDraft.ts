import type { AuthChoice, RequestAuth } from './request.ts';

/**
 * A request as it is being edited. It is plain data that can be kept anywhere: keys are references, and files are
 * named, never read.
 */
export interface RequestDraft {
  readonly method: string;
  /** Below the endpoint's address, with `{name}` where a parameter goes. */
  readonly path: string;
  /** Values of the `{name}` of the path. */
  readonly pathValues: Readonly<Record<string, string>>;
  readonly query: readonly Pair[];
  readonly headers: readonly Pair[];
  readonly body: DraftBody;
  /** Bodies of other kinds that were begun; kept, and not sent. */
  readonly otherBodies?: readonly DraftBody[] | undefined;
  readonly auth?: RequestAuth | undefined;
  /** Of a request that came with its own, also with none; absent: as the other requests of its endpoint. */
  readonly authChoice?: AuthChoice | undefined;
}

/** A line of a table of names and values. */
export interface Pair {
  readonly name: string;
  readonly value: string;
  /** Lines that are off are kept and not sent. */
  readonly on: boolean;
}

/** A file by where it is; its content is read when the request is sent. */
export interface FileReference {
  readonly uri: string;
  /** As the server is told. */
  readonly name: string;
  /** Media type. */
  readonly type: string;
}

/** A file that takes the place of a string in a text body. */
export interface EmbeddedFile extends FileReference {
  /** The string that stands for it, e.g. `<page.png as base64>`. */
  readonly note: string;
  readonly encoding: 'base64' | 'text';
}

export interface DraftPart {
  readonly name: string;
  readonly on: boolean;
  readonly text?: string | undefined;
  /** Media type of a text, where one is told. */
  readonly type?: string | undefined;
  /** The name of a file that a text is sent as. */
  readonly fileName?: string | undefined;
  readonly file?: FileReference | undefined;
}

export type DraftBody =
  | { readonly kind: 'none' }
  /** JSON or any other text, with files in place of some of its strings. */
  | {
      readonly kind: 'text';
      readonly type: string;
      readonly text: string;
      readonly files: readonly EmbeddedFile[];
    }
  /** `application/x-www-form-urlencoded`. */
  | { readonly kind: 'form'; readonly fields: readonly Pair[] }
  /** `multipart/form-data`. */
  | { readonly kind: 'multipart'; readonly parts: readonly DraftPart[] };

export const jsonType = 'application/json';

/** What distinguishes bodies that are kept beside each other. */
export function bodyKey(body: DraftBody): string {
  return body.kind === 'text' ? body.type : body.kind;
}

/** Puts another kind of body in place; what was begun of either kind stays. */
export function switchBody(draft: RequestDraft, fresh: DraftBody): RequestDraft {
  const key = bodyKey(fresh);
  const begun = [draft.body, ...(draft.otherBodies ?? [])];
  const body = begun.find((each) => bodyKey(each) === key) ?? fresh;
  return { ...draft, body, otherBodies: begun.filter((each) => each !== body && each.kind !== 'none') };
}

/** @returns a request without anything: what a panel begins with */
export function emptyDraft(method = 'GET', path = '/'): RequestDraft {
  return { method, path, pathValues: {}, query: [], headers: [], body: { kind: 'none' } };
}

/** Names in braces of a path, in order. */
export function pathNames(path: string): string[] {
  return [...new Set([...path.matchAll(/\{([^{}/]+)\}/g)].map((match) => match[1] ?? ''))];
}

/** The files that a draft would send. */
export function filesOf({ body }: RequestDraft): FileReference[] {
  if (body.kind === 'text') return body.files.filter(({ note }) => body.text.includes(JSON.stringify(note)));
  if (body.kind === 'multipart') return body.parts.flatMap(({ on, file }) => (on && file ? [file] : []));
  return [];
}
