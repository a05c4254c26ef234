import * as vscode from 'vscode';
import type { App, Endpoint } from '../../../domain/app.ts';
import type { Sample } from '../../../domain/catalog.ts';
import type { Disposable } from '../../../shared/emitter.ts';
import { Emitter } from '../../../shared/emitter.ts';
import { isCancelled, toModalError } from '../../../domain/errors.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { HttpResult, RequestSpec } from '../../../domain/request.ts';
import { text } from '../../../shared/text.ts';
import { openAddress } from '../../../editor/openAddress.ts';
import { AnswerModel } from '../core/answer/answerModel.ts';
import { framingOf } from '../core/answer/eventStream.ts';
import type { Json } from '../core/answer/json.ts';
import type { JsonPath } from '../../../shared/json/jsonText.ts';
import { childRows, pathText, placeInParent, searchRows } from '../core/answer/jsonTree.ts';
import { valueAt } from '../../../shared/json/jsonText.ts';
import { StreamReader } from '../core/answer/streamReader.ts';
import { inTurns } from '../../../shared/inTurns.ts';
import { startWords, timingParts } from '../core/answer/timingParts.ts';
import type { Vector } from '../core/answer/vectors.ts';
import type { CallFacts, CallFactsOptions } from '../core/callFacts.ts';
import { readCallFacts } from '../core/callFacts.ts';
import { explainError, explainResult } from '../core/explain.ts';
import type { RequestSender } from '../core/send.ts';
import { mediaType } from '../core/textBody.ts';
import { AnswerFiles } from './answerFiles.ts';
import type { AnswerState, AnswerTab, DoneState, FromAnswerView, ToAnswerView } from '../answerMessages.ts';
import type { TabChoices } from './answerTabs.ts';
import {
  firstChoices,
  markdownContent,
  rowsAtOnce,
  shownEvent,
  streamContent,
  tabContent,
} from './answerTabs.ts';
import { showError, showStatus } from '../../../editor/shown/messages.ts';
import { formatAboutUsd } from '../../../domain/priceText.ts';

/** What the buttons of an answer do elsewhere. */
export interface AnswerActions {
  /** @param callId '' = the whole log of the app */
  readonly showLogs: (callId: string) => void;
  readonly deploy: () => void;
  readonly enterKey: () => void | Promise<void>;
  readonly openDashboard: () => void;
}

export interface AnswerServices {
  readonly sender: Pick<RequestSender, 'send'>;
  readonly facts: CallFactsOptions;
  readonly logger: Logger;
  readonly actions: AnswerActions;
}

/** What is sent, and where it is from. */
export interface AnswerCall {
  readonly app: App;
  readonly endpoint: Endpoint;
  readonly spec: RequestSpec;
  readonly sample?: Sample | undefined;
}

/** How a request ended; for what is kept of it. Keys are masked. */
export type AnswerOutcome = AnswerCall & {
  /** Unix milliseconds. */
  readonly sentAt: number;
} & ({ readonly result: HttpResult } | { readonly error: Error });

/** What needs an answer that is complete. */
type AboutAnswer = Exclude<
  FromAnswerView,
  { type: 'answer/select' | 'answer/painted' | 'answer/act' | 'answer/openLink' }
>;

/** How much of a stream the view has: events, and characters of what a model gave out. */
interface SentStream {
  readonly events: number;
  readonly text: number;
  readonly reasoning: number;
  readonly tools: number;
}

/** Often enough for the eye, seldom enough for the view. */
const paintEveryMs = 16;
/** One is drawn while the next is on its way; more would only queue up before a view that does not keep up. */
const mostOnTheWay = 2;
/** What Modal does not tell in this time is not known. */
const factsLimitMs = 15_000;
const mostFound = 200;
const mostRevealed = 20_000;

/** Sends the requests of one panel and holds what came of the latest. The view paints what it is sent. */
export class AnswerSession implements Disposable {
  readonly #services: AnswerServices;
  readonly #post: (message: ToAnswerView) => void;
  readonly #files = new AnswerFiles();
  readonly #finished = new Emitter<AnswerOutcome>();
  #state: AnswerState = { kind: 'idle' };
  #tab: AnswerTab = 'summary';
  #abort: AbortController | undefined;
  #stream: StreamReader | undefined;
  #model: AnswerModel | undefined;
  /** What the answer is to. */
  #url = '';
  #previous: readonly Vector[] = [];
  #choices: TabChoices = firstChoices;
  /** How much of the stream the view has. */
  #sent: SentStream = { events: 0, text: 0, reasoning: 0, tools: 0 };
  /** Messages with parts of a stream, and those of them that are drawn. */
  #streamed = 0;
  #drawn = 0;
  #paint: NodeJS.Timeout | undefined;
  /** When the view was last sent something to paint. */
  #paintedAt = 0;

