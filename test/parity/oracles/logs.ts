import type {
  LogBatch,
  LogChunk,
  LogCount,
  LogQuery,
  PastQuery,
  TimeRange,
} from '../../../src/domain/log.ts';
import type { ControlPlane } from '../../../src/modal/controlPlane.ts';
import type { Scene } from '../scene.ts';
import { by, keyed, nobody, view } from '../witness.ts';

/** An entry as the SDK has it. */
interface Entry {
  readonly text: string;
  /** Microseconds: what is finer is lost in Python. */
  readonly micros: number;
  readonly source: LogChunk['source'];
  readonly function: string;
  readonly call: string;
  readonly container: string;
}

const entryFields = {
  entryId: nobody('Only the server reads it; a stream that is resumed shows that it is right.'),
  // The millisecond that it lies in.
  time: by<number, Entry>(
    'Python SDK',
    ({ micros }) => micros / 1000,
    (ours, theirs) => ours - 0.001 <= theirs && theirs < ours + 1.001,
  ),
  stamp: by<string | undefined, Entry>(
    'Python SDK',
    ({ micros }) => String(micros),
    (ours, theirs) => /^\d+$/.test(ours) && Math.abs(Number(BigInt(ours) - BigInt(theirs) * 1000n)) < 1000,
  ),
  text: by<string, Entry>('Python SDK', ({ text }) => text),
  source: by<LogChunk['source'], Entry>('Python SDK', ({ source }) => source),
  containerId: by<string, Entry>('Python SDK', ({ container }) => container),
  functionId: by<string, Entry>('Python SDK', (entry) => entry.function),
  callId: by<string, Entry>('Python SDK', ({ call }) => call),
  phase: by<LogChunk['phase'], Entry>('scene', () => undefined),
  progress: by<LogChunk['progress'], Entry>('scene', () => undefined),
};

const limit = 1000;

type Choice = (entry: Entry) => boolean;

/** What is asked of the past, with the entries that should come. */
function queries({ apps, functions, containers, callId }: Scene): (readonly [string, PastQuery, Choice])[] {
  const appId = apps.rich;
  const functionId = functions['ranked'] ?? '';
  return [
    ['all', { appId }, () => true],
    ['errors', { appId, source: 'stderr' }, ({ source }) => source === 'stderr'],
    ['output', { appId, source: 'stdout' }, ({ source }) => source === 'stdout'],
    ['system', { appId, source: 'system' }, ({ source }) => source === 'system'],
    ['function', { appId, functionId }, (entry) => entry.function === functionId],
    [
      'container',
      { appId, containerId: containers.crashed },
      (entry) => entry.container === containers.crashed,
    ],
    ['call', { appId, callId }, (entry) => entry.call === callId],
  ];
}

function theirEntries({ official, apps: { rich }, since, until }: Scene): Promise<Entry[]> {
  return official.ask('logs', { app_id: rich, since: since / 1000, until: until / 1000 });
}

/** By their texts, and which of equal ones they are: with one of them missing, the others still have their partners. */
function byText<T extends { readonly text: string }>(all: readonly T[], name = ''): (readonly [string, T])[] {
  const seen = new Map<string, number>();
  return all.map((each) => {
    const before = seen.get(each.text) ?? 0;
    seen.set(each.text, before + 1);
    return [`${name} ${each.text} ${before}`, each];
  });
}

export const past = view<LogChunk, Entry>({
  name: 'logs of a range',
  ours: async (plane, scene) => {
    const { since, until } = scene;
    const found = queries(scene).map(async ([name, query]) => {
      const batches = await plane.fetchLogs(query, { since, until }, limit);
      return [name, batches.flatMap(({ chunks }) => chunks)] as const;
    });
    return new Map((await Promise.all(found)).flatMap(([name, chunks]) => byText(chunks, name)));
  },
  theirs: async (scene) => {
    const entries = await theirEntries(scene);
    return new Map(queries(scene).flatMap(([name, , choice]) => byText(entries.filter(choice), name)));
  },
  fields: entryFields,
});

