import type * as vscode from 'vscode';
import { filePlace } from '../core/draftFiles.ts';
import { extensionOf } from '../../../shared/mediaType.ts';
import { plain, text } from '../../../shared/text.ts';
import { sampleFiles } from '../core/sample.ts';
import { fileReference } from './chooseFile.ts';
import { fileTargetFor } from './fileTargetFor.ts';
import type { RequestSession } from './requestSession.ts';
import { byHand, operationEntry, sampleEntry } from './requestSession.ts';
import { showPick } from '../../../editor/shown/inputs.ts';

/**
 * Which request of an endpoint takes a file: the open one, a sample that sends one of the same kind, or an operation
 * with a field for it; the user chooses among several.
 * @returns undefined when the user left
 */
export async function entryForFile(session: RequestSession, uri: vscode.Uri): Promise<string | undefined> {
  if (session.entry !== byHand && takesFile(session, uri)) return session.entry;
  const sample = await sampleFor(session, uri);
  if (sample !== undefined) return sample;
  const operations = session.operations.filter(({ id }) => {
    const details = session.details(id);
    return details !== undefined && filePlace(details) !== undefined;
  });
  const [first, ...others] = operations;
  if (!first || others.length === 0) return first ? operationEntry(first) : byHand;
  const chosen = await showPick(
    operations.map((operation) => ({
      label: plain(operation.id),
      description: plain(operation.title),
      operation,
    })),
    {
      title: text`Send ${fileReference(uri).name}`,
      placeHolder: text`Select a request for the file`,
    },
  );
  return chosen && operationEntry(chosen.operation);
}

function takesFile(session: RequestSession, uri: vscode.Uri): boolean {
  try {
    return Boolean(fileTargetFor(session, fileReference(uri)));
  } catch {
    return false;
  }
}

/** A sample that sends a file of the same kind, else one that sends any. */
async function sampleFor({ samples, bundled }: RequestSession, uri: vscode.Uri): Promise<string | undefined> {
  if (!bundled) return undefined;
  const extension = extensionOf(uri.path);
  let any: string | undefined;
  for (const sample of samples) {
    const names = await sampleFiles(bundled, sample).catch(() => []);
    if (names.some((name) => extensionOf(name) === extension)) return sampleEntry(sample);
    if (names.length > 0) any ??= sampleEntry(sample);
  }
  return any;
}
