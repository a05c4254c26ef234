import * as vscode from 'vscode';
import { ModalError } from '../../../domain/errors.ts';
import type { RequestSpec } from '../../../domain/request.ts';
import type { Text } from '../../../shared/text.ts';
import { icon, plain, text } from '../../../shared/text.ts';
import type { HistoryEntry } from '../core/history/entry.ts';
import { costOf, replayOf } from '../core/history/entry.ts';
import type { RequestHistory } from '../core/history/history.ts';
import { reasonOf } from '../core/history/reason.ts';
import { showWarning } from '../../../editor/shown/messages.ts';
import type { PickItem } from '../../../editor/shown/inputs.ts';
import { createPick, showPick } from '../../../editor/shown/inputs.ts';
import { formatDuration, formatSize, formatTimeOfDay } from '../../../shared/format.ts';
import { formatAboutUsd } from '../../../domain/priceText.ts';

interface HistoryItem extends PickItem {
  readonly entry?: HistoryEntry;
}

type ButtonId = 'replay' | 'answer' | 'compare' | 'save' | 'remove';

interface HistoryActions {
  readonly open: (spec: RequestSpec, send: boolean) => Promise<void>;
  readonly save: (spec: RequestSpec) => Promise<void>;
  readonly compare: (before: HistoryEntry, after: HistoryEntry) => Promise<void>;
  readonly showAnswer: (entry: HistoryEntry) => Promise<void>;
  readonly failure: (doing: string, error: unknown) => void;
}

/** The list of requests that were sent, by day, with what can be done with each. */
export class HistoryPick {
  readonly #history: RequestHistory;
  readonly #actions: HistoryActions;
  readonly #buttons: ReadonlyMap<ButtonId, vscode.QuickInputButton>;
  #entries: readonly HistoryEntry[];

