import type { Text } from '../../../shared/text.ts';
import { text } from '../../../shared/text.ts';
import { showInput } from '../../../editor/shown/inputs.ts';

/**
 * Asks for an endpoint's key.
 * @param isProxyToken a pair of Modal's proxy, in place of a key of the app's own
 * @returns undefined when the user left
 */
export async function askForKey(appName: string, isProxyToken: boolean): Promise<string | undefined> {
  const stored = text`Saved in VS Code's secret storage, and sent only to this endpoint.`;
  const value = await showInput({
    title: isProxyToken ? text`Proxy Token for ${appName}` : text`API Key for ${appName}`,
    prompt: isProxyToken
      ? text`Token ID and secret, separated by a period (wk-….ws-…). Saved in VS Code's secret storage.`
      : stored,
    ...(isProxyToken ? { placeHolder: text`wk-….ws-…` } : {}),
    password: true,
    ignoreFocusOut: true,
    validateInput: (typed) => problemOf(typed.trim(), isProxyToken),
  });
  return value?.trim();
}

function problemOf(value: string, isProxyToken: boolean): Text | undefined {
  if (!value) return text`Enter a key.`;
  if (/[^\x21-\x7e]/.test(value)) return text`The key contains characters that aren't allowed in a header.`;
  if (!isProxyToken || /^wk-[^.]+\.ws-.+$/.test(value)) return undefined;
  return text`Enter the token ID (wk-…), a period, and the token secret (ws-…).`;
}
