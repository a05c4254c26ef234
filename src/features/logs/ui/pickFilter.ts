import type { LogFilter } from '../../../domain/logFilter.ts';
import { plain, text } from '../../../shared/text.ts';
import type { LogBuffer } from '../core/logBuffer.ts';
import { showInformation } from '../../../editor/shown/messages.ts';
import { showPick } from '../../../editor/shown/inputs.ts';

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
  const words = {
    function: { title: text`Show Only One Function`, none: text`No lines in this log name a function.` },
    container: { title: text`Show Only One Container`, none: text`No lines in this log name a container.` },
    call: { title: text`Show Only One Call`, none: text`No lines in this log name a call.` },
  }[what];
  const counts = countsOf(buffer, fields[what]);
  if (counts.size === 0) {
    void showInformation(words.none);
    return undefined;
  }
  const items = [...counts].map(([id, lines]) => ({
    label: what === 'function' ? plain(nameOf(id)) : plain(id),
    description: lines === 1 ? text`1 line` : text`${lines.toLocaleString()} lines`,
    ...(what === 'function' ? { detail: plain(id) } : {}),
    id,
  }));
  const chosen = await showPick(items, {
    title: words.title,
    placeHolder: text`Newest first`,
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
