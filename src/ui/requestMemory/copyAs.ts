import * as vscode from 'vscode';
import type { RequestSpec } from '../../domain/request.ts';
import { variablesOf } from '../../requests/export/snippet.ts';
import { snippetKinds } from '../../requests/export/snippets.ts';

const icons = {
  curl: 'terminal',
  httpx: 'snake',
  openai: 'hubot',
  fetch: 'symbol-method',
  http: 'file-code',
};

/** What each kind is for. Their names are those of languages and packages. */
const details = () => ({
  curl: vscode.l10n.t('Command for a POSIX shell'),
  httpx: vscode.l10n.t('Script that needs the package httpx'),
  openai: vscode.l10n.t('Script for the OpenAI package; the endpoint speaks its language'),
  fetch: vscode.l10n.t('Module for Node.js 24, Deno or Bun, without packages'),
  http: vscode.l10n.t('Request for REST Client, httpyac and the JetBrains HTTP Client'),
});

/** Puts a request on the clipboard as code of the user's choice. Keys are variables there. */
export async function copyAs(spec: RequestSpec): Promise<void> {
  const { t } = vscode.l10n;
  const chosen = await vscode.window.showQuickPick(
    snippetKinds
      .filter((kind) => kind.fits(spec))
      .map((kind) => ({
        label: kind.label,
        detail: details()[kind.id],
        iconPath: new vscode.ThemeIcon(icons[kind.id]),
        snippet: kind,
      })),
    { title: t('Copy Request as'), placeHolder: t('Choose a language') },
  );
  if (!chosen) return;
  await vscode.env.clipboard.writeText(chosen.snippet.write(spec));
  const keys = variablesOf(spec);
  const words =
    keys.length > 0
      ? t('Copied as {0}; the key is read from {1}', chosen.label, keys.join(', '))
      : t('Copied as {0}', chosen.label);
  vscode.window.setStatusBarMessage(`$(check) ${words}`, 4000);
}
