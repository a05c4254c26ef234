import { LogSession } from '../core/session.ts';
import { noFilter } from '../../../domain/logFilter.ts';
import { LogTab } from './logTab.ts';
import type { OutputSink, OutputWords } from './types.ts';

const endIcons = { done: 'pass', failed: 'error', cancelled: 'circle-slash' } as const;

/** A tab for the output of a command, and where that is written. */
export function outputTab(
  id: string,
  words: OutputWords,
): { readonly tab: LogTab; readonly sink: Omit<OutputSink, 'show'> } {
  const running = { words: words.running, icon: 'loading~spin', bad: false };
  const session = new LogSession(id, words.title, running, undefined, undefined, { kind: 'output' });
  const note = (text: string, bad: boolean) =>
    void session.buffer.add({ kind: 'mark', time: Date.now(), event: 'note', text, bad });
  const sink: Omit<OutputSink, 'show'> = {
    append: (text, source) =>
      void session.buffer.add({
        ...{ kind: 'line', time: Date.now(), source, text },
        ...{ containerId: '', functionId: '', callId: '' },
      }),
    note,
    status: (text, icon) => session.setStatus({ words: text, icon, bad: false }),
    end: (state, text) => {
      if (text) note(text, state === 'failed');
      session.setStatus({
        words: words[state],
        icon: endIcons[state],
        bad: state === 'failed',
        ended: true,
      });
    },
  };
  // The view may remember a filter of another window's output of that number.
  return { tab: new LogTab({ session, filter: noFilter }), sink };
}
