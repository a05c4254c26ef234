import type * as vscode from 'vscode';
import { runCommand } from '../../../editor/command.ts';
import { commands, contextKeys } from '../../../contributions.ts';
import { plainText } from '../../../shared/ansi.ts';
import { isRecord, readMemory } from '../../../shared/memory.ts';
import { DisposableStore } from '../../../shared/emitter.ts';
import type { Logger } from '../../../shared/logger.ts';
import { text } from '../../../shared/text.ts';
import { ModalError, toModalError } from '../../../domain/errors.ts';
import type { TimeRange } from '../../../domain/log.ts';
import { entryText } from '../../../domain/logEntry.ts';
import type { LogFilter } from '../../../domain/logFilter.ts';
import { noFilter } from '../../../domain/logFilter.ts';
import { linkAt } from '../../../domain/logLinks.ts';
import { checkRange } from '../../../domain/timeRange.ts';
import type { ControlPlane } from '../../../modal/controlPlane.ts';
import { ContextKeys } from '../../../editor/contextKeys.ts';
import { showError, showInformation } from '../../../editor/shown/messages.ts';
import { withSignal } from '../../../editor/withSignal.ts';
import { longestKeptDays } from '../core/history.ts';
import { lastDeploy } from '../core/lastDeploy.ts';
import type { LogTarget } from '../core/logTarget.ts';
import { mergedId, mergedSession } from '../core/mergedSession.ts';
import type { ToHost } from '../messages.ts';
import { defaultLook, parseLook } from '../messages.ts';
import { copyEntries } from './copyEntries.ts';
import { frameLinks } from './documentLinks.ts';
import { mergedStatus } from './followStatus.ts';
import { liveTab } from './liveTab.ts';
import type { LogDocuments } from './logDocuments.ts';
import type { LogApp } from './logApps.ts';
import { LogApps } from './logApps.ts';
import type { EarlierLogs } from './logTab.ts';
import { LogTab } from './logTab.ts';
import { LogTabs } from './logTabs.ts';
import { LogsView } from './logsView.ts';
import { openLink } from './openLink.ts';
import { outputTab } from './outputTab.ts';
import { pickFilter } from './pickFilter.ts';
import { countRange, firstTimeIn, rangeTab, tooManyText } from './rangeTab.ts';
import { documentOf } from './sessionDocument.ts';
import { ShownHistogram } from './shownHistogram.ts';
import { SourceFiles } from './sourceFiles.ts';
import type { LogHost, LogPlanes, OutputSink, OutputWords, DownloadSource } from './types.ts';

/** Output of a command in the panel. */
export type PanelOutput = Omit<OutputSink, 'show'> & { select(): void };

type AboutTab = Extract<ToHost, { session: string }>;
type RangeMessage = Extract<ToHost, { type: 'openRange' | 'goToRange' }>;

const lookKey = 'logs.look';

