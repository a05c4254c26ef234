import type { ContainerPhase, LogChunk, LogOrigin } from '../../../domain/log.ts';
import type {
  LineEntry,
  LogEntry,
  MarkEntry,
  PhaseEntry,
  ProgressEntry,
  TracebackEntry,
} from '../../../domain/logEntry.ts';
import { inferLevel } from './logLevel.ts';
import type { AssembledLine } from './lines.ts';
import { LineAssembler, writerOf } from './lines.ts';
import { mayBeStructured, originOf, parseStructured } from './structured.ts';
import { TracebackFold, beginsTraceback } from './tracebacks.ts';

/** Receives entries. Later updates refer to an entry by its row. */
export interface EntrySink {
  add(entry: LogEntry): number;
  /** @returns false when that row is no longer held */
  update(row: number, entry: LogEntry): boolean;
}

/** Runs something later. @returns what cancels it */
export type Later = (milliseconds: number, job: () => void) => () => void;

/** A line without an end is shown after this long, and updated at this interval. */
const showPartialAfterMs = 150;
/** Runs and tracebacks that are remembered; the next news of an older one begins a new entry. */
const mostRuns = 1000;

interface Held<T extends LogEntry> {
  readonly row: number;
  readonly entry: T;
}

/**
 * Builds entries from chunks: lines, tracebacks, reports of the bundled apps, states of containers. An entry that grows,
 * such as a progress bar or a traceback, stays one entry and is updated. The entries do not depend on how the text was
 * cut into chunks; only when a line without an end is first shown depends on time.
 */
export class EntryBuilder {
  readonly #sink: EntrySink;
  readonly #later: Later;
  readonly #lines = new LineAssembler((line) => this.#line(line));
  /** Rows of lines without an end, by writer. */
  readonly #shown = new Map<string, number>();
  readonly #folds = new Map<
    string,
    { readonly fold: TracebackFold; row: number; readonly line: AssembledLine }
  >();
  readonly #changedFolds = new Set<string>();
  readonly #phases = new Map<string, Held<PhaseEntry>>();
  readonly #runs = new Map<string, Held<ProgressEntry>>();
  #cancel: (() => void) | undefined;

  constructor(sink: EntrySink, later: Later = inTime) {
    this.#sink = sink;
    this.#later = later;
  }

  push(chunk: LogChunk): void {
    if (chunk.phase) this.#phase(chunk, chunk.phase);
    else if (chunk.progress) this.#queueProgress(chunk);
    else this.#lines.push(chunk);
    if (this.#lines.hasPartial || this.#changedFolds.size > 0) this.#plan();
  }

  mark(mark: MarkEntry): void {
    this.#sink.add(mark);
  }

  /** Passes on everything that is still open, because no more will come. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#lines.flush();
    for (const key of [...this.#folds.keys()]) this.#close(key);
  }

  /** Shows lines and tracebacks that are still open; they stay open. */
  showPartial(): void {
    this.#lines.showPartial();
    for (const key of this.#changedFolds) this.#refresh(key);
    this.#changedFolds.clear();
  }

  /** Takes the lines that have no end, instead of passing them on. */
  takeOpen(): AssembledLine[] {
    const open = this.#lines.takeOpen();
    this.flush();
    return open;
  }

  #plan(): void {
    this.#cancel ??= this.#later(showPartialAfterMs, () => {
      this.#cancel = undefined;
      this.showPartial();
    });
  }

  #line(line: AssembledLine): void {
    const open = this.#folds.get(line.key);
    if (line.partial) {
      if (!open?.fold.mayTake(line.text) && !mayBeStructured(line.text)) this.#show(line);
      return;
    }
    if (open?.fold.take(line.text)) {
      // Its whole text is built again each time, so that waits for the next turn to show.
      this.#changedFolds.add(line.key);
      return;
    }
    if (open) this.#close(line.key);
    if (beginsTraceback(line.text)) this.#beginFold(line);
    else this.#whole(line);
  }

  #whole(line: AssembledLine): void {
    const structured = parseStructured(line.text, line.chunk);
    if (structured?.kind === 'progress') this.#progress(line.key, structured);
    else this.#settle(line.key, structured ?? lineEntry(line));
  }

  #show(line: AssembledLine): void {
    const entry = lineEntry(line);
    const row = this.#shown.get(line.key);
    if (row === undefined || !this.#sink.update(row, entry)) this.#shown.set(line.key, this.#sink.add(entry));
  }

  /** The writer's line is complete: the part that was shown becomes this entry. */
  #settle(key: string, entry: LogEntry): number {
    const row = this.#shown.get(key);
    if (row === undefined) return this.#sink.add(entry);
    this.#shown.delete(key);
    return this.#sink.update(row, entry) ? row : this.#sink.add(entry);
  }

  #beginFold(line: AssembledLine): void {
    const [oldest] = this.#folds.keys();
    if (this.#folds.size >= mostRuns && oldest !== undefined) this.#close(oldest);
    const fold = new TracebackFold(line.text);
    this.#folds.set(line.key, { fold, line, row: this.#settle(line.key, tracebackEntry(fold, line, true)) });
  }

  #refresh(key: string): void {
    const open = this.#folds.get(key);
    if (!open) return;
    const entry = tracebackEntry(open.fold, open.line, !open.fold.isComplete);
    if (!this.#sink.update(open.row, entry)) open.row = this.#sink.add(entry);
  }

  #close(key: string): void {
    const open = this.#folds.get(key);
    this.#folds.delete(key);
    this.#changedFolds.delete(key);
    if (open) this.#sink.update(open.row, tracebackEntry(open.fold, open.line, false));
  }

  /** Several wire states look the same to a user; each is reported once. */
  #phase(chunk: LogChunk, phase: ContainerPhase): void {
    const { containerId, time } = chunk;
    const before = this.#phases.get(containerId);
    if (before?.entry.phase === phase) return;
    if (before) this.#sink.update(before.row, { ...before.entry, endedAt: time });
    const ended = phase === 'finished' || phase === 'preempted';
    if (ended) this.#endContainer(containerId);
    const earlier = before ? startSoFar(before.entry, time) : [];
    const entry: PhaseEntry = {
      kind: 'phase',
      time,
      ...originOf(chunk),
      source: 'system',
      phase,
      ...(earlier.length > 0 ? { before: earlier } : undefined),
    };
    this.#phases.set(containerId, { row: this.#sink.add(entry), entry });
    limit(this.#phases, mostRuns * 10);
  }

  /** The writer will not finish its open line and traceback. */
  #endContainer(containerId: string): void {
    this.#lines.flush(containerId);
    for (const [key, { line }] of this.#folds) if (line.chunk.containerId === containerId) this.#close(key);
  }

  #queueProgress(chunk: LogChunk): void {
    const { done, total, description } = chunk.progress ?? { done: 0, total: 0, description: '' };
    const { time } = chunk;
    const name = description || 'Waiting';
    const state = { name, done, total, failed: 0, item: '', updatedAt: time };
    this.#progress('', { kind: 'progress', time, ...originOf(chunk), source: 'system', ...state });
  }

  #progress(writer: string, news: ProgressEntry): void {
    const key = `${news.containerId}|${news.name}`;
    const before = this.#runs.get(key);
    this.#runs.delete(key);
    const entry = before ? { ...news, time: before.entry.time } : news;
    const isHeld = before !== undefined && this.#sink.update(before.row, entry);
    const row = isHeld ? before.row : this.#settle(writer, entry);
    if (news.done < news.total) this.#runs.set(key, { row, entry });
    limit(this.#runs, mostRuns);
  }
}

