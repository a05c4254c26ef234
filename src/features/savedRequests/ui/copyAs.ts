import * as vscode from 'vscode';
import type { RequestSpec } from '../../../domain/request.ts';
import { plain, text } from '../../../shared/text.ts';
import { variablesOf } from '../core/export/snippet.ts';
import { checkCopied, snippetKinds } from '../core/export/snippets.ts';
import { prepareVariables } from '../../requests/core/index.ts';
import { showStatus } from '../../../editor/shown/messages.ts';
import { showPick } from '../../../editor/shown/inputs.ts';

const icons = {
  curl: 'terminal',
  httpx: 'snake',
  openai: 'hubot',
  fetch: 'symbol-method',
  http: 'file-code',
};

/** What each kind is for. Their names are those of languages and packages. */
const details = () => ({
  curl: text`Command for a POSIX shell`,
  httpx: text`Script using the httpx package`,
  openai: text`Script using the openai package`,
  fetch: text`No dependencies (Node.js 24, Deno, Bun)`,
  http: text`Request for REST Client, httpyac and the JetBrains HTTP Client`,
});

/** Puts a request on the clipboard as code of the user's choice. Keys are variables there. */
export async function copyAs(spec: RequestSpec): Promise<void> {
  checkCopied(spec);
  await prepareVariables(spec);
  const chosen = await showPick(
    snippetKinds
      .filter((kind) => kind.fits(spec))
      .map((kind) => ({
        label: plain(kind.label),
        detail: plain(details()[kind.id]),
        iconPath: new vscode.ThemeIcon(icons[kind.id]),
        snippet: kind,
      })),
    { title: text`Copy Request As`, placeHolder: text`Select a language` },
  );
  if (!chosen) return;
  await vscode.env.clipboard.writeText(chosen.snippet.write(spec));
  const keys = variablesOf(spec);
  const words =
    keys.length > 0
      ? text`Copied as ${chosen.label}. Set ${keys.join(' and ')} to run it.`
      : text`Copied as ${chosen.label}`;
  showStatus('check', words, 4000);
}
