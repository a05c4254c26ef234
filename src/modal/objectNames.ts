import type { ObjectKind } from '../domain/objectKind.ts';
import type { CallOptions } from './callOptions.ts';
import type { FieldChecks } from './fieldChecks.ts';
import type { Rpc } from './rpc.ts';

export interface ObjectNames {
  /** The newest first. */
  readonly names: string[];
  /** There are older ones that were not read, or nobody can tell. */
  readonly more: boolean;
}

/** One object of a list; what else there is of it is not looked at. */
interface NamedItem {
  readonly name: string;
  /** Unix seconds. */
  readonly createdAt: number;
}

interface Page {
  readonly maxObjects: number;
  readonly createdBefore: number;
}

export type ReadNames = (page: Page) => Promise<readonly NamedItem[]>;

interface ListRequest {
  readonly environmentName: string;
  readonly pagination: Page;
}

type List = (rpc: Rpc, request: ListRequest, options: CallOptions) => Promise<readonly NamedItem[]>;

/** Secrets and volumes have a label where the others have a name. */
const labelled = (items: readonly { readonly label: string; readonly createdAt: number }[]): NamedItem[] =>
  items.map(({ label, createdAt }) => ({ name: label, createdAt }));

export const listObjects: Readonly<Record<ObjectKind, List>> = {
  secret: async (rpc, request, options) => labelled((await rpc.secretList(request, options)).items),
  volume: async (rpc, request, options) => labelled((await rpc.volumeList(request, options)).items),
  dict: async (rpc, request, options) => (await rpc.dictList(request, options)).dicts,
  // To count what is in a queue is costly for the server.
  queue: async (rpc, request, options) =>
    (await rpc.queueList({ ...request, totalSizeLimit: 1 }, options)).queues,
};

/** As many as the official clients ask for at once. */
const pageSize = 100;

/** Reads page after page, each of which begins where the one before has ended. @param mostPages calls that it may take */
export async function readObjectNames(
  read: ReadNames,
  mostPages: number,
  checks: FieldChecks,
): Promise<ObjectNames> {
  const names = new Set<string>();
  let before = Date.now() / 1000 + 3600; // clocks differ
  for (let page = 0; page < mostPages; page++) {
    const items = await read({ maxObjects: pageSize, createdBefore: before });
    for (const name of checks.list('objects', items, ({ name: each }) => nameOf(each, checks)))
      names.add(name);
    const last: unknown = items.at(-1)?.createdAt;
    if (items.length < pageSize) return { names: [...names], more: false };
    // A server that ignores the moment, or sends none, would be asked for the same page again and again.
    if (typeof last !== 'number' || !(last > 0 && last < before)) break;
    before = last;
  }
  return { names: [...names], more: true };
}

const nameOf = (name: unknown, checks: FieldChecks) =>
  checks.objectName('the name of an object', name) || undefined;
