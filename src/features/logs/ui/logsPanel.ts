import * as vscode from 'vscode';
import { commands } from '../../../contributions.ts';
import { isRecord, readMemory } from '../../../shared/memory.ts';
import { DisposableStore } from '../../../shared/emitter.ts';
import type { ControlPlane } from '../../../modal/controlPlane.ts';
import type { SharedAnswer } from '../core/sharedAnswer.ts';
import { AccountPlanes } from './accountPlanes.ts';
import { ModalError } from '../../../domain/errors.ts';
import type { LogEntry } from '../../../domain/logEntry.ts';
import type { LogFilter } from '../../../domain/logFilter.ts';
import { noFilter } from '../../../domain/logFilter.ts';
import type { Logger } from '../../../shared/logger.ts';
import { text } from '../../../shared/text.ts';
import type { FollowState } from '../core/follower.ts';
import { LiveLog } from '../core/liveLog.ts';
import { mergedId, mergedSession } from '../core/mergedSession.ts';
import { Pauses } from '../core/pause.ts';
import { LogSession } from '../core/session.ts';
import { sessionToDrop } from '../core/sessionLimit.ts';
import { entryAsJson, entryAsText } from '../core/textForms.ts';
import { frameLinks } from './documentLinks.ts';
import { mergedStatus, statusOf } from './followStatus.ts';
import type { LogDocuments } from './logDocuments.ts';
import type { LogHost } from './logHost.ts';
import type { LogPlanes, LogTarget, OutputSink, OutputWords } from './logsController.ts';
import { LogsView } from './logsView.ts';
import { openLink } from './openLink.ts';
import { pickFilter } from './pickFilter.ts';
import { defaultLook, parseLook } from '../messages.ts';
import { PastHost } from './past/pastHost.ts';
import { queryOf } from './past/pastSource.ts';
import type { ShownLog } from './past/pastSource.ts';
import { documentOf } from './past/sessionDocument.ts';
import { withSignal } from '../../../editor/withSignal.ts';
import { SourceFiles } from './sourceFiles.ts';
import { showError, showInformation, showStatus } from '../../../editor/shown/messages.ts';

/** Output of a command in the panel. */
export type PanelOutput = Omit<OutputSink, 'show'> & { select(): void };

const followPrefix = 'follow/';
const lookKey = 'logs.look';

/** The Logs panel: what is followed, what was built, and which of them is shown. */
export class LogsPanel implements vscode.Disposable {
  readonly #planes: LogPlanes;
  readonly #logger: Logger;
  readonly #disposables = new DisposableStore();
  readonly #view: LogsView;
  readonly #past: PastHost;
  readonly #documents: LogDocuments;
  readonly #host: LogHost;
  readonly #files: SourceFiles;
  readonly #sessions = new Map<string, LogSession>();
  readonly #targets = new Map<string, LogTarget>();
  /** Names of functions by id, by app. */
  readonly #functions = new Map<string, Readonly<Record<string, string>>>();
  readonly #answers = new WeakMap<ControlPlane, SharedAnswer>();
  /** The account that each app was first followed in, by app. */
  readonly #accounts = new Map<string, AccountPlanes>();
  /** What to tell anew when another account is in use. */
  readonly #retell = new Map<string, () => void>();
  #account: string | undefined;
  #builds = 0;

