import type { ContainerPhase, LogSource } from './log.ts';

/** What stands in one row of the log viewer. Times are unix milliseconds. */
export type LogEntry =
  | {
      readonly kind: 'line';
      readonly time: number;
      readonly source: LogSource;
      readonly containerId: string;
      readonly functionId: string;
      readonly callId: string;
      readonly text: string;
    }
  | {
      readonly kind: 'phase';
      readonly time: number;
      readonly containerId: string;
      readonly phase: ContainerPhase;
    }
  /** Something about the stream itself: it broke, went on, or ended. */
  | { readonly kind: 'mark'; readonly time: number; readonly text: string; readonly bad: boolean };

const phaseWords: Readonly<Record<ContainerPhase, string>> = {
  queued: 'is queued',
  creating: 'is being created',
  loading: 'loads its image',
  running: 'is running',
  idle: 'is ready',
  preempted: 'was preempted',
  finished: 'has ended',
};

/** The entry as plain text, for documents and copies. */
export function entryText(entry: LogEntry): string {
  switch (entry.kind) {
    case 'line':
      return entry.text;
    case 'phase':
      return `Container ${entry.containerId} ${phaseWords[entry.phase]}`;
    case 'mark':
      return entry.text;
  }
}