  constructor(history: RequestHistory, entries: readonly HistoryEntry[], actions: HistoryActions) {
    const button = (id: ButtonId, name: string, tooltip: Text) =>
      [id, { iconPath: new vscode.ThemeIcon(name), tooltip }] as const;
    this.#history = history;
    this.#entries = entries;
    this.#actions = actions;
    this.#buttons = new Map([
      button('replay', 'debug-restart', text`Send Again`),
      button('answer', 'output', text`Show Response`),
      button('compare', 'diff', text`Compare Response…`),
      button('save', 'save', text`Save as .http…`),
      button('remove', 'trash', text`Remove from History`),
    ]);
  }

  show(): void {
    const pick = createPick<HistoryItem>();
    pick.title = text`Request History`;
    pick.placeholder = text`Select a request to open`;
    pick.matchOnDescription = true;
    pick.matchOnDetail = true;
    pick.items = this.#items(this.#entries);
    pick.onDidHide(() => pick.dispose());
    pick.onDidAccept(() => {
      const [item] = pick.selectedItems;
      pick.hide();
      if (item?.entry) void this.#act(item.entry, 'open');
    });
    pick.onDidTriggerItemButton(async ({ item, button }) => {
      const id = [...this.#buttons].find(([, each]) => each === button)?.[0];
      if (!item.entry || !id) return;
      if (id !== 'remove') pick.hide();
      await this.#act(item.entry, id);
      if (id === 'remove') pick.items = this.#items(this.#entries);
    });
    pick.show();
  }

  async #act(entry: HistoryEntry, id: ButtonId | 'open'): Promise<void> {
    try {
      switch (id) {
        case 'open':
          await this.#actions.open(openOf(entry), false);
          return;
        case 'replay':
          await this.#actions.open(sendable(entry), true);
          return;
        case 'save':
          await this.#actions.save(sendable(entry));
          return;
        case 'answer':
          await this.#actions.showAnswer(entry);
          return;
        case 'compare':
          await this.#compare(entry);
          return;
        case 'remove':
          this.#entries = this.#entries.filter((each) => each.id !== entry.id);
          await this.#history.remove(entry.id);
          return;
      }
    } catch (error) {
      this.#actions.failure('Request history', error);
    }
  }

  async #compare(entry: HistoryEntry): Promise<void> {
    const others = this.#entries.filter(({ id, answer }) => answer && id !== entry.id);
    const alike = others.filter(({ request }) => request.url === entry.request.url);
    const items = this.#items([...alike, ...others.filter((each) => !alike.includes(each))], false);
    if (!entry.answer || items.length === 0)
      throw new ModalError('notFound', 'There is no other response to compare with. Send the request again.');
    const chosen = await showPick(items, {
      title: text`Compare Response`,
      placeHolder: text`Select the other response`,
      matchOnDescription: true,
    });
    if (!chosen?.entry) return;
    const [before, after] = [entry, chosen.entry].sort((a, b) => a.at - b.at) as [HistoryEntry, HistoryEntry];
    await this.#actions.compare(before, after);
  }

  #items(entries: readonly HistoryEntry[], withButtons = true): HistoryItem[] {
    const items: HistoryItem[] = [];
    let day = '';
    for (const entry of entries) {
      const own = dayOf(entry.at);
      if (withButtons && own !== day)
        items.push({ label: plain(own), kind: vscode.QuickPickItemKind.Separator });
      day = own;
      items.push({ ...itemOf(entry), entry, ...(withButtons ? { buttons: this.#buttonsOf(entry) } : {}) });
    }
    return items;
  }

  #buttonsOf({ answer }: HistoryEntry): vscode.QuickInputButton[] {
    return [...this.#buttons]
      .filter(([id]) => answer !== undefined || !['answer', 'compare'].includes(id))
      .map(([, button]) => button);
  }
}

/** @throws kind `invalid` when the history does not hold all of it */
function sendable(entry: HistoryEntry): RequestSpec {
  const spec = replayOf(entry);
  if (typeof spec !== 'string') return spec;
  throw new ModalError('invalid', `This request can't be resent as it was. ${spec}`);
}

/** For reading and editing, as much as there is. */
function openOf(entry: HistoryEntry): RequestSpec {
  const spec = replayOf(entry);
  if (typeof spec !== 'string') return spec;
  const { method, url, headers, auth, body } = entry.request;
  const sent =
    body?.kind === 'hash'
      ? (body.redacted ?? '')
      : body?.kind === 'parts'
        ? { parts: body.parts }
        : body?.text;
  void showWarning(text`This request was saved only in part. ${spec}`);
  return { method, url, headers, ...(auth ? { auth } : {}), ...(sent ? { body: sent } : {}) };
}

function itemOf(entry: HistoryEntry): PickItem {
  const { request, answer, app, at } = entry;
  const { pathname, search, host } = new URL(request.url);
  const time = formatTimeOfDay(at);
  const where = app ? [app.name, app.environment, ...(app.version ? [`v${app.version}`] : [])] : [host];
  const cost = costOf(entry);
  const facts = answer
    ? [
        ...reasonOf(entry),
        formatDuration(answer.timing.total),
        formatSize(answer.size),
        ...(answer.cut ? [answer.cut.text] : []),
        ...(answer.failure === undefined ? [] : [answer.failure]),
        ...(cost === undefined ? [] : [formatAboutUsd(cost, '≈')]),
      ]
    : [entry.failure ?? ''];
  return {
    label: text`${icon(iconOf(entry))} ${statusWords(entry)}  ${request.method} ${pathname}${search}`,
    description: plain([time, ...where].join(' · ')),
    detail: plain(facts.join(' · ')),
  };
}

function iconOf({ answer }: HistoryEntry): string {
  if (!answer) return 'circle-slash';
  if (answer.failure !== undefined) return 'error';
  if (answer.cut) return 'warning';
  return answer.status < 400 ? 'pass' : 'error';
}

function statusWords({ answer }: HistoryEntry): string {
  if (!answer) return text`No response`;
  const status = `${answer.status} ${answer.statusText}`.trim();
  if (answer.failure !== undefined) return `${status} (failed)`;
  return answer.cut ? `${status} (incomplete)` : status;
}

function dayOf(at: number): string {
  const day = new Date(at);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0) return text`Today`;
  if (days === 1) return text`Yesterday`;
  return day.toLocaleDateString('en-US', { weekday: 'long', day: 'numeric', month: 'long' });
}
