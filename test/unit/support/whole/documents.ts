/** Text documents as the editor has them open. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Emitter } from '../../../../src/shared/emitter.ts';
import { tell } from './transcript.ts';
import type { Selection, TextEdit, Uri } from './types.ts';
import { Position, Range } from './types.ts';

const languages: Readonly<Record<string, string>> = { '.py': 'python', '.http': 'http', '.rest': 'http' };

export class Document {
  readonly uri: Uri;
  readonly languageId: string;
  version = 1;
  isDirty = false;
  isClosed = false;
  #text: string;

  constructor(uri: Uri, text: string) {
    this.uri = uri;
    this.#text = text;
    this.languageId = languages[path.extname(uri.path)] ?? 'plaintext';
  }

  get fileName(): string {
    return this.uri.path;
  }

  get lineCount(): number {
    return this.#text.split('\n').length;
  }

  getText(range?: Range): string {
    if (!range) return this.#text;
    return this.#text.slice(this.offsetAt(range.start), this.offsetAt(range.end));
  }

  lineAt(at: number | Position): { readonly text: string; readonly range: Range } {
    const line = typeof at === 'number' ? at : at.line;
    const text = this.#text.split('\n')[line] ?? '';
    return { text, range: new Range(line, 0, line, text.length) };
  }

  positionAt(offset: number): Position {
    const before = this.#text.slice(0, offset).split('\n');
    return new Position(before.length - 1, before.at(-1)?.length ?? 0);
  }

  offsetAt({ line, character }: Position): number {
    const lines = this.#text.split('\n');
    if (line >= lines.length) return this.#text.length;
    const start = lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0);
    return start + Math.min(character, lines[line]?.length ?? 0);
  }

  /** As the user or an edit of the workspace changes it. */
  edit(edits: readonly TextEdit[]): void {
    const places = edits.map(
      ({ range, newText }) => [this.offsetAt(range.start), this.offsetAt(range.end), newText] as const,
    );
    for (const [start, end, text] of places.sort(([a], [b]) => b - a))
      this.#text = this.#text.slice(0, start) + text + this.#text.slice(end);
    this.version++;
    this.isDirty = true;
    documents.changes.fire({ document: this, contentChanges: [{}] });
  }

  save(): Promise<boolean> {
    writeFileSync(this.uri.path, this.#text);
    this.isDirty = false;
    tell(`saved: ${this.uri.path}`);
    documents.saves.fire(this);
    return Promise.resolve(true);
  }
}

export interface TextEditor {
  readonly document: Document;
  selection: Selection;
  revealRange(range: Range): void;
}

class Documents {
  readonly all: Document[] = [];
  readonly opens = new Emitter<Document>();
  readonly closes = new Emitter<Document>();
  readonly changes = new Emitter<{
    readonly document: Document;
    readonly contentChanges: readonly object[];
  }>();
  readonly saves = new Emitter<Document>();

  open(uri: Uri, text: string): Document {
    const document = new Document(uri, text);
    this.all.push(document);
    this.opens.fire(document);
    return document;
  }

  close(document: Document): void {
    document.isClosed = true;
    this.all.splice(this.all.indexOf(document), 1);
    this.closes.fire(document);
  }
}

export const documents = new Documents();

export function documentOf(uri: Uri): Document | undefined {
  return documents.all.find((document) => document.uri.toString() === uri.toString());
}

interface Filter {
  readonly language?: string;
  readonly scheme?: string;
  readonly pattern?: string | { readonly base: { readonly uri: Uri }; readonly pattern: string };
}

function fitsGlob(file: string, pattern: NonNullable<Filter['pattern']>): boolean {
  if (typeof pattern === 'string') return path.matchesGlob(file, pattern);
  return path.matchesGlob(path.relative(pattern.base.uri.path, file), pattern.pattern);
}

export function match(selector: Filter | readonly Filter[], { uri, languageId }: Document): number {
  const fits = ({ language, scheme, pattern }: Filter) =>
    (language === undefined || language === languageId) &&
    (scheme === undefined || scheme === uri.scheme) &&
    (pattern === undefined || fitsGlob(uri.path, pattern));
  return [selector].flat().some((each) => fits(each)) ? 10 : 0;
}
