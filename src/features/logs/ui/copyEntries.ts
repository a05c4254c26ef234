import * as vscode from 'vscode';
import type { LogEntry } from '../../../domain/logEntry.ts';
import { showStatus } from '../../../editor/shown/messages.ts';
import { text } from '../../../shared/text.ts';
import { entryAsJson, entryAsText } from '../core/textForms.ts';

/** Puts entries on the clipboard, one a line. */
export async function copyEntries(entries: Iterable<LogEntry>, format: 'text' | 'json'): Promise<void> {
  const form = format === 'json' ? entryAsJson : entryAsText;
  const lines = Array.from(entries, form);
  if (lines.length === 0) return;
  await vscode.env.clipboard.writeText(`${lines.join('\n')}\n`);
  const words =
    lines.length === 1 ? text`Copied 1 line` : text`Copied ${lines.length.toLocaleString()} lines`;
  showStatus('check', words, 4000);
}