/** Builds a line entry; its level is inferred from the whole text. */
export type LineParts = Pick<AssembledLine, 'text' | 'partial' | 'goesOn' | 'continued'> & {
  readonly chunk: LogOrigin & { readonly time: number };
};

export function lineEntry({ chunk, text, partial, goesOn, continued }: LineParts): LineEntry {
  const level = chunk.source === 'system' ? undefined : inferLevel(text);
  return {
    kind: 'line',
    time: chunk.time,
    source: chunk.source,
    containerId: chunk.containerId,
    functionId: chunk.functionId,
    callId: chunk.callId,
    text,
    ...(level ? { level } : undefined),
    ...(partial ? { partial } : undefined),
    ...(goesOn ? { goesOn } : undefined),
    ...(continued ? { continued } : undefined),
  };
}

function tracebackEntry(fold: TracebackFold, { chunk }: AssembledLine, open: boolean): TracebackEntry {
  const { time } = chunk;
  const state = { text: fold.text, parts: fold.parts, ...(open ? { open } : {}) };
  return { kind: 'traceback', time, ...originOf(chunk), ...state };
}

/** Forgets the oldest above that many. */
function limit(map: Map<string, unknown>, most: number): void {
  if (map.size <= most) return;
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}

const inTime: Later = (milliseconds, job) => {
  const timer = setTimeout(job, milliseconds);
  return () => clearTimeout(timer);
};

/** Never shows open lines by itself, only when asked to. */
export const notInTime: Later = () => () => undefined;

/** The states of a start, from the first on. One that has begun to work starts no more. */
function startSoFar(last: PhaseEntry, time: number): NonNullable<PhaseEntry['before']> {
  if (last.phase === 'running' || last.phase === 'idle') return [];
  return [...(last.before ?? []), { phase: last.phase, seconds: Math.max(0, time - last.time) / 1000 }];
}

/** Collects entries in a plain list, from whose beginning they are taken away. */
export class EntryList implements EntrySink {
  readonly #entries: LogEntry[] = [];
  #taken = 0;

  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  add(entry: LogEntry): number {
    return this.#taken + this.#entries.push(entry) - 1;
  }

  update(row: number, entry: LogEntry): boolean {
    if (row < this.#taken) return false;
    this.#entries[row - this.#taken] = entry;
    return true;
  }

  take(count: number): LogEntry[] {
    const entries = this.#entries.splice(0, count);
    this.#taken += entries.length;
    return entries;
  }
}

/** Writers whose first row is remembered: those that began with the log. */
const mostWriters = 1000;

/** Notes the first row of each writer, where a line that was begun before it may go on. */
export function noteFirsts(sink: EntrySink, firsts: Map<string, number>): EntrySink {
  return {
    add: (entry) => {
      const row = sink.add(entry);
      if (entry.kind === 'mark' || entry.kind === 'phase' || firsts.size >= mostWriters) return row;
      const writer = writerOf(entry);
      if (!firsts.has(writer)) firsts.set(writer, row);
      return row;
    },
    update: (row, entry) => sink.update(row, entry),
  };
}
