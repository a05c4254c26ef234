import { randomUUID } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { ModalError, isCancelled, isModalError, toModalError } from '../../../domain/errors.ts';
import { privateFile, removeLeftovers } from '../../../shared/files/privateFiles.ts';
import type { DownloadOptions, DownloadResult } from './download.ts';
import { downloadLogs } from './download.ts';
import { ownValue } from '../../../shared/ownValue.ts';

const partEnd = /^[0-9a-f]{8}\.part$/;

/**
 * Downloads a range into a file. The text goes to a file beside it, which takes the name when it is whole: a download
 * that was cancelled or failed leaves the name as it was, and nothing else behind.
 * @param file absolute path; what is there is replaced
 * @throws ModalError; of kind `invalid` when the disk refuses
 */
export async function saveLogs(
  file: string,
  options: Omit<DownloadOptions, 'write'>,
): Promise<DownloadResult> {
  // A link stays a link: its target is replaced.
  const target = await realpath(file).catch(() => file);
  const folder = path.dirname(target);
  const begins = `.${path.basename(target)}.`;
  await removeLeftovers(folder, (name) => name.startsWith(begins) && partEnd.test(name.slice(begins.length)));
  const part = path.join(folder, `${begins}${randomUUID().slice(0, 8)}.part`);
  const handle = await open(part, 'wx', privateFile).catch((error: unknown) => {
    throw diskError(error, file);
  });
  try {
    const result = await downloadLogs({ ...options, write: (text) => append(handle, text, file) });
    await finish(handle, part, target, file);
    return result;
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(part, { force: true }).catch(() => undefined);
    throw toModalError(error);
  }
}

async function append(handle: FileHandle, text: string, file: string): Promise<void> {
  try {
    await handle.appendFile(text);
  } catch (error) {
    throw diskError(error, file);
  }
}

async function finish(handle: FileHandle, part: string, target: string, file: string): Promise<void> {
  try {
    // What is replaced stays readable for whom it was.
    const before = await stat(target).catch(() => undefined);
    if (before) await handle.chmod(before.mode & 0o777);
    await handle.sync();
    await handle.close();
    await rename(part, target);
  } catch (error) {
    throw diskError(error, file);
  }
}

const causes: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full. Free some space, or choose another folder.',
  EDQUOT: 'Your quota of this disk is used up. Free some space, or choose another folder.',
  EACCES: 'You may not write there. Choose another folder.',
  EPERM: 'You may not write there. Choose another folder.',
  EROFS: 'That disk is read-only. Choose another folder.',
  EISDIR: 'There is a folder of that name. Choose another name.',
  ENOENT: 'The folder is gone. Choose another one.',
  ENAMETOOLONG: 'The name is too long. Choose a shorter one.',
};

/** The cause in words, with what to do; cancellation passes. */
export function diskError(error: unknown, file: string): unknown {
  if (isModalError(error) || isCancelled(error)) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  const cause = ownValue(causes, code) ?? `${message}. Choose another folder.`;
  return new ModalError('invalid', `${path.basename(file)} cannot be written. ${cause}`, { cause: error });
}