type Whole = Pick<LogBatch, 'appDone' | 'leftOut' | 'keptDays'> & { readonly texts: readonly string[] };

export const pastAsWhole = view<Whole, readonly Entry[]>({
  name: 'a range as a whole',
  ours: async (plane, scene) => {
    const { since, until } = scene;
    const found = queries(scene).map(async ([name, query]) => {
      const batches = await plane.fetchLogs(query, { since, until }, limit);
      const [leftOut] = batches.flatMap((batch) => batch.leftOut ?? []);
      const whole = {
        appDone: batches.some(({ appDone }) => appDone),
        texts: batches.flatMap(({ chunks }) => chunks.map(({ text }) => text)),
        ...(leftOut ? { leftOut } : {}),
      };
      return [name, whole] as const;
    });
    return new Map<string, Whole>(await Promise.all(found));
  },
  theirs: async (scene) => {
    const entries = await theirEntries(scene);
    return new Map(queries(scene).map(([name, , choice]) => [name, entries.filter(choice)]));
  },
  fields: {
    appDone: by('scene', () => false),
    // Also their order.
    texts: by('Python SDK', (entries) => entries.map(({ text }) => text)),
    leftOut: by('Python SDK', () => undefined),
    keptDays: nobody('No official client shows for how long a log is kept.'),
  },
});

/** A count, as the SDK's entries add up to it. */
interface TheirCount {
  readonly since: number;
  readonly stdout: number;
  readonly stderr: number;
  readonly system: number;
}

const bucketSeconds = 2;

/** The span in which something was logged, in whole buckets. */
async function loggedSpan(scene: Scene): Promise<TimeRange> {
  const times = (await theirEntries(scene)).map(({ micros }) => micros / 1000);
  const width = bucketSeconds * 1000;
  const [since, until] = [Math.min(...times), Math.max(...times)].map(
    (time) => Math.floor(time / width) * width,
  );
  return { since: since ?? 0, until: (until ?? 0) + width };
}

export const counts = view<LogCount, TheirCount>({
  name: 'log counts',
  ours: async (plane, scene) => {
    const found = await plane.countLogs({ appId: scene.apps.rich }, await loggedSpan(scene), bucketSeconds);
    // Empty ones may be left out.
    const filled = found.filter(({ stdout, stderr, system }) => stdout + stderr + system > 0);
    return keyed(filled, (count) => String(count.since));
  },
  theirs: async ({ official, apps: { rich }, since, until }) => {
    const found = await official.ask<TheirCount[]>('counts', {
      ...{ app_id: rich, since: since / 1000, until: until / 1000, bucket: bucketSeconds },
    });
    return keyed(found, (count) => String(count.since * 1000));
  },
  fields: {
    since: by('Python SDK', (count) => count.since * 1000),
    until: by('Python SDK', (count) => (count.since + bucketSeconds) * 1000),
    stdout: by('Python SDK', ({ stdout }) => stdout),
    stderr: by('Python SDK', ({ stderr }) => stderr),
    system: by('Python SDK', ({ system }) => system),
  },
});

async function followed(plane: ControlPlane, query: LogQuery, from = ''): Promise<LogBatch[]> {
  const batches: LogBatch[] = [];
  for await (const batch of plane.streamLogs(query, from, 5)) {
    batches.push(batch);
    if (batch.appDone) break;
  }
  return batches;
}

const texts = (batches: readonly LogBatch[]) =>
  batches.flatMap(({ chunks }) => chunks.filter(({ text }) => text !== ''));

export const followedEntries = view<LogChunk, Entry>({
  name: 'a log that is followed',
  ours: async (plane, { apps: { ended } }) => new Map(byText(texts(await followed(plane, { appId: ended })))),
  theirs: async ({ official, apps: { ended } }) =>
    new Map(byText(await official.ask<Entry[]>('stream', { app_id: ended }))),
  fields: entryFields,
});

