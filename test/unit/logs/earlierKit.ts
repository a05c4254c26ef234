import type { LogChunk } from '../../../src/domain/log.ts';
import type { FetchLogs } from '../../../src/features/logs/core/fetchLogs.ts';
import { batchOf, chunk } from './support.ts';

export const hour = 3_600_000;

/** A server of earlier logs that gives the newest of what was asked for. */
export const earlier =
  (chunks: readonly LogChunk[], most = 20_000): FetchLogs =>
  (_query, { since, until }, limit) => {
    const found = chunks.filter(({ time }) => time >= since && time < until);
    return Promise.resolve([{ ...batchOf('', ...found.slice(-Math.min(limit, most))), keptDays: 30 }]);
  };

/** As before, but the newest entries and every third one are lines of a build, which are no chunks. */
export function withBuilds(chunks: readonly LogChunk[], newest: number): FetchLogs {
  const build = (time: number) => chunk('build', { time });
  const all = [
    ...chunks.flatMap((each, at) => (at % 3 ? [each] : [build(each.time), each])),
    ...Array.from({ length: newest }, (_, at) => build(10 * hour + 1000 + at)),
  ];
  return async (...call) => {
    const [found] = await earlier(all)(...call);
    const isBuild = ({ text }: LogChunk) => text === 'build';
    const builds = found!.chunks.filter(isBuild);
    return [
      {
        ...batchOf('', ...found!.chunks.filter((each) => !isBuild(each))),
        ...(builds[0] ? { leftOut: { count: builds.length, oldest: builds[0].time } } : {}),
      },
    ];
  };
}

export const numbered = (count: number, perMillisecond = 5) =>
  Array.from({ length: count }, (_, at) => {
    const time = 10 * hour + Math.floor(at / perMillisecond);
    return chunk(`${at}\n`, { time, stamp: String(time * 1e6 + at) });
  });
