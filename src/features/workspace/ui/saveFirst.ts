import type * as vscode from 'vscode';
import { ModalError } from '../../../domain/errors.ts';

/**
 * Saves what is not saved, because the CLI reads the file.
 * @param name of the file, for the message
 * @throws `invalid` when it could not be saved: the code before the changes would be run
 */
export async function saveFirst(
  document: Pick<vscode.TextDocument, 'isDirty' | 'save'> | undefined,
  name: string,
): Promise<void> {
  if (!document) return;
  const isClean = () => !document.isDirty;
  // Where the editor's own save comes first, there is nothing left to save, which it tells as a failure.
  if (isClean() || (await document.save()) || isClean()) return;
  throw new ModalError(
    'invalid',
    `Couldn't save ${name}, and the Modal CLI would use the old code. Save it, then try again.`,
  );
}
