import type * as vscode from 'vscode';
import type { SavedRequest } from '../../../domain/savedRequest.ts';
import { savedRequestsOf } from '../core/httpFile/savedRequests.ts';
import type { HttpFiles } from './httpFiles.ts';
import { readHttpFile } from './httpFiles.ts';

/** The requests of those files with an address that is known. */
export async function readSavedRequests(
  files: HttpFiles,
  uris: readonly vscode.Uri[],
): Promise<SavedRequest[]> {
  return (await Promise.all(uris.map((uri) => requestsOf(files, uri)))).flat();
}

/** A file that cannot be read has none; the editor says why where it is opened. */
async function requestsOf(files: HttpFiles, uri: vscode.Uri): Promise<SavedRequest[]> {
  try {
    const file = await readHttpFile(uri);
    const variables = await files.variables(uri, file);
    return savedRequestsOf(file, uri.toString(), (text) => variables.fill(text).text);
  } catch {
    return [];
  }
}
