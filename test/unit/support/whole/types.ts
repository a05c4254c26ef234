/** The editor's own classes, as far as the extension uses them. */
import { Emitter } from '../../../../src/shared/emitter.ts';

interface UriParts {
  readonly scheme: string;
  readonly authority?: string;
  readonly path?: string;
  readonly query?: string;
  readonly fragment?: string;
}

export class Uri {
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;

  constructor({ scheme, authority = '', path = '', query = '', fragment = '' }: UriParts) {
    this.scheme = scheme;
    this.authority = authority;
    this.path = path;
    this.query = query;
    this.fragment = fragment;
  }

  get fsPath(): string {
    return this.path;
  }

  static file(path: string): Uri {
    return new Uri({ scheme: 'file', path });
  }

  static from(parts: UriParts): Uri {
    return new Uri(parts);
  }

  static parse(words: string): Uri {
    const [, scheme = 'file', authority, path, query, fragment] =
      /^(?:([a-z][\w+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/is.exec(words) ?? [];
    const plain = (part = '') => decodeURIComponent(part);
    return new Uri({
      ...{ scheme, authority: plain(authority), path: plain(path) },
      ...{ query: plain(query), fragment: plain(fragment) },
    });
  }

  static joinPath(base: Uri, ...parts: readonly string[]): Uri {
    const joined = new URL(
      ['x:', ...`${base.path}/${parts.join('/')}`.split('/').filter(Boolean).map(encodeURIComponent)].join(
        '/',
      ),
    );
    return base.with({ path: decodeURIComponent(joined.pathname) });
  }

  with(parts: Partial<UriParts>): Uri {
    const { scheme, authority, path, query, fragment } = this;
    return new Uri({ scheme, authority, path, query, fragment, ...parts });
  }

  toString(asWritten = false): string {
    const write = asWritten
      ? (part: string) => part
      : (part: string) => encodeURIComponent(part).replaceAll('%2F', '/');
    const { scheme, authority, path, query, fragment } = this;
    const place =
      authority || scheme === 'file' ? `//${asWritten ? authority : authority.toLowerCase()}` : '';
    return [
      `${scheme}:${place}${write(path)}`,
      query && `?${write(query)}`,
      fragment && `#${write(fragment)}`,
    ].join('');
  }

  toJSON(): string {
    return this.toString(true);
  }
}

export class Position {
  readonly line: number;
  readonly character: number;

  constructor(line: number, character: number) {
    this.line = line;
    this.character = character;
  }

  isEqual(other: Position): boolean {
    return this.line === other.line && this.character === other.character;
  }
}

export class Range {
  readonly start: Position;
  readonly end: Position;

  constructor(...at: readonly [Position, Position] | readonly [number, number, number, number]) {
    const [a, b, c, d] = at;
    this.start = a instanceof Position ? a : new Position(a, Number(b));
    this.end = b instanceof Position ? b : new Position(Number(c), Number(d));
  }

  get isEmpty(): boolean {
    return this.start.line === this.end.line && this.start.character === this.end.character;
  }

  contains(place: Position | Range): boolean {
    const { start, end } = place instanceof Range ? place : { start: place, end: place };
    return !isBefore(start, this.start) && !isBefore(this.end, end);
  }

  intersection(other: Range): Range | undefined {
    const start = isBefore(this.start, other.start) ? other.start : this.start;
    const end = isBefore(this.end, other.end) ? this.end : other.end;
    return isBefore(end, start) ? undefined : new Range(start, end);
  }
}

function isBefore(one: Position, other: Position): boolean {
  return one.line < other.line || (one.line === other.line && one.character < other.character);
}

export class Selection extends Range {
  get active(): Position {
    return this.end;
  }
}

/** What is made of parts, and keeps them under their names. */
const record = (...names: readonly string[]) =>
  class {
    [name: string]: unknown;

    constructor(...parts: readonly unknown[]) {
      names.forEach((name, at) => (this[name] = parts[at]));
    }
  };

export const ThemeIcon = record('id', 'color');
export const ThemeColor = record('id');
export const TreeItem = record('label', 'collapsibleState');
export const MarkdownString = record('value', 'supportThemeIcons');
export const Hover = record('contents', 'range');
export const CodeLens = record('range', 'command');
export const DocumentLink = record('range', 'target');
export const FoldingRange = record('start', 'end', 'kind');
export const CompletionList = record('items', 'isIncomplete');
export const RelativePattern = record('base', 'pattern');
export const Diagnostic = record('range', 'message', 'severity');
export const CodeAction = record('title', 'kind');
export const Task = record('definition', 'scope', 'name', 'source', 'execution', 'problemMatchers');
export const ProcessExecution = record('process', 'args', 'options');
export const DocumentSymbol = class extends record('name', 'detail', 'kind', 'range', 'selectionRange') {
  children: unknown[] = [];
};

export class TextEdit {
  readonly range: Range;
  readonly newText: string;

  constructor(range: Range, newText: string) {
    this.range = range;
    this.newText = newText;
  }

  static replace(range: Range, newText: string): TextEdit {
    return new TextEdit(range, newText);
  }
}

export class WorkspaceEdit {
  readonly changes: (readonly [Uri, TextEdit])[] = [];

  /** Whether the user is to tick each change. */
  needsConfirmation = false;

  replace(
    uri: Uri,
    range: Range,
    newText: string,
    metadata?: { readonly needsConfirmation?: boolean },
  ): void {
    this.needsConfirmation ||= metadata?.needsConfirmation === true;
    this.changes.push([uri, new TextEdit(range, newText)]);
  }

  insert(uri: Uri, place: Position, newText: string): void {
    this.changes.push([uri, new TextEdit(new Range(place, place), newText)]);
  }

  set(uri: Uri, edits: readonly TextEdit[]): void {
    for (const edit of edits) this.changes.push([uri, edit]);
  }

  get size(): number {
    return this.changes.length;
  }
}

export class EventEmitter<T> {
  readonly #emitter = new Emitter<T>();
  readonly event = this.#emitter.event;

  fire(value: T): void {
    this.#emitter.fire(value);
  }

  dispose(): void {
    this.#emitter.dispose();
  }
}

export class CancellationTokenSource {
  readonly #cancels = new Emitter<void>();
  readonly token = { isCancellationRequested: false, onCancellationRequested: this.#cancels.event };

  cancel(): void {
    this.token.isCancellationRequested = true;
    this.#cancels.fire();
  }

  dispose(): void {
    this.#cancels.dispose();
  }
}

export class Disposable {
  readonly #dispose: () => void;

  constructor(dispose: () => void) {
    this.#dispose = dispose;
  }

  static from(...all: readonly { dispose(): unknown }[]): Disposable {
    return new Disposable(() => all.forEach((each) => each.dispose()));
  }

  dispose(): void {
    this.#dispose();
  }
}

export const ProgressLocation = { SourceControl: 1, Window: 10, Notification: 15 };
export const QuickPickItemKind = { Separator: -1, Default: 0 };
export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };
export const ViewColumn = { Active: -1, Beside: -2 };
export const StatusBarAlignment = { Left: 1, Right: 2 };
export const UIKind = { Desktop: 1, Web: 2 };
export const FileType = { File: 1, Directory: 2 };
export const ExtensionMode = { Production: 1, Development: 2, Test: 3 };
export const ConfigurationTarget = { Global: 1, Workspace: 2 };
export const DiagnosticSeverity = { Error: 0, Warning: 1, Information: 2, Hint: 3 };
export const DiagnosticTag = { Unnecessary: 1, Deprecated: 2 };
export const CodeActionKind = {
  QuickFix: kindOf('quickfix'),
  SourceFixAll: kindOf('source.fixAll'),
};
export const CompletionItemKind = { Variable: 5, Value: 11 };
export const SymbolKind = { Function: 11, Object: 18, Event: 23 };
export const FoldingRangeKind = { Region: 3 };
export const TextEditorRevealType = { InCenterIfOutsideViewport: 2 };
export const TaskScope = { Global: 1, Workspace: 2 };
export const TaskRevealKind = { Always: 1 };
export const TaskPanelKind = { Dedicated: 2 };
export const QuickInputButtons = { Back: { iconPath: 'back' } };

interface Kind {
  readonly value: string;
  append(more: string): Kind;
  contains(other: Kind): boolean;
  intersects(other: Kind): boolean;
}

const isBelow = (kind: string, above: string) => kind === above || kind.startsWith(`${above}.`);

function kindOf(value: string): Kind {
  return {
    value,
    append: (more) => kindOf(`${value}.${more}`),
    contains: (other) => isBelow(other.value, value),
    intersects: (other) => isBelow(other.value, value) || isBelow(value, other.value),
  };
}
