import type { FileTarget } from '../core/draftFiles.ts';
import { filePlace } from '../core/draftFiles.ts';
import { ModalError } from '../../../domain/errors.ts';
import { parseJson, valueAt } from '../../../shared/json/jsonText.ts';
import type { JsonNode, JsonPath } from '../../../shared/json/jsonText.ts';
import { initialBody } from '../../../domain/operationDraft.ts';
import type { FileReference, RequestDraft } from '../../../domain/requestDraft.ts';
import { switchBody } from '../../../domain/requestDraft.ts';
import type { RequestSession } from './requestSession.ts';

export interface FilePlace {
  /** The draft, with the kind of body that takes the file. */
  readonly draft: RequestDraft;
  readonly place: FileTarget;
}

/**
 * Where the open request takes a file: where the user dropped it, in place of a file that is there, where the schema
 * says, or in a part that is added to a multipart body.
 * @throws kind `invalid` when it has no such place
 */
export function fileTargetFor(
  { draft, operation }: RequestSession,
  file: FileReference,
  dropped?: FileTarget,
): FilePlace {
  if (dropped) return { draft, place: dropped };
  const there = placeOfFile(draft);
  if (there) return { draft, place: there };
  const known = operation && filePlace(operation);
  const body = operation?.bodies.find(({ type }) => type === known?.type);
  if (known && body) return { draft: switchBody(draft, initialBody(body)), place: known.target };
  if (draft.body.kind === 'multipart') return { draft, place: { kind: 'part', name: 'file' } };
  if (!operation && draft.method === 'GET' && draft.path === '/') {
    const body = { kind: 'multipart', parts: [] } as const;
    return { draft: switchBody({ ...draft, method: 'POST' }, body), place: { kind: 'part', name: 'file' } };
  }
  throw new ModalError(
    'invalid',
    `This request has no field for ${file.name}. Select an operation that accepts a file, or a multipart body.`,
  );
}

/** The place of the first file of a draft. */
export function placeOfFile({ body }: RequestDraft): FileTarget | undefined {
  if (body.kind === 'multipart') {
    const part = body.parts.find(({ text }) => text === undefined);
    return part && { kind: 'part', name: part.name };
  }
  if (body.kind !== 'text' || body.files.length === 0) return undefined;
  const parsed = parseJson(body.text);
  if (!parsed.ok) return undefined;
  const notes = new Set(body.files.map(({ note }) => note));
  const path = pathOf(parsed.root, (at) => notes.has(String(valueAt(parsed.value, at))));
  return path && { kind: 'json', path };
}

function pathOf(
  node: JsonNode,
  isIt: (path: JsonPath) => boolean,
  path: JsonPath = [],
): JsonPath | undefined {
  if (node.kind === 'string') return isIt(path) ? path : undefined;
  const below = [
    ...node.members.map(({ name, value }) => [name, value] as const),
    ...node.items.map((item, at) => [at, item] as const),
  ];
  for (const [step, child] of below) {
    const found = pathOf(child, isIt, [...path, step]);
    if (found) return found;
  }
  return undefined;
}
