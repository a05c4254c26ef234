import * as vscode from 'vscode';

/**
 * Asks for an endpoint's key.
 * @param isProxyToken a pair of Modal's proxy, in place of a key of the app's own
 * @returns undefined when the user left
 */
export async function askForKey(appName: string, isProxyToken: boolean): Promise<string | undefined> {
  const { t } = vscode.l10n;
  const stored = t('Stored in the secret storage of this editor, and sent only to this endpoint.');
  const value = await vscode.window.showInputBox({
    title: isProxyToken ? t('Proxy Token for {0}', appName) : t('API Key for {0}', appName),
    prompt: isProxyToken
      ? t('Token ID and token secret with a dot between them. Stored in the secret storage of this editor.')
      : stored,
    ...(isProxyToken ? { placeHolder: 'wk-….ws-…' } : {}),
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => problemOf(text.trim(), isProxyToken),
  });
  return value?.trim();
}

function problemOf(value: string, isProxyToken: boolean): string | undefined {
  const { t } = vscode.l10n;
  if (!value) return t('The key is empty.');
  if (/[^\x21-\x7e]/.test(value)) return t('The key has spaces or characters that a header cannot carry.');
  if (!isProxyToken || /^wk-[^.]+\.ws-.+$/.test(value)) return undefined;
  return t('A proxy token is an ID that begins with wk-, a dot, and a secret that begins with ws-.');
}
