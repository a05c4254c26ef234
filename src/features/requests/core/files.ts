import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ModalError } from '../../../domain/errors.ts';
import type { FileReference, RequestDraft } from '../../../domain/requestDraft.ts';
import { filesOf } from '../../../domain/requestDraft.ts';

const largestMb = 50;

/** A file of a draft as it is now. */
export interface FileState {
  /** Bytes; 0 where it cannot be used. */
  readonly size: number;
  /** Why it cannot be sent, as one sentence; '' when it can. */
  readonly problem: string;
}

/** Looks at a file without reading it. Never throws. */
export async function fileState({ uri, name }: FileReference): Promise<FileState> {
  const path = pathOf(uri);
  if (path === undefined) return refused(`${name} isn't a file on this computer. Save a local copy first.`);
  try {
    const facts = await stat(path);
    if (facts.isDirectory()) return refused(`${name} is a folder. Select a file.`);
    if (facts.size > largestMb * 1024 * 1024)
      return refused(`${name} is larger than ${largestMb} MB. Select a smaller file.`);
    return { size: facts.size, problem: '' };
  } catch {
    return refused(`${name} is no longer at ${path}. Select it again.`);
  }
}

/** The files of a draft by their address. */
export async function fileStates(draft: RequestDraft): Promise<Record<string, FileState>> {
  const files = filesOf(draft);
  const states = await Promise.all(files.map(fileState));
  return Object.fromEntries(files.map(({ uri }, at) => [uri, states[at] ?? refused('')]));
}

/** @throws kind `invalid` when the file cannot be sent */
export async function usablePath(file: FileReference): Promise<string> {
  const { problem } = await fileState(file);
  const path = pathOf(file.uri);
  if (problem || path === undefined) throw new ModalError('invalid', problem);
  return path;
}

function refused(problem: string): FileState {
  return { size: 0, problem };
}

function pathOf(uri: string): string | undefined {
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined;
  }
}