/** The Logs panel: opens and closes tabs, and does what the user asks for in the view. */
export class LogsPanel implements vscode.Disposable {
  readonly #planes: LogPlanes;
  readonly #logger: Logger;
  readonly #documents: LogDocuments;
  readonly #host: LogHost;
  readonly #files: SourceFiles;
  readonly #disposables = new DisposableStore();
  readonly #tabs = this.#disposables.add(new LogTabs());
  readonly #view: LogsView;
  readonly #histogram: ShownHistogram;
  readonly #contextKeys = new ContextKeys();
  readonly #apps: LogApps;
  #outputs = 0;
  #ranges = 0;

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
    this.#apps = this.#disposables.add(new LogApps(planes, host, logger));
    this.#files = new SourceFiles((appName) => host.sourceFolders(appName));
    const look = parseLook({ ...defaultLook, ...readMemory(host.memory, lookKey, isRecord) });
    const view = new LogsView(extensionUri, this.#tabs, host.calls, look, logger);
    this.#view = this.#disposables.add(view);
    this.#histogram = this.#disposables.add(
      new ShownHistogram(
        async (query, range, seconds, signal) =>
          (await this.#apps.get(query.appId).planes.get(signal)).countLogs(query, range, seconds, signal),
        (message) => view.post(message),
      ),
    );
    this.#disposables.add(this.#tabs.onDidShow((tab) => this.#histogram.update(tab)));
    this.#disposables.add(view.onDidChangeVisibility((isVisible) => this.#visibilityChanged(isVisible)));
    this.#disposables.add(view.onDidReceive((message) => this.#receive(message)));
    this.#disposables.add(
      this.#apps.onDidChangeAccount(() => {
        for (const { updateStatus } of this.#tabs.all) updateStatus?.();
      }),
    );
  }

  /** Follows an app, a function or a container; one that is followed already is shown again. */
  follow(target: LogTarget): void {
    const { callId = '' } = target;
    const tab = this.#followed(target);
    // Who asks for the lines of one call wants all of them, whatever was looked for before.
    this.#show(tab, callId ? { ...noFilter, callId } : tab.filter && { callId });
  }

  /** Follows several apps, and shows their lines together. */
  followMerged(targets: readonly LogTarget[]): void {
    const streams = targets.map((target) => this.#followed(target));
    const sessions = streams.map(({ session }) => session);
    const known = this.#tabs.get(mergedId(sessions));
    if (known) this.#tabs.remove(known);
    // Room is made when all are there, so that none of them has to go for another.
    const session = mergedSession(sessions, mergedStatus);
    this.#show(this.#tabs.add(new LogTab({ session, apps: streams.flatMap(({ apps }) => apps) })));
  }

  /** Ids of the apps that are followed as a whole. */
  get followedApps(): readonly string[] {
    return this.#tabs.all.flatMap(({ earlier }) => {
      if (!earlier || earlier.range) return [];
      const { appId, functionId, containerId } = earlier.target;
      return functionId || containerId ? [] : appId;
    });
  }

  planeFor(appId: string, signal?: AbortSignal): Promise<ControlPlane> {
    return this.#apps.planeFor(appId, signal);
  }

  openOutput(words: OutputWords): PanelOutput {
    const { tab, sink } = outputTab(`build/${++this.#outputs}`, words);
    this.#show(this.#tabs.add(tab));
    return {
      ...sink,
      select: () => {
        if (this.#tabs.get(tab.id)) this.#show(tab);
      },
    };
  }

  resolve(view: vscode.WebviewView): void {
    this.#view.resolve(view, text`Modal Logs`);
  }

  clear(): void {
    this.#tabs.shown?.session.clear();
  }

  openRangePicker(): void {
    this.#view.openRangePicker();
  }

  copySelected(format: 'text' | 'json'): void {
    this.#view.copySelected(format);
  }

  /** Changes the filter of the log that is shown. */
  showOnly(change: Partial<LogFilter>): void {
    if (this.#tabs.shown) this.#changeFilter(this.#tabs.shown, change);
  }

  async showRequest(callId: string): Promise<void> {
    if (this.#host.calls.show(callId)) return;
    const message = text`The request panel for this call is no longer open. Send the request again to view it.`;
    await showInformation(message);
  }

  /** @throws kind `cancelled` when the user gives up a long one */
  async openAsDocument(): Promise<void> {
    const tab = this.#tabs.shown;
    if (!tab) throw new ModalError('notFound', 'No log is shown. Follow one first.');
    const { session, earlier } = tab;
    const document = await withSignal(text`Opening the log as a document`, (signal) =>
      documentOf(session, earlier, signal),
    );
    const appName = session.traits.app?.name ?? '';
    await this.#documents.open(session.title, document, (shown) =>
      frameLinks(shown, document.sections, this.#files, appName),
    );
  }

  /** What a download begins with; undefined when the shown tab has nothing to download. */
  get shownLog(): DownloadSource | undefined {
    const tab = this.#tabs.shown;
    if (!tab?.earlier) return undefined;
    const { target, range } = tab.earlier;
    return { target, filter: tab.activeFilter, ...(range ? { range: range.range } : {}) };
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #receive(message: ToHost): void {
    if ('session' in message) {
      const tab = this.#tabs.get(message.session);
      // One that was closed meanwhile is asked nothing.
      if (tab) this.#receiveFor(tab, message);
      return;
    }
    switch (message.type) {
      case 'ready':
        this.#view.start();
        this.#histogram.countAgain();
        return;
      case 'focus':
        this.#contextKeys.set(contextKeys.logsFocused, message.has);
        return;
      case 'look':
        this.#view.look = message.look;
        void this.#host.memory.update(lookKey, message.look);
        return;
      case 'toggleHistogram':
        this.#view.openHistogram(message.isOpen);
        this.#histogram.setSeen(this.#view.isVisible && message.isOpen);
        return;
      case 'showRequest':
        void this.showRequest(message.callId);
        return;
      case 'follow':
        void runCommand(commands.followLogs);
        return;
      case 'merge':
        void runCommand(commands.mergeLogs);
        return;
      case 'openDocument':
        void runCommand(commands.openLogsAsDocument);
        return;
      case 'download':
        void runCommand(commands.downloadLogs);
        return;
    }
  }

  #receiveFor(tab: LogTab, message: AboutTab): void {
    const rows = this.#view.rowsOf(tab);
    switch (message.type) {
      case 'select':
        this.#show(tab);
        return;
      case 'close':
        this.#tabs.remove(tab);
        return;
      case 'tryNow':
        tab.session.traits.tryNow?.();
        return;
      case 'followAgain':
        this.#followAgain(tab);
        return;
      case 'filter':
        this.#setFilter(tab, message.filter, message);
        return;
      case 'pickFilter':
        this.#do('The filter cannot be chosen', this.#pickFilter(tab, message.what));
        return;
      case 'seen':
        rows?.acknowledge(message.number);
        return;
      case 'rows':
        rows?.sendRange(message.from, message.to);
        return;
      case 'copy':
        if (rows) this.#do('Copying failed', copyEntries(rows.entries(message.ranges), message.format));
        return;
      case 'locate':
        void this.#locate(tab, message.files);
        return;
      case 'open':
        this.#open(tab, message.row, message.start);
        return;
      case 'loadOlder':
      case 'cancelOlder':
      case 'openRange':
      case 'goToRange':
      case 'findLastDeploy':
      case 'backToLive':
        if (tab.earlier) this.#receiveForEarlier(tab, tab.earlier, message);
        return;
    }
  }

  #receiveForEarlier(
    tab: LogTab,
    earlier: EarlierLogs,
    message: Extract<
      AboutTab,
      { type: 'loadOlder' | 'cancelOlder' | 'findLastDeploy' | 'backToLive' } | RangeMessage
    >,
  ): void {
    switch (message.type) {
      case 'loadOlder':
        void earlier.older.load();
        return;
      case 'cancelOlder':
        earlier.older.cancel();
        return;
      case 'openRange':
        this.#openRange(tab, earlier, message);
        return;
      case 'goToRange':
        this.#goToRange(tab, earlier, message);
        return;
      case 'findLastDeploy':
        void this.#findLastDeploy(tab, earlier.target);
        return;
      case 'backToLive':
        this.follow(earlier.target);
        return;
    }
  }

  #show(tab: LogTab, change?: Partial<LogFilter>): void {
    this.#tabs.makeRoomFor(tab);
    if (change && tab === this.#tabs.shown) this.#changeFilter(tab, change);
    else if (change) tab.filter = { ...tab.activeFilter, ...change };
    this.#tabs.show(tab);
  }

  /** Changes the filter of the tab that is shown, and has the view take it. */
  #changeFilter(tab: LogTab, change: Partial<LogFilter>): void {
    const filter = tab.activeFilter;
    if (Object.entries(change).every(([name, value]) => filter[name as keyof LogFilter] === value)) return;
    this.#setFilter(tab, { ...filter, ...change });
    this.#view.paintTabs(true);
  }

  /** @param asked what the view asked for, if it was the view */
  #setFilter(tab: LogTab, filter: LogFilter, asked?: Extract<ToHost, { type: 'filter' }>): void {
    tab.filter = filter;
    this.#view.rowsOf(tab)?.applyFilter(asked);
    void tab.earlier?.range?.setFilter(filter);
    if (tab === this.#tabs.shown) this.#histogram.update(tab);
  }

  async #pickFilter(tab: LogTab, what: 'function' | 'container' | 'call'): Promise<void> {
    const change = await pickFilter(tab.session.buffer, what, (id) => tab.functions[id] ?? id);
    if (change && tab === this.#tabs.shown) this.#changeFilter(tab, change);
  }

  #followed(target: LogTarget): LogTab {
    const id = `follow/${[target.appId, target.functionId ?? '', target.containerId ?? ''].join('/')}`;
    const known = this.#tabs.get(id);
    // One that has ended, for example because the token was refused, is followed again.
    if (known && !known.session.status.ended) return known;
    if (known) this.#tabs.remove(known);
    return this.#startFollowing(id, target);
  }

  #followAgain({ earlier, filter }: LogTab): void {
    if (earlier) this.#show(this.#followed(earlier.target), filter);
  }

  #startFollowing(id: string, target: LogTarget): LogTab {
    const app = this.#apps.get(target.appId);
    const { tab, log } = liveTab(id, target, app, {
      otherProfile: () => this.#apps.otherProfile(app),
      suspect: () => this.#planes.suspect(),
    });
    this.#tabs.add(tab);
    for (const { session } of this.#tabs.all) session.traits.replaceStream?.(tab.session);
    void log.run();
    void this.#apps.readFunctions(app).then(() => this.#view.paintTabs());
    this.#logger.debug(`Following the log of ${target.appName}`);
    return tab;
  }

  #openRange(tab: LogTab, { target, older }: EarlierLogs, { since, until, words }: RangeMessage): void {
    const { keptDays } = older;
    // The view has checked this too, but the clocks of the two may differ.
    const range = checkRange(
      { since, until },
      { now: Date.now(), mostDays: longestKeptDays, ...(keptDays === undefined ? {} : { keptDays }) },
    );
    if ('problem' in range) {
      this.#view.post({ type: 'rangeProblem', session: tab.id, ...range });
      return;
    }
    const id = `past/${++this.#ranges}`;
    const filter = tab.activeFilter;
    const app = this.#apps.get(target.appId);
    const opened = rangeTab(id, { target, range, filter, words }, app);
    this.#show(this.#tabs.add(opened.tab));
    void opened.log.load();
    void this.#noteSize(opened.tab, app, range);
  }

  /** Says beforehand that a range has more lines than there is room for. */
  async #noteSize(tab: LogTab, app: LogApp, range: TimeRange): Promise<void> {
    const { earlier } = tab;
    if (!earlier) return;
    try {
      earlier.note = tooManyText(await countRange(tab, app, earlier, range));
    } catch (error) {
      this.#logger.debug(`The lines of a range cannot be counted: ${toModalError(error).message}`);
    }
  }

  #goToRange(tab: LogTab, earlier: EarlierLogs, message: RangeMessage): void {
    const isWhole = earlier.older.state.kind === 'start';
    const loaded = firstTimeIn(tab.session.buffer, message, isWhole);
    if (loaded === undefined) this.#openRange(tab, earlier, message);
    else this.#view.rowsOf(tab)?.revealTime(loaded);
  }

  async #findLastDeploy({ id, closed }: LogTab, target: LogTarget): Promise<void> {
    const tell = (at: number | undefined, problem: string) =>
      this.#view.post({ type: 'deployed', session: id, problem, ...(at === undefined ? {} : { at }) });
    try {
      const at = await lastDeploy(this.#apps.get(target.appId).planes, target, closed);
      tell(
        at,
        at === undefined ? 'Modal does not say when this app was deployed. Enter a time instead.' : '',
      );
    } catch (error) {
      if (!closed.aborted) tell(undefined, toModalError(error).message);
    }
  }

  #visibilityChanged(isVisible: boolean): void {
    if (!isVisible) this.#contextKeys.set(contextKeys.logsFocused, false);
    this.#histogram.setSeen(isVisible && this.#view.isHistogramOpen);
  }

  #open({ session }: LogTab, row: number, start: number): void {
    const entry = session.buffer.entry(row);
    const link = entry && linkAt(plainText(entryText(entry)), start);
    if (!link) return;
    const opened = openLink(link, {
      files: this.#files,
      appName: session.traits.app?.name ?? '',
      dashboardUrl: async (id) => (await this.#planes.get()).dashboardUrl(id),
      showOnly: (change) => this.showOnly(change),
    });
    this.#do('The link cannot be opened', opened);
  }

  /** Tells the view which of the files, as the log names them, are in the workspace. */
  async #locate({ id, session }: LogTab, files: readonly string[]): Promise<void> {
    const located = await this.#files.locate(files, session.traits.app?.name ?? '');
    this.#view.post({ type: 'located', session: id, files: located });
  }

  /** Runs what the view asked for in the background; when it fails, the user is told. */
  #do(what: string, job: Promise<void>): void {
    job.catch((error: unknown) => {
      this.#logger.error(what, error);
      void showError(text`${what}: ${error instanceof Error ? error.message : String(error)}`);
    });
  }
}
