import * as vscode from 'vscode';
import type { LogFilter } from '../../domain/logFilter.ts';
import type { LogBuffer } from '../../logs/logBuffer.ts';

type Origin = 'function' | 'container' | 'call';

const fields = { function: 'functionId', container: 'containerId', call: 'callId' } as const;

/** Rows that are looked at for what can be chosen, newest first. */
const mostRows = 50_000;

/**
 * Lets the user choose among the functions, containers or calls that a log has lines of.
 * @returns undefined when the user left
 */
export async function pickFilter(
  buffer: LogBuffer,
  what: Origin,
  nameOf: (functionId: string) => string,
): Promise<Partial<LogFilter> | undefined> {
  const { t } = vscode.l10n;
  const words = {
    function: { title: t('Show Only One Function'), none: t('No line of this log names its function.') },
    container: { title: t('Show Only One Container'), none: t('No line of this log names its container.') },
    call: { title: t('Show Only One Call'), none: t('No line of this log names its call.') },
  }[what];
  const counts = countsOf(buffer, fields[what]);
  if (counts.size === 0) {
    void vscode.window.showInformationMessage(words.none);
    return undefined;
  }
  const items = [...counts].map(([id, lines]) => ({
    label: what === 'function' ? nameOf(id) : id,
    description: lines === 1 ? t('1 line') : t('{0} lines', lines.toLocaleString()),
    ...(what === 'function' ? { detail: id } : {}),
    id,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: words.title,
    placeHolder: t('Newest first'),
    matchOnDetail: true,
  });
  return chosen && { [fields[what]]: chosen.id };
}

function countsOf(buffer: LogBuffer, field: (typeof fields)[Origin]): Map<string, number> {
  const counts = new Map<string, number>();
  for (let at = buffer.end - 1; at >= Math.max(buffer.first, buffer.end - mostRows); at--) {
    const id = buffer.head(buffer.rowAt(at))[field];
    if (id) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}
