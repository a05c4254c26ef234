/** A scripted server of logs, and a follower of it. */
import { ModalError } from '../../../src/domain/errors.ts';
import type { LogChunk } from '../../../src/domain/log.ts';
import type { LogEntry, MarkEntry } from '../../../src/domain/logEntry.ts';
import { EntryBuilder, EntryList, notInTime } from '../../../src/features/logs/core/entryBuilder.ts';
import type { FollowerOptions, FollowState, OpenStream } from '../../../src/features/logs/core/follower.ts';
import { LogFollower } from '../../../src/features/logs/core/follower.ts';
import { batchOf, chunk, done } from './support.ts';

/** Ways in which servers treat a place to resume at. */
export type Resume = 'resumes' | 'repeats' | 'refuses' | 'forgetful' | 'fromNow' | 'staleIds' | 'someIds';

interface ServerOptions {
  readonly resume?: Resume;
  /** After how many batches each stream is cut. */
  readonly breaks?: readonly number[];
  /** Chunks in one batch, in turn, each time they are sent. */
  readonly sizes?: readonly number[];
  /** The app goes on while a stream is being opened: so many more chunks are there then. */
  readonly grows?: number;
}

/** A server that holds chunks, ends its app after the last, and breaks its streams where it is told to. */
export function server(chunks: readonly LogChunk[], options: ServerOptions = {}) {
  const { resume = 'resumes', sizes = [1], grows = 3 } = options;
  const left = [...(options.breaks ?? [])];
  const asked: string[] = [];
  let sent = 0;
  let there = grows;
  const placeOf = (id: string) => {
    if (resume === 'refuses' && id) throw new ModalError('invalid', 'no such entry');
    if (resume === 'repeats' || (resume === 'refuses' && !id)) return 0;
    if (resume === 'fromNow' || resume === 'forgetful')
      return asked.length === 1 ? 0 : resume === 'forgetful' ? 0 : Math.min(there, chunks.length);
    return id ? Number(id) : 0;
  };
  const idOf = (end: number, size: number) => {
    if (resume === 'forgetful' || resume === 'fromNow') return '';
    if (resume === 'staleIds' && end % 2) return String(end - size);
    return resume === 'someIds' && end % 3 ? '' : String(end);
  };
  const open: OpenStream = async function* (_query, lastEntryId) {
    asked.push(lastEntryId);
    const stop = left.shift();
    there = Math.max(there, sent) + grows;
    let batches = 0;
    for (let at = placeOf(lastEntryId); at < chunks.length;) {
      if (batches++ === stop) throw new ModalError('offline', 'cut');
      const size = Math.min(sizes[sent % sizes.length] ?? 1, chunks.length - at);
      yield batchOf(idOf(at + size, size), ...chunks.slice(at, at + size));
      at += size;
      sent = Math.max(sent, at);
      await Promise.resolve();
    }
    if (stop !== undefined && stop > batches) throw new ModalError('offline', 'cut');
    yield done;
  };
  const fetch: FollowerOptions['fetch'] = (_query, { since, until }, limit) => {
    const held = chunks.slice(0, there).filter(({ time }) => time >= since && time < until);
    return Promise.resolve([batchOf('', ...held.slice(-limit))]);
  };
  return { open, fetch, asked };
}

/** Chunks of three containers, of which many share a millisecond, none a nanosecond. */
export const chunksOf = (texts: readonly string[]) =>
  texts.map((text, at) =>
    chunk(text || '\n', {
      containerId: `ta-${at % 3}`,
      time: 1_000_000 + Math.floor(at / 4),
      stamp: String(1_000_000_000_000 + at),
    }),
  );

/** Follows a server to its end, without waiting and by a clock that stands unless another is given. */
export async function follow(options: Partial<FollowerOptions> & Pick<FollowerOptions, 'open'>) {
  const list = new EntryList();
  const builder = new EntryBuilder(list, notInTime);
  const chunks: LogChunk[] = [];
  const states: FollowState[] = [];
  const pauses: number[] = [];
  const follower = new LogFollower({
    query: { appId: 'ap-1' },
    sink: {
      push: (each) => {
        chunks.push(each);
        builder.push(each);
      },
      mark: (mark) => builder.mark(mark),
      flush: () => builder.flush(),
    },
    onState: (state) => states.push(state),
    now: () => 1_000_100,
    random: () => 0,
    sleep: (milliseconds) => Promise.resolve(void pauses.push(milliseconds)),
    ...options,
  });
  await follower.run();
  const entries: readonly LogEntry[] = list.entries;
  const marks = entries.filter((entry): entry is MarkEntry => entry.kind === 'mark');
  return {
    entries,
    chunks,
    states,
    pauses,
    marks,
    lines: entries.flatMap((entry) => (entry.kind === 'line' ? entry.text : [])),
  };
}
