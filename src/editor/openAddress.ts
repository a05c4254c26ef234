import * as vscode from 'vscode';
import { ModalError } from '../domain/errors.ts';
import { oneLine } from '../shared/plainText.ts';
import { webAddress } from '../shared/webAddress.ts';

/**
 * Opens an address in the user's browser; in a remote window the editor makes one of this machine reachable there. The
 * only place that does: lint sees to it.
 * @throws kind `invalid` for anything but HTTPS, and HTTP on this machine
 */
export async function openAddress(address: string): Promise<void> {
  await vscode.env.openExternal(addressUri(address));
}

/** The address as `openAddress` opens it, to be copied. @throws as `openAddress` does */
export async function externalAddress(address: string): Promise<string> {
  const external = await vscode.env.asExternalUri(addressUri(address));
  return external.toString(true);
}

/** Programs read odd addresses in different ways, so the editor gets what was checked, and must read it in the same way. */
function addressUri(address: string): vscode.Uri {
  const url = webAddress(address);
  const uri = url && vscode.Uri.parse(url.href, true);
  if (uri && `${uri.scheme}://${uri.authority}` === url.origin) return uri;
  throw new ModalError(
    'invalid',
    `${oneLine(address, 100)} is not opened: only addresses that begin with https:// are, or with http:// on this machine. Check it, then open it in a browser yourself.`,
  );
}
