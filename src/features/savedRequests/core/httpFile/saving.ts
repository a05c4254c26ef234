import path from 'node:path';
import type { HttpFile, HttpRequest } from './model.ts';
import type { WrittenRequest } from './write.ts';

export interface BodyNames {
  /** Name of the `.http` file without ending: its bodies have a folder of their own. */
  readonly stem: string;
  readonly file: Pick<HttpFile, 'requests'>;
  /** Names of files that are in that folder. */
  readonly taken: readonly string[];
  /** The request that is replaced: its own body may be overwritten. */
  readonly old?: HttpRequest | undefined;
}

/** Names for bodies that are files, relative to the `.http` file; a body of another request is never taken. */
export function bodyNames({ stem, file, taken, old }: BodyNames): (name: string) => string {
  const folder = `bodies/${stem}/`;
  const others = new Set(file.requests.filter((each) => each !== old).flatMap(filesOf));
  const used = new Set(taken.map((name) => name.toLowerCase()));
  return (name) => {
    const { name: base, ext } = path.posix.parse(name);
    const own = old && filesOf(old).find((each) => each.startsWith(folder) && each.endsWith(ext));
    if (own !== undefined && !others.has(own)) return own;
    for (let count = 1; ; count++) {
      const free = `${base}${count === 1 ? '' : `_${count}`}${ext}`;
      if (!used.has(free.toLowerCase())) return `${folder}${free}`;
    }
  };
}

function filesOf({ body }: HttpRequest): string[] {
  return (body?.pieces ?? []).flatMap((piece) =>
    piece.kind === 'file' ? [path.posix.normalize(piece.path)] : [],
  );
}

/** Where a saved request goes. */
export interface SavePlace {
  /** @throws kind `conflict` when the file must not be written now */
  readonly check: () => Promise<void>;
  readonly writeBody: (name: string, bytes: Uint8Array) => Promise<void>;
  readonly writeText: (text: string) => Promise<void>;
}

/** Writes a request with its body. @throws as the check, with nothing changed */
export async function writeRequest({ text, bodyFile }: WrittenRequest, place: SavePlace): Promise<void> {
  await place.check();
  if (bodyFile) await place.writeBody(bodyFile.name, bodyFile.bytes);
  await place.writeText(text);
}
