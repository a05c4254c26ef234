import type { LogBatch, LogChunk, LogCount, PastQuery, TimeRange } from '../domain/log.ts';
import type { FieldChecks } from './fieldChecks.ts';
import { longest } from './fieldChecks.ts';
import type { Rpc } from './rpc.ts';
import { containerPhases, descriptorOf, logSources } from './wire.ts';

type StreamElement<T> = T extends AsyncIterable<infer Element> ? Element : never;
type WireBatch = StreamElement<ReturnType<Rpc['appGetLogs']>>;
type WireItem = WireBatch['items'][number];
type WireBucket = Awaited<ReturnType<Rpc['appCountLogs']>>['buckets'][number];

/** Nothing is kept for longer. */
const mostDays = 36_500;

/** One stream message in our words. An item carries a state, progress or text, told apart in that order. */
export function toLogBatch(batch: WireBatch, checks: FieldChecks): LogBatch {
  const entryId = checks.entryId('a position in a log', batch.entryId);
  const times = batch.items.map((item) => checks.moment('the time of a log entry', millisecondOf(item)));
  const image = checks.id('the image of a log', 'image', batch.imageId);
  const chunks = image
    ? []
    : batch.items.flatMap((item, at) => toChunk(batch, item, entryId, times[at], checks) ?? []);
  const keptDays = checks.count('how long a log is kept', batch.ttlDays, mostDays);
  const count = batch.items.length - chunks.length;
  // As a loop: a message may have more items than a call can have arguments.
  const oldest = times.reduce<number>((least, time) => Math.min(least, time ?? least), Infinity);
  return {
    entryId,
    chunks,
    appDone: checks.flag('the end of a log', batch.appDone) ?? false,
    ...(count > 0 && oldest < Infinity ? { leftOut: { count, oldest } } : {}),
    ...(keptDays ? { keptDays } : {}),
  };
}

function toChunk(
  batch: WireBatch,
  item: WireItem,
  entryId: string,
  time: number | undefined,
  checks: FieldChecks,
): LogChunk | undefined {
  const phase = checks.word('the state of a container', containerPhases, item.taskState);
  const progress = phase === undefined ? progressOf(item, checks) : undefined;
  const text = checks.text('the text of a log entry', item.data);
  if (time === undefined || (phase === undefined && progress === undefined && !text)) return undefined;
  return {
    entryId,
    time,
    stamp: stampOf(item, checks),
    // As Modal's own clients have it: what is neither of the two streams comes from the system.
    source: checks.word('the stream of a log entry', logSources, item.fileDescriptor) ?? 'system',
    text: phase === undefined && progress === undefined ? text : '',
    containerId:
      checks.id('the container of a log entry', 'container', item.containerId || batch.taskId) ?? '',
    functionId:
      checks.id('the function of a log entry', 'function', batch.rootFunctionId || batch.functionId) ?? '',
    callId: checks.id('the call of a log entry', 'functionCall', item.functionCallId) ?? '',
    ...(phase === undefined ? undefined : { phase }),
    ...(progress === undefined ? undefined : { progress }),
  };
}

function progressOf({ taskProgress }: WireItem, checks: FieldChecks): LogChunk['progress'] {
  if (!taskProgress) return undefined;
  const done = checks.count('the progress of a task', taskProgress.pos);
  const total = checks.count('the length of a task', taskProgress.len);
  if (done === undefined || total === undefined) return undefined;
  const description = checks.words('what a task does', taskProgress.description, longest.name);
  return { done, total, description };
}

function stampOf({ timestamp, timestampNs }: WireItem, checks: FieldChecks): string {
  if (isNanoseconds(timestampNs)) return timestampNs;
  // Servers that do not count in nanoseconds send 0.
  if (timestampNs !== '0') checks.noted('the nanoseconds of a log entry', timestampNs, undefined);
  return String(timestamp);
}

/** The millisecond that it lies in, never the nearest one: ranges of the past begin and end at whole ones. */
function millisecondOf({ timestamp, timestampNs }: WireItem): number {
  return isNanoseconds(timestampNs) ? Number(timestampNs.slice(0, -6)) : Math.floor(timestamp * 1000 + 0.001);
}

function isNanoseconds(text: unknown): boolean {
  return typeof text === 'string' && /^[1-9]\d{6,18}$/.test(text);
}

/** Buckets that cannot be used are left out, so that their entries are not known. */
export function toLogCounts(
  buckets: readonly WireBucket[],
  bucketSeconds: number,
  checks: FieldChecks,
): LogCount[] {
  return checks.list('numbers of log entries', buckets, (bucket) => {
    const since = checks.date('the time of a number of log entries', bucket.bucketStartAt);
    const [stdout, stderr, system] = [bucket.stdoutLogs, bucket.stderrLogs, bucket.systemLogs].map((value) =>
      checks.count('a number of log entries', value),
    );
    if (since === undefined || stdout === undefined || stderr === undefined || system === undefined)
      return undefined;
    return { since, until: since + bucketSeconds * 1000, stdout, stderr, system };
  });
}

/** How a span of the past is asked for. */
export function pastRequest(query: PastQuery, { since, until }: TimeRange) {
  return {
    appId: query.appId,
    functionId: query.functionId ?? '',
    functionCallId: query.callId ?? '',
    taskId: query.containerId ?? '',
    source: descriptorOf(query.source),
    since: new Date(since),
    until: new Date(until),
  };
}
