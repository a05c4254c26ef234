import type { LogBatch, LogChunk } from '../domain/log.ts';
import type { Rpc } from './rpc.ts';
import { containerPhaseOf, logSourceOf } from './wire.ts';

type StreamElement<T> = T extends AsyncIterable<infer Element> ? Element : never;
type WireBatch = StreamElement<ReturnType<Rpc['appGetLogs']>>;

/** One stream message in our words. An item carries a state, progress or text, told apart in that order. */
export function toLogBatch(batch: WireBatch): LogBatch {
  const chunks = batch.imageId ? [] : batch.items.flatMap((item) => toChunk(batch, item));
  return { entryId: batch.entryId, chunks, appDone: batch.appDone };
}

function toChunk(batch: WireBatch, item: WireBatch['items'][number]): LogChunk | [] {
  const phase = containerPhaseOf(item.taskState);
  if (phase === undefined && (item.taskProgress !== undefined || !item.data)) return [];
  return {
    entryId: batch.entryId,
    time: Math.round(item.timestamp * 1000),
    source: logSourceOf(item.fileDescriptor),
    text: phase === undefined ? item.data : '',
    containerId: item.containerId || batch.taskId,
    functionId: batch.rootFunctionId || batch.functionId,
    callId: item.functionCallId,
    ...(phase === undefined ? {} : { phase }),
  };
}
