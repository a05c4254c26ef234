import * as vscode from 'vscode';

/** Asks for an endpoint's key. @returns undefined when the user left */
export async function askForKey(appName: string): Promise<string | undefined> {
  const { t } = vscode.l10n;
  const value = await vscode.window.showInputBox({
    title: t('API Key for {0}', appName),
    prompt: t('Stored in the secret storage of this editor, and sent only to this endpoint.'),
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() ? undefined : t('The key is empty.')),
  });
  return value?.trim();
}
