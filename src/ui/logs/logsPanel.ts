import * as vscode from 'vscode';
import { commands } from '../../contributions.ts';
import { DisposableStore } from '../../domain/emitter.ts';
import { ModalError } from '../../domain/errors.ts';
import type { Logger } from '../../domain/logger.ts';
import type { FollowState } from '../../logs/follower.ts';
import { LiveLog } from '../../logs/liveLog.ts';
import type { SessionStatus } from '../../logs/session.ts';
import { LogSession } from '../../logs/session.ts';
import { sessionToDrop } from '../../logs/sessionLimit.ts';
import type { ControlPlane } from '../../modal/controlPlane.ts';
import type { LogDocuments } from './logDocuments.ts';
import type { LogTarget, OutputSink, OutputWords } from './logsController.ts';
import { LogsView } from './logsView.ts';
import { withSignal } from '../withSignal.ts';
import { PastHost } from './past/pastHost.ts';
import { queryOf } from './past/pastSource.ts';
import type { ShownLog } from './past/pastSource.ts';
import { documentOf } from './past/sessionDocument.ts';

/** Output of a command in the panel. */
export type PanelOutput = Omit<OutputSink, 'show'> & { select(): void };

const followPrefix = 'follow/';

/** The Logs panel: what is followed, what was built, and which of them is shown. */
export class LogsPanel implements vscode.Disposable {
  readonly #planes: { get(signal?: AbortSignal): Promise<ControlPlane> };
  readonly #logger: Logger;
  readonly #disposables = new DisposableStore();
  readonly #view: LogsView;
  readonly #past: PastHost;
  readonly #documents: LogDocuments;
  readonly #sessions = new Map<string, LogSession>();
  #builds = 0;

  constructor(
    extensionUri: vscode.Uri,
    planes: { get(signal?: AbortSignal): Promise<ControlPlane> },
    logger: Logger,
    documents: LogDocuments,
  ) {
    this.#planes = planes;
    this.#logger = logger;
    this.#documents = documents;
    this.#view = this.#disposables.add(
      new LogsView(extensionUri, logger, {
        chooseApp: () => void vscode.commands.executeCommand(commands.followLogs),
        openDocument: () => void vscode.commands.executeCommand(commands.openLogsAsDocument),
        past: (message) => void this.#past.receive(message),
        shown: (session, isVisible) => this.#past.show(session, isVisible),
      }),
    );
    this.#past = this.#disposables.add(
      new PastHost(planes, logger, {
        post: (message) => this.#view.post(message),
        add: (session, { callId }) => this.#view.select(this.#add(session), callId),
        follow: (target) => this.follow(target),
      }),
    );
  }

  /** Follows an app, a function or a container; one that is followed already is shown again. */
  follow(target: LogTarget): void {
    const id = followPrefix + [target.appId, target.functionId ?? '', target.containerId ?? ''].join('/');
    const known = this.#sessions.get(id);
    // One that has ended, e.g. because the token was refused, is followed anew.
    if (known?.status.ended) this.#drop(known);
    const session = this.#sessions.get(id) ?? this.#startFollowing(id, target);
    this.#view.select(session, target.callId ?? '');
  }

  openOutput(words: OutputWords): PanelOutput {
    const status = { words: words.running, icon: 'loading~spin', bad: false };
    const session = this.#add(new LogSession(`build/${++this.#builds}`, words.title, status));
    this.#view.select(session, '');
    const note = (text: string, bad: boolean) =>
      session.buffer.add({ kind: 'mark', time: Date.now(), event: 'note', text, bad });
    return {
      append: (text, source) =>
        session.buffer.add({
          kind: 'line',
          time: Date.now(),
          source,
          containerId: '',
          functionId: '',
          callId: '',
          text,
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
      select: () => this.#view.select(session, ''),
    };
  }

  resolve(view: vscode.WebviewView): void {
    this.#view.resolve(view);
  }

  clear(): void {
    this.#view.selected?.buffer.clear();
  }

  /** @throws kind `cancelled` when the user gives up a long one */
  async openAsDocument(): Promise<void> {
    const session = this.#view.selected;
    if (!session) throw new ModalError('notFound', vscode.l10n.t('No log is shown. Follow one first.'));
    const source = this.#past.sourceOf(session.id);
    const document = await withSignal(vscode.l10n.t('Opening the log as a document'), (signal) =>
      documentOf(session, source, signal),
    );
    await this.#documents.open(session.title, document);
  }

  /** What a download begins with; undefined when nothing is shown that has a past. */
  get shownLog(): ShownLog | undefined {
    return this.#past.shown;
  }

  dispose(): void {
    for (const session of this.#sessions.values()) session.dispose();
    this.#disposables.dispose();
  }

  #startFollowing(id: string, target: LogTarget): LogSession {
    const planes = this.#planes;
    let isConnected = false;
    const log = new LiveLog({
      query: queryOf(target),
      open: async function* (query, lastEntryId, seconds, signal) {
        const plane = await planes.get(signal);
        yield* plane.streamLogs(query, lastEntryId, seconds, signal);
      },
      fetch: async (query, range, limit, signal) => {
        const plane = await planes.get(signal);
        return plane.fetchLogs(query, range, limit, signal);
      },
      onState: (state) => {
        isConnected ||= state.kind !== 'connecting' && state.kind !== 'broken';
        session.setStatus(statusOf(state));
      },
    });
    const part = target.containerId ?? target.functionId;
    const title = part ? `${target.appName} (${part.slice(0, 12)}…)` : target.appName;
    const session = this.#add(
      new LogSession(id, title, statusOf({ kind: 'connecting' }), () => log.stop(), log.buffer),
    );
    this.#past.attach(session, target, log, () => isConnected);
    void log.run();
    this.#logger.debug(`Following the log of ${target.appName}`);
    return session;
  }

  #add(session: LogSession): LogSession {
    this.#sessions.set(session.id, session);
    this.#view.add(session);
    for (let old = this.#tooMany(); old; old = this.#tooMany()) this.#drop(old);
    return session;
  }

  #tooMany(): LogSession | undefined {
    return sessionToDrop([...this.#sessions.values()], ({ id }) => id.startsWith(followPrefix));
  }

  #drop(session: LogSession): void {
    this.#sessions.delete(session.id);
    this.#past.detach(session.id);
    this.#view.remove(session);
    session.dispose();
  }
}

const endIcons = { done: 'pass', failed: 'error', cancelled: 'circle-slash' } as const;

function statusOf(state: FollowState): SessionStatus {
  switch (state.kind) {
    case 'connecting':
      return { words: 'Connecting', icon: 'loading~spin', bad: false };
    case 'live':
      return { words: 'Live', icon: 'radio-tower', bad: false };
    case 'waiting':
      return { words: vscode.l10n.t('Live, no container is running'), icon: 'radio-tower', bad: false };
    case 'broken':
      return { words: 'Reconnecting', icon: 'debug-disconnect', bad: true, nextTryAt: state.nextTryAt };
    case 'ended':
      return { words: `Ended. ${state.reason}`, icon: 'circle-slash', bad: state.refused, ended: true };
  }
}
