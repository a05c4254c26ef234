import * as vscode from 'vscode';
import type { LogFilter } from '../../../domain/logFilter.ts';
import type { TextLink } from '../../../domain/logLinks.ts';
import { text } from '../../../shared/text.ts';
import { openAddress } from '../../../editor/openAddress.ts';
import type { SourceFiles } from './sourceFiles.ts';
import { showInformation } from '../../../editor/shown/messages.ts';

export interface LinkTargets {
  readonly files: SourceFiles;
  readonly appName: string;
  readonly dashboardUrl: (id: string) => Promise<string>;
  readonly showOnly: (change: Partial<LogFilter>) => void;
}

/** Follows a link of a log line. The editor asks before it opens an address that is not trusted. */
export async function openLink(link: TextLink, targets: LinkTargets): Promise<void> {
  switch (link.kind) {
    case 'url':
      await openAddress(link.url);
      return;
    case 'file':
      await openFile(link.file, link.line, targets);
      return;
    case 'object':
      await openObject(link.id, targets);
      return;
  }
}

async function openFile(file: string, line: number, { files, appName }: LinkTargets): Promise<void> {
  const uri = await files.find(file, appName);
  if (!uri) {
    const message = text`${file} is not in this workspace. Open the folder that the app came from.`;
    void showInformation(message);
    return;
  }
  const place = new vscode.Position(Math.max(0, line - 1), 0);
  await vscode.window.showTextDocument(uri, { selection: new vscode.Range(place, place) });
}

async function openObject(id: string, { showOnly, dashboardUrl }: LinkTargets): Promise<void> {
  if (id.startsWith('fc-')) showOnly({ callId: id });
  else if (id.startsWith('ta-')) showOnly({ containerId: id });
  else if (id.startsWith('fu-')) showOnly({ functionId: id });
  else await openAddress(await dashboardUrl(id));
}
