import type { ContainerPhase, LogOrigin, LogSource } from './log.ts';
import { formatDuration } from '../shared/format.ts';

export const logLevels = ['debug', 'info', 'warning', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

interface Timed {
  /** Unix milliseconds of the first part. */
  readonly time: number;
}

export interface LineEntry extends Timed, LogOrigin {
  readonly kind: 'line';
  readonly text: string;
  /** As inferred; absent = nothing says so, which counts as info. */
  readonly level?: LogLevel;
  /** It has no end yet: the entry will be updated. */
  readonly partial?: boolean;
  /** It was too long: the next entry of the same origin goes on with it. */
  readonly goesOn?: boolean;
  /** It goes on with the entry before it of the same origin. */
  readonly continued?: boolean;
}

/** A state of a container. It is updated with the time at which the next state began. */
export interface PhaseEntry extends Timed, LogOrigin {
  readonly kind: 'phase';
  readonly phase: ContainerPhase;
  readonly endedAt?: number;
  /** What came before it in the same start, with seconds; absent = it is the first that is known. */
  readonly before?: readonly { readonly phase: ContainerPhase; readonly seconds: number }[];
}

/** One run that counts its items; updated at each of them. */
export interface ProgressEntry extends Timed, LogOrigin {
  readonly kind: 'progress';
  /** Unix milliseconds of the last news. */
  readonly updatedAt: number;
  readonly name: string;
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  readonly item: string;
  /** Seconds that the rest will take, where that is known. */
  readonly etaSeconds?: number;
}

/** A step of an app's start that has ended, with how long it took. */
export interface StepEntry extends Timed, LogOrigin {
  readonly kind: 'step';
  readonly name: string;
  readonly seconds: number;
  readonly ok: boolean;
}

/** Memory of one GPU at some moment, in GiB. */
export interface GpuEntry extends Timed, LogOrigin {
  readonly kind: 'gpu';
  readonly index: number;
  readonly name: string;
  readonly when: string;
  readonly usedGib: number;
  readonly totalGib: number;
}

export interface TracebackFrame {
  readonly file: string;
  readonly line: number;
  readonly name: string;
}

/** One exception of a chain, in the order in which Python prints them: the first cause comes first. */
export interface TracebackPart {
  readonly frames: readonly TracebackFrame[];
  /** Its last line, e.g. `ValueError: no such model`; '' until that has come. */
  readonly exception: string;
  /** How it follows from the part before it. */
  readonly link?: 'cause' | 'context';
}

export interface TracebackEntry extends Timed, LogOrigin {
  readonly kind: 'traceback';
  /** All lines as they were printed. */
  readonly text: string;
  readonly parts: readonly TracebackPart[];
  /** More of it may come. */
  readonly open?: boolean;
}

/** Something about the stream itself. */
export interface MarkEntry extends Timed {
  readonly kind: 'mark';
  readonly event: 'broke' | 'resumed' | 'dropped' | 'note';
  readonly text: string;
  readonly bad: boolean;
  /** How long nothing was heard, in milliseconds. */
  readonly lastedMs?: number;
  /** Lines that could be missing; absent = nobody knows. */
  readonly missing?: number;
}

/** What stands in one row of the log viewer. */
export type LogEntry =
  LineEntry | PhaseEntry | ProgressEntry | StepEntry | GpuEntry | TracebackEntry | MarkEntry;

export const phaseWords: Readonly<Record<ContainerPhase, string>> = {
  queued: 'is queued',
  creating: 'is being created',
  loading: 'loads its image',
  running: 'is running',
  idle: 'is ready',
  preempted: 'was preempted',
  finished: 'has ended',
};

/** The entry as plain text, for documents, copies and the filter. A line keeps its escape sequences. */
export function entryText(entry: LogEntry): string {
  switch (entry.kind) {
    case 'line':
    case 'traceback':
    case 'mark':
      return entry.text;
    case 'phase':
      return `Container ${entry.containerId} ${phaseWords[entry.phase]}${phaseSeconds(entry)}`;
    case 'progress':
      return progressText(entry);
    case 'step':
      return `${entry.name} ${entry.ok ? 'took' : 'failed after'} ${seconds(entry.seconds)}`;
    case 'gpu':
      return `GPU ${entry.index} ${entry.name} ${entry.when}: ${entry.usedGib} of ${entry.totalGib} GiB used`;
  }
}

export function levelOf(entry: LogEntry): LogLevel {
  switch (entry.kind) {
    case 'line':
      return entry.level ?? 'info';
    case 'traceback':
      return 'error';
    case 'step':
      return entry.ok ? 'info' : 'error';
    case 'phase':
      return entry.phase === 'preempted' ? 'warning' : 'info';
    case 'progress':
      return entry.failed > 0 ? 'warning' : 'info';
    case 'gpu':
      return 'info';
    case 'mark':
      return entry.bad ? 'warning' : 'info';
  }
}

/** States are Modal's words, whatever stream they came with. */
export function sourceOf(entry: LogEntry): LogSource {
  return entry.kind === 'mark' || entry.kind === 'phase' ? 'system' : entry.source;
}

/** The exception that ended a traceback. */
export function exceptionOf({ parts }: TracebackEntry): string {
  return parts.at(-1)?.exception ?? '';
}

function phaseSeconds({ time, endedAt, phase }: PhaseEntry): string {
  if (endedAt === undefined || phase === 'finished') return '';
  return ` (${seconds((endedAt - time) / 1000)})`;
}

function progressText({ name, done, total, failed, item, etaSeconds }: ProgressEntry): string {
  const parts = [`${name} ${done} of ${total}`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (item) parts.push(item);
  if (etaSeconds) parts.push(`${seconds(etaSeconds)} left`);
  return parts.join(', ');
}

/** Of what is told in seconds. */
export function seconds(value: number): string {
  return formatDuration(value * 1000);
}