  /** Fires when an answer is complete or none will come. */
  readonly onDidFinish = this.#finished.event;

  constructor(services: AnswerServices, post: (message: ToAnswerView) => void) {
    this.#services = services;
    this.#post = post;
  }

  /** The latest answer. */
  get result(): HttpResult | undefined {
    return this.#model?.result;
  }

  get isSending(): boolean {
    return this.#state.kind === 'sending';
  }

  /** Sends a request; one that still runs is cancelled. Never rejects: failures are shown. */
  async send(call: AnswerCall): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    const sentAt = Date.now();
    const isLatest = () => this.#abort === abort;
    this.#begin();
    this.#set({ kind: 'sending', startedAt: sentAt, polls: 0 });
    let stream = new StreamReader({});
    try {
      const result = await this.#services.sender.send(call.spec, abort.signal, {
        onPoll: (polls) => isLatest() && this.#set({ kind: 'sending', startedAt: sentAt, polls }),
        onHead: (head) => {
          stream = new StreamReader(head.headers);
          if (isLatest() && isShownAsItComes(head.headers)) this.#showHead(stream, head);
        },
        onChunk: (bytes, at) => {
          // What is not shown as it comes is read once, from the result.
          if (!stream.isEvents && this.#stream !== stream) return;
          stream.push(bytes, at);
          if (isLatest() && this.#stream === stream) this.#paintSoon();
        },
      });
      stream.end(result.timing.total);
      if (!isLatest()) return; // another request has taken the panel
      this.#url = call.spec.url;
      this.#done(new AnswerModel({ result, stream, sample: call.sample }));
      this.#finished.fire({ ...call, sentAt, result });
      await this.#addFacts(call, result, sentAt, isLatest);
    } catch (error) {
      if (!isLatest()) return;
      this.fail(error);
      this.#finished.fire({ ...call, sentAt, error: toModalError(error) });
    }
  }

  cancel(): void {
    if (this.#state.kind === 'sending') this.#abort?.abort();
  }

  /** Forgets the answer, e.g. because another request is edited. */
  reset(): void {
    this.#abort?.abort();
    this.#abort = undefined;
    this.#begin();
    this.#set({ kind: 'idle' });
  }

  /** Shows a failure in the place of an answer. */
  fail(error: unknown): void {
    this.#stopPainting();
    this.#stream = undefined;
    if (isCancelled(error)) {
      this.#set({ kind: 'cancelled' });
      return;
    }
    const failure = toModalError(error);
    this.#services.logger.warn(`Test request failed: ${failure.message}`);
    this.#set({ kind: 'failed', explanation: explainError(failure) });
  }

  /** Sends the view everything anew, e.g. because it was hidden. */
  refresh(): void {
    this.#set(this.#state);
    void this.#showTab();
  }

  /** Does what the view asks. Never rejects: a failure is told, and the answer stays. */
  async handle(message: FromAnswerView): Promise<void> {
    try {
      await this.#handle(message);
    } catch (error) {
      const { message: why } = toModalError(error);
      this.#services.logger.warn(`The response could not be used: ${why}`);
      void showError(text`Couldn't use the response: ${why} Try again, or choose another location.`);
    }
  }

  async #handle(message: FromAnswerView): Promise<void> {
    switch (message.type) {
      case 'answer/select':
        this.#tab = message.tab;
        await this.#showTab();
        return;
      case 'answer/painted':
        this.#painted(message.number);
        return;
      case 'answer/act':
        return this.#act(message.action);
      case 'answer/openLink':
        await openAddress(message.url);
        return;
      default:
        if (this.#model) await this.#handleAnswer(message, this.#model);
    }
  }

  dispose(): void {
    this.#abort?.abort();
    this.#abort = undefined;
    this.#stopPainting();
    this.#files.dispose();
    this.#finished.dispose();
  }

  async #handleAnswer(message: AboutAnswer, model: AnswerModel): Promise<void> {
    const { json = null, result } = model;
    switch (message.type) {
      case 'answer/expand':
        this.#sendChildren(model, message.path, message.from, rowsAtOnce);
        return;
      case 'answer/search':
        this.#search(model, message.text);
        return;
      case 'answer/reveal':
        this.#reveal(model, message.path);
        return;
      case 'answer/copyValue':
        return copy(valueText(valueAt(json, message.path)));
      case 'answer/copyPath':
        return copy(pathText(message.path));
      case 'answer/copyEvent':
        return copy(model.stream.events.find(({ index }) => index === message.index)?.data ?? '');
      case 'answer/copy':
        return copy(result.body);
      case 'answer/open':
        return this.#files.open(result);
      case 'answer/save':
        return this.#files.save(result);
      case 'answer/saveImage': {
        const image = model.images[message.index];
        if (image)
          await (image.base64 ? this.#files.saveImage(image.type, image.base64) : this.#files.save(result));
        return;
      }
      case 'answer/table':
        this.#choices = {
          ...this.#choices,
          table: message.selected,
          tableRows: message.count,
          order: message.order,
        };
        await this.#showTab();
        return;
      case 'answer/compare':
        this.#choices = { ...this.#choices, pair: { a: message.a, b: message.b } };
        await this.#showTab();
    }
  }

  #begin(): void {
    this.#stopPainting();
    const vectors = this.#model?.vectors ?? [];
    if (vectors.length > 0) this.#previous = vectors;
    this.#model = undefined;
    this.#stream = undefined;
    this.#choices = firstChoices;
  }

  #showHead(
    stream: StreamReader,
    head: { status: number; statusText: string; headers: HttpResult['headers'] },
  ): void {
    if (this.#state.kind !== 'sending') return;
    this.#stream = stream;
    this.#tab = 'stream';
    this.#set({ ...this.#state, head: { ...head, headers: Object.entries(head.headers) } });
    void this.#showTab();
  }

  /** Sends at once what comes after a rest, and gathers what comes within one paint. */
  #paintSoon(): void {
    if (this.#streamed - this.#drawn >= mostOnTheWay) return;
    const wait = Math.max(0, this.#paintedAt + paintEveryMs - performance.now());
    this.#paint ??= setTimeout(() => this.#sendStreamed(), wait);
  }

  #sendStreamed(): void {
    this.#paint = undefined;
    const stream = this.#stream;
    if (!stream) return;
    const { facts, count } = stream;
    const events = stream.events.filter(({ index }) => index >= this.#sent.events).map(shownEvent);
    const { text, reasoning, tools } = stream.output;
    const sent = this.#sent;
    const output = {
      text: text.slice(sent.text),
      reasoning: reasoning.slice(sent.reasoning),
      tools: tools.slice(sent.tools),
    };
    if (events.length === 0 && output.text === '') return;
    this.#sent = sentOf(stream);
    this.#paintedAt = performance.now();
    this.#post({
      type: 'answer/streamed',
      number: ++this.#streamed,
      ...output,
      events,
      count,
      ...(facts ? { tokens: facts } : {}),
    });
  }

  #painted(number: number): void {
    this.#drawn = Math.max(this.#drawn, Math.min(number, this.#streamed));
    if (this.#stream) this.#paintSoon();
  }

  #stopPainting(): void {
    clearTimeout(this.#paint);
    this.#paint = undefined;
    this.#drawn = this.#streamed;
  }

  #done(model: AnswerModel): void {
    this.#stopPainting();
    this.#stream = undefined;
    this.#model = model;
    this.#tab = model.tabs[0] ?? 'headers';
    this.#set(doneState(model, this.#url));
    void this.#showTab();
  }

  async #addFacts(
    { app, endpoint }: AnswerCall,
    result: HttpResult,
    sentAt: number,
    isLatest: () => boolean,
  ): Promise<void> {
    const signal = AbortSignal.timeout(factsLimitMs);
    const facts = await readCallFacts(this.#services.facts, { app, endpoint, result, sentAt }, signal);
    if (isLatest() && this.#model?.result === result) this.#set(doneState(this.#model, this.#url, facts));
  }

  async #showTab(): Promise<void> {
    const [model, tab] = [this.#model, this.#tab];
    if (model && tab === 'markdown') {
      const content = await inTurns(markdownContent(model));
      if (this.#model === model && this.#tab === tab) this.#post({ type: 'answer/content', content });
    } else if (model && tab !== 'markdown') {
      const content = tabContent(tab, model, this.#choices, this.#previous);
      this.#post({ type: 'answer/content', content });
    } else if (this.#stream) {
      this.#stopPainting();
      this.#sent = sentOf(this.#stream);
      this.#post({ type: 'answer/content', content: streamContent(this.#stream) });
    }
  }

  #sendChildren({ json = null }: AnswerModel, path: JsonPath, from: number, count: number): void {
    this.#post({ type: 'answer/children', path: [...path], from, rows: childRows(json, path, from, count) });
  }

  #search({ json = null }: AnswerModel, text: string): void {
    const rows = text ? searchRows(json, text, mostFound + 1) : [];
    this.#post({
      type: 'answer/found',
      text,
      rows: rows.slice(0, mostFound),
      isCut: rows.length > mostFound,
    });
  }

  /** Sends all rows down to one, so that the tree can show it in its place. */
  #reveal(model: AnswerModel, path: JsonPath): void {
    for (let depth = 0; depth < path.length; depth++) {
      const place = placeInParent(model.json ?? null, path.slice(0, depth + 1));
      if (place < 0 || place > mostRevealed) return;
      const count = Math.ceil((place + 1) / rowsAtOnce) * rowsAtOnce;
      this.#sendChildren(model, path.slice(0, depth), 0, count);
    }
    this.#post({ type: 'answer/revealed', path: [...path] });
  }

  async #act(action: Extract<FromAnswerView, { type: 'answer/act' }>['action']): Promise<void> {
    const { actions } = this.#services;
    switch (action) {
      case 'showLogs':
        actions.showLogs(this.result?.callId ?? '');
        return;
      case 'deploy':
        actions.deploy();
        return;
      case 'enterKey':
        return actions.enterKey();
      case 'openDashboard':
        actions.openDashboard();
        return;
      case 'raiseTimeout':
        await vscode.commands.executeCommand(
          'workbench.action.openSettings',
          'modalGpu.requests.timeoutSeconds',
        );
        return;
      case 'openNetworkSettings':
        await vscode.commands.executeCommand('workbench.action.openSettings', 'http.proxy');
        return;
      case 'retry': // the view sends its request again
    }
  }

  #set(state: AnswerState): void {
    this.#state = state;
    this.#post({ type: 'answer/state', state, tab: this.#tab });
  }
}