/** Our words for the states of a container. */
const phases: Readonly<Record<string, LogChunk['phase']>> = {
  TASK_STATE_CREATED: 'queued',
  TASK_STATE_QUEUED: 'queued',
  TASK_STATE_WORKER_ASSIGNED: 'loading',
  TASK_STATE_LOADING_IMAGE: 'loading',
  TASK_STATE_CREATING_CONTAINER: 'creating',
  TASK_STATE_ACTIVE: 'running',
  TASK_STATE_IDLE: 'idle',
  TASK_STATE_COMPLETED: 'finished',
};

interface TheirState {
  readonly state: string;
  readonly source: string;
  readonly container: string;
  readonly function: string;
  readonly nanos: string;
}

const sources: Readonly<Record<string, LogChunk['source']>> = {
  FILE_DESCRIPTOR_STDOUT: 'stdout',
  FILE_DESCRIPTOR_STDERR: 'stderr',
};

export const followedStates = view<
  Pick<LogChunk, 'phase' | 'source' | 'containerId' | 'functionId' | 'time' | 'stamp'>,
  TheirState
>({
  name: 'states of containers in a log',
  ours: async (plane, { apps: { ended } }) => {
    const batches = await followed(plane, { appId: ended });
    return keyed(
      batches.flatMap(({ chunks }) => chunks.filter(({ phase }) => phase !== undefined)),
      ({ stamp }) => stamp ?? '',
    );
  },
  theirs: async ({ official, apps: { ended } }) =>
    keyed(await official.ask<TheirState[]>('states', { app_id: ended }), ({ nanos }) => nanos),
  fields: {
    phase: by('message', ({ state }) => phases[state]),
    source: by('message', ({ source }) => sources[source] ?? 'system'),
    containerId: by('message', ({ container }) => container),
    functionId: by('message', (state) => state.function),
    time: by('message', ({ nanos }) => Math.floor(Number(nanos.slice(0, -6)))),
    stamp: by('message', ({ nanos }) => nanos),
  },
});

interface Resumed {
  readonly texts: readonly string[];
  /** What came behind, in full. */
  readonly rest: readonly Partial<LogChunk>[];
  readonly ends: boolean;
}

const inFull = (batches: readonly LogBatch[]) =>
  batches.flatMap(({ chunks }) => chunks.map((chunk) => ({ ...chunk, entryId: '' })));

/** Where a stream can be resumed: behind whichever batch, the others come, and the end. */
export const resumed = view<
  Resumed,
  { readonly entries: readonly Entry[]; readonly rest: readonly LogBatch[] }
>({
  name: 'a log that is resumed',
  ours: async (plane, { apps: { ended } }) => {
    const whole = await followed(plane, { appId: ended });
    const places = whole.slice(0, -1).map(({ entryId }, at) => [entryId, at + 1] as const);
    const found = [['', 0] as const, ...places].map(async ([entryId, at]) => {
      const rest = at === 0 ? whole : await followed(plane, { appId: ended }, entryId);
      const seen = texts([...whole.slice(0, at), ...rest]).map(({ text }) => text);
      const ends = rest.some(({ appDone }) => appDone);
      return [String(at), { texts: seen, rest: inFull(rest), ends }] as const;
    });
    return new Map<string, Resumed>(await Promise.all(found));
  },
  theirs: async ({ official, apps: { ended }, plane }) => {
    const entries = await official.ask<Entry[]>('stream', { app_id: ended });
    const whole = await followed(plane, { appId: ended });
    return new Map(whole.map((_, at) => [String(at), { entries, rest: whole.slice(at) }]));
  },
  fields: {
    texts: by('Python SDK', ({ entries }) => entries.map(({ text }) => text)),
    // The same log from its beginning, whose entries and states are compared above.
    rest: by('scene', ({ rest }) => inFull(rest)),
    ends: by('Python SDK', () => true),
  },
});