  constructor(
    extensionUri: vscode.Uri,
    planes: LogPlanes,
    logger: Logger,
    documents: LogDocuments,
    host: LogHost,
  ) {
    this.#planes = planes;
    this.#logger = logger;
    this.#documents = documents;
    this.#host = host;
    this.#files = new SourceFiles((appName) => host.sourceFolders(appName));
    this.#view = this.#disposables.add(
      new LogsView(extensionUri, {
        follow: () => void vscode.commands.executeCommand(commands.followLogs),
        merge: () => void vscode.commands.executeCommand(commands.mergeLogs),
        openDocument: () => void vscode.commands.executeCommand(commands.openLogsAsDocument),
        past: (message) => void this.#past.receive(message),
        shown: (session, isVisible) => this.#past.show(session, isVisible),
        close: (session) => this.#drop(session),
        followAgain: (session) => this.#followAgain(session),
        showRequest: (callId) => void this.showRequest(callId),
        openLink: (session, link) =>
          this.#do(
            'The link cannot be opened',
            openLink(link, {
              files: this.#files,
              appName: session.traits.app?.name ?? '',
              dashboardUrl: async (id) => (await planes.get()).dashboardUrl(id),
              showOnly: (change) => this.#view.changeFilter(change),
            }),
          ),
        locate: (session, files) => this.#locate(session, files),
        copy: (entries, format) => this.#do('Copying failed', copy(entries, format)),
        pickFilter: (session, what) =>
          this.#do(
            'The filter cannot be chosen',
            pickFilter(session.buffer, what, (id) => this.#functionsOf(session)[id] ?? id).then((change) => {
              if (change && this.#view.selected === session) this.#view.changeFilter(change);
            }),
          ),
        functionsOf: (session) => this.#functionsOf(session),
        calls: () => host.calls.ids,
        look: parseLook({ ...defaultLook, ...readMemory(host.memory, lookKey, isRecord) }),
        saveLook: (look) => void host.memory.update(lookKey, look),
      }),
    );
    this.#past = this.#disposables.add(
      new PastHost((appId) => this.#planesOf(appId), logger, {
        post: (message) => this.#view.post(message),
        add: (session, filter) => this.#show(this.#add(session), filter),
        follow: (target) => this.follow(target),
      }),
    );
    this.#disposables.add(host.calls.onDidChange(() => this.#view.sendSessions()));
    this.#disposables.add(planes.onDidChange(() => void this.#noteAccount()));
    void this.#noteAccount();
  }

  /** Follows an app, a function or a container; one that is followed already is shown again. */
  follow(target: LogTarget): void {
    const { callId = '' } = target;
    const session = this.#followed(target);
    // Who asks for the lines of one call wants all of them, whatever was looked for before.
    const change = callId ? { ...noFilter, callId } : this.#view.filterOf(session) && { callId };
    this.#show(session, change);
  }

  /** Follows several apps, and shows their lines together. */
  followMerged(targets: readonly LogTarget[]): void {
    const streams = targets.map((target) => this.#followed(target));
    const known = this.#sessions.get(mergedId(streams));
    if (known) this.#drop(known);
    // Room is made when all are there, so that none of them has to go for another.
    this.#show(this.#add(mergedSession(streams, mergedStatus)));
  }

  /** Ids of the apps that are followed as a whole. */
  get followedApps(): readonly string[] {
    return [...this.#targets.values()].flatMap(({ appId, functionId, containerId }) =>
      functionId || containerId ? [] : appId,
    );
  }

  planeFor(appId: string, signal?: AbortSignal): Promise<ControlPlane> {
    return this.#accounts.get(appId)?.get(signal) ?? this.#planes.get(signal);
  }

  openOutput(words: OutputWords): PanelOutput {
    const status = { words: words.running, icon: 'loading~spin', bad: false };
    const session = this.#add(
      new LogSession(`build/${++this.#builds}`, words.title, status, undefined, undefined, {
        kind: 'output',
      }),
    );
    // The view may remember a filter of another window's output of that number.
    this.#show(session, noFilter);
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
      select: () => {
        if (this.#sessions.has(session.id)) this.#view.select(session);
      },
    };
  }

  resolve(view: vscode.WebviewView): void {
    this.#view.resolve(view, text`Modal Logs`);
  }

  clear(): void {
    this.#view.selected?.clear();
  }

  openRangePicker(): void {
    this.#past.openPicker();
  }

  copySelected(format: 'text' | 'json'): void {
    this.#view.copySelected(format);
  }

  showOnly(change: Partial<LogFilter>): void {
    this.#view.changeFilter(change);
  }

  async showRequest(callId: string): Promise<void> {
    if (this.#host.calls.show(callId)) return;
    const message = text`The request panel for this call is no longer open. Send the request again to view it.`;
    await showInformation(message);
  }

  /** @throws kind `cancelled` when the user gives up a long one */
  async openAsDocument(): Promise<void> {
    const session = this.#view.selected;
    if (!session) throw new ModalError('notFound', 'No log is shown. Follow one first.');
    const source = this.#past.sourceOf(session.id);
    const document = await withSignal(text`Opening the log as a document`, (signal) =>
      documentOf(session, source, signal),
    );
    const appName = session.traits.app?.name ?? '';
    await this.#documents.open(session.title, document, (shown) =>
      frameLinks(shown, document.sections, this.#files, appName),
    );
  }

  /** What a download begins with; undefined when nothing is shown that has a past. */
  get shownLog(): ShownLog | undefined {
    return this.#past.shown;
  }

  dispose(): void {
    this.#disposables.dispose();
    for (const session of this.#sessions.values()) session.dispose();
  }

  #show(session: LogSession, change?: Partial<LogFilter>): void {
    this.#makeRoom(session);
    this.#view.select(session, change);
  }

  #followed(target: LogTarget): LogSession {
    const id = followPrefix + [target.appId, target.functionId ?? '', target.containerId ?? ''].join('/');
    const known = this.#sessions.get(id);
    // One that has ended, e.g. because the token was refused, is followed anew.
    if (known && !known.status.ended) return known;
    if (known) this.#drop(known);
    return this.#startFollowing(id, target);
  }

  #followAgain(session: LogSession): void {
    const target = this.#targets.get(session.id);
    const filter = this.#view.filterOf(session);
    if (target) this.#show(this.#followed(target), filter);
  }

  #startFollowing(id: string, target: LogTarget): LogSession {
    const planes = this.#planesOf(target.appId);
    const pauses = new Pauses();
    let isConnected = false;
    let state: FollowState = { kind: 'connecting' };
    const tell = () => session.setStatus(statusOf(state, this.#elsewhere(planes.account)));
    const log = new LiveLog({
      query: queryOf(target),
      connect: (signal) => planes.get(signal),
      open: async function* (query, lastEntryId, seconds, signal) {
        const plane = await planes.get(signal);
        yield* plane.streamLogs(query, lastEntryId, seconds, signal);
      },
      fetch: async (query, range, limit, signal) => {
        const plane = await planes.get(signal);
        return plane.fetchLogs(query, range, limit, signal);
      },
      answers: (signal) => planes.answers(signal),
      onState: (now) => {
        state = now;
        // Whether the server is there is found out anew, not taken from an answer before the break.
        if (state.kind === 'broken') this.#planes.suspect();
        isConnected ||= state.kind !== 'connecting' && state.kind !== 'broken';
        tell();
      },
      sleep: pauses.sleep,
    });
    const part = target.containerId ?? target.functionId;
    const title = part ? `${target.appName} (${part.slice(0, 12)}…)` : target.appName;
    this.#targets.set(id, target);
    this.#retell.set(id, tell);
    const session = this.#add(
      new LogSession(id, title, statusOf({ kind: 'connecting' }), () => log.stop(), log.buffer, {
        kind: 'followed',
        app: { id: target.appId, name: target.appName },
        tryNow: () => pauses.end(),
        clear: () => {
          this.#past.sourceOf(id)?.older.reset();
          log.clear();
        },
      }),
    );
    this.#past.attach(session, target, log, () => isConnected);
    for (const { traits } of this.#sessions.values()) traits.replaceStream?.(session);
    void log.run();
    void this.#readFunctions(target.appId);
    this.#logger.debug(`Following the log of ${target.appName}`);
    return session;
  }

  #planesOf(appId: string): AccountPlanes {
    const known = this.#accounts.get(appId);
    if (known) return known;
    const planes = new AccountPlanes(this.#planes, this.#answers);
    this.#accounts.set(appId, planes);
    return planes;
  }

  /** Profile of a log that is followed in another account than the one in use. */
  #elsewhere(account: string | undefined): string | undefined {
    if (account === undefined || this.#account === undefined || account === this.#account) return undefined;
    return this.#planes.profileOf(account);
  }

  /** Tells of each log anew whether it is of another account. */
  async #noteAccount(): Promise<void> {
    this.#account = await this.#planes.account().catch(() => undefined);
    for (const tell of this.#retell.values()) tell();
  }

  #add(session: LogSession): LogSession {
    this.#sessions.set(session.id, session);
    this.#view.add(session);
    return session;
  }

  #makeRoom(shown: LogSession): void {
    const tooMany = () =>
      sessionToDrop([...this.#sessions.values()], shown, ({ id }) => id.startsWith(followPrefix));
    for (let old = tooMany(); old; old = tooMany()) this.#drop(old);
  }

  #drop(session: LogSession): void {
    this.#sessions.delete(session.id);
    this.#targets.delete(session.id);
    this.#retell.delete(session.id);
    this.#past.detach(session.id);
    this.#view.remove(session);
    session.dispose();
  }

  #functionsOf({ traits: { app, streams } }: LogSession): Readonly<Record<string, string>> {
    if (app) return this.#functions.get(app.id) ?? {};
    const all = streams?.map((stream) => this.#functionsOf(stream)) ?? [];
    return Object.assign({}, ...all) as Record<string, string>;
  }

  /** Names are an aid: without them, functions go by their ids. */
  async #readFunctions(appId: string): Promise<void> {
    try {
      const functions = await this.#host.functionsOf(appId);
      this.#functions.set(
        appId,
        Object.fromEntries(functions.map(({ id, tag }) => [id, tag.replace(/\.\*$/, '')])),
      );
      this.#view.sendSessions();
    } catch (error) {
      this.#logger.debug(`The functions of ${appId} cannot be read: ${String(error)}`);
    }
  }

  async #locate({ traits }: LogSession, files: readonly string[]): Promise<Record<string, boolean>> {
    const found = files.map(
      async (file) => [file, (await this.#files.find(file, traits.app?.name ?? '')) !== undefined] as const,
    );
    return Object.fromEntries(await Promise.all(found));
  }

  /** What the view asked for goes on by itself; when it fails, the user hears of it. */
  #do(what: string, job: Promise<void>): void {
    job.catch((error: unknown) => {
      this.#logger.error(what, error);
      void showError(text`${what}: ${error instanceof Error ? error.message : String(error)}`);
    });
  }
}

const endIcons = { done: 'pass', failed: 'error', cancelled: 'circle-slash' } as const;

async function copy(entries: Iterable<LogEntry>, format: 'text' | 'json'): Promise<void> {
  const form = format === 'json' ? entryAsJson : entryAsText;
  const lines = Array.from(entries, form);
  if (lines.length === 0) return;
  await vscode.env.clipboard.writeText(`${lines.join('\n')}\n`);
  const words =
    lines.length === 1 ? text`Copied 1 line` : text`Copied ${lines.length.toLocaleString()} lines`;
  showStatus('check', words, 4000);
}