function sentOf({ count, output: { text, reasoning, tools } }: StreamReader): SentStream {
  return { events: count, text: text.length, reasoning: reasoning.length, tools: tools.length };
}

function doneState(model: AnswerModel, url: string, facts?: CallFacts): DoneState {
  const { result, stream } = model;
  const explanation = explainResult(result, url);
  return {
    kind: 'done',
    head: { status: result.status, statusText: result.statusText, headers: Object.entries(result.headers) },
    size: result.size,
    ...(result.compressedSize === undefined ? {} : { compressedSize: result.compressedSize }),
    totalMs: result.timing.total,
    parts: timingParts(result.timing, facts?.start),
    startNote: startWords(facts?.start),
    ...(facts ? { cost: costWords(facts) } : {}),
    ...(stream.facts ? { tokens: stream.facts } : {}),
    ...(explanation ? { explanation } : {}),
    notes: [...model.notes],
    hasCall: result.callId !== '',
    tabs: [...model.tabs],
  };
}

function costWords({ cost }: CallFacts): string {
  if (cost.kind === 'none') return text`No GPU used. CPU and memory aren't included.`;
  if (cost.kind === 'unknown') return text`Cost unknown: ${cost.reason}.`;
  const { usd, basis } = cost;
  return text`Cost of this call: ${formatAboutUsd(usd)} (${basis})`;
}

/** Answers that come in pieces for people; anything else is shown when it is complete. */
function isShownAsItComes(headers: HttpResult['headers']): boolean {
  const type = mediaType(headers);
  if (type === 'text/event-stream') return true;
  return (
    headers['content-length'] === undefined && (type === 'text/plain' || framingOf(headers) !== undefined)
  );
}

function valueText(value: Json | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
}

async function copy(words: string): Promise<void> {
  await vscode.env.clipboard.writeText(words);
  showStatus('check', text`Copied`, 2000);
}
