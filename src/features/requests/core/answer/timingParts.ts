import type { Timing } from '../../../../domain/request.ts';
import type { CallStart } from '../callFacts.ts';
import { formatDuration, plural } from '../../../../shared/format.ts';

export interface TimingPart {
  readonly kind: 'connect' | 'queue' | 'start' | 'wait' | 'body';
  readonly label: string;
  readonly ms: number;
  /** More about it, '' for nothing. */
  readonly note: string;
}

/** A call in its parts, in the order of time; they add up to the whole. */
export function timingParts(timing: Timing, start?: CallStart): TimingPart[] {
  const connect = Math.min(timing.connect, timing.firstByte);
  const waited = Math.max(0, timing.firstByte - connect);
  const queue = start?.kind === 'cold' ? Math.min(start.queueMs, waited) : 0;
  const cold = start?.kind === 'cold' ? Math.min(start.startMs, waited - queue) : 0;
  return [
    { kind: 'connect', label: 'Connect', ms: connect, note: '' },
    ...(start?.kind === 'cold'
      ? ([
          { kind: 'queue', label: 'Queue', ms: queue, note: '' },
          { kind: 'start', label: 'Cold start', ms: cold, note: '' },
        ] as const)
      : []),
    {
      kind: 'wait',
      label: start?.kind === 'cold' ? 'Processing' : 'First byte',
      ms: waited - queue - cold,
      note: pollNote(timing),
    },
    { kind: 'body', label: 'Download', ms: Math.max(0, timing.total - timing.firstByte), note: '' },
  ];
}

/** `2 long polls: 150 s, 12 s`. */
export function pollNote({ polls, pollTimes = [] }: Timing): string {
  if (polls === 0) return '';
  const times = pollTimes.slice(0, 5).map((ms) => formatDuration(ms));
  const more = pollTimes.length > 5 ? ', …' : '';
  return `${plural(polls, 'long poll')}${times.length > 0 ? `: ${times.join(', ')}${more}` : ''}`;
}

/** Queue and cold start in a few words, for people and screen readers. */
export function startWords(start: CallStart | undefined): string {
  if (!start) return 'Queue and cold start: loading…';
  if (start.kind === 'warm') return 'Warm';
  if (start.kind === 'cold') return 'Cold start';
  return `Queue and cold start: unknown, ${start.reason}`;
}
