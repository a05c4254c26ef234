import type { LogBatch, LogChunk } from '../domain/log.ts';
import type { Rpc } from './rpc.ts';
import { containerPhaseOf, logSourceOf } from './wire.ts';

type StreamElement<T> = T extends AsyncIterable<infer Element> ? Element : never;
type WireBatch = StreamElement<ReturnType<Rpc['appGetLogs']>>;

/** One stream message in our words. An item carries a state, progress or text, told apart in that order. */
export function toLogBatch(batch: WireBatch): LogBatch {
  const chunks: LogChunk[] = [];
  if (!batch.imageId) for (const item of batch.items) addChunk(chunks, batch, item);
  const { entryId, appDone, ttlDays } = batch;
  const count = batch.items.length - chunks.length;
  return {
    entryId,
    chunks,
    appDone,
    ...(count > 0 ? { leftOut: { count, oldest: Math.min(...batch.items.map(millisecondOf)) } } : {}),
    ...(ttlDays > 0 ? { keptDays: ttlDays } : {}),
  };
}

function addChunk(chunks: LogChunk[], batch: WireBatch, item: WireBatch['items'][number]): void {
  const phase = containerPhaseOf(item.taskState);
  const progress = phase === undefined ? item.taskProgress : undefined;
  if (phase === undefined && progress === undefined && !item.data) return;
  chunks.push({
    entryId: batch.entryId,
    time: millisecondOf(item),
    stamp: item.timestampNs === '0' ? String(item.timestamp) : item.timestampNs,
    source: logSourceOf(item.fileDescriptor),
    text: phase === undefined && progress === undefined ? item.data : '',
    containerId: item.containerId || batch.taskId,
    functionId: batch.rootFunctionId || batch.functionId,
    callId: item.functionCallId,
    ...(phase === undefined ? undefined : { phase }),
    ...(progress === undefined
      ? undefined
      : { progress: { done: progress.pos, total: progress.len, description: progress.description } }),
  });
}

/** The millisecond that it lies in, never the nearest one: ranges of the past begin and end at whole ones. */
function millisecondOf({ timestamp, timestampNs }: WireBatch['items'][number]): number {
  return timestampNs === '0' ? Math.floor(timestamp * 1000 + 0.001) : Number(timestampNs.slice(0, -6));
}
