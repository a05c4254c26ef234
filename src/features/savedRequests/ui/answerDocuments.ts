import * as vscode from 'vscode';
import { ModalError } from '../../../domain/errors.ts';
import { comparable, compareAnswers } from '../core/history/compare.ts';
import type { HistoryEntry } from '../core/history/entry.ts';
import type { RequestHistory } from '../core/history/history.ts';
import { reasonOf } from '../core/history/reason.ts';
import { ReadOnlyTexts } from '../../../editor/readOnlyTexts.ts';
import { formatDuration, formatMoment, formatSize, formatTimeOfDay } from '../../../shared/format.ts';

/** Answers as read-only documents of the editor, alone or two beside each other. */
export class AnswerDocuments implements vscode.Disposable {
  readonly #texts = new ReadOnlyTexts('modal-answer');

  /** @throws kind `notFound` when the answer was too big to keep */
  async show(history: RequestHistory, entry: HistoryEntry): Promise<void> {
    const uri = this.#add(entry, factsOf(entry), bodyOf(history, entry));
    await vscode.window.showTextDocument(uri, { preview: true });
  }

  /** @throws kind `notFound` when one of the answers was too big to keep */
  async compare(history: RequestHistory, before: HistoryEntry, after: HistoryEntry): Promise<void> {
    const bodies = [bodyOf(history, before), bodyOf(history, after)] as const;
    if (!before.answer || !after.answer) return;
    const summary = compareAnswers(before.answer, after.answer, bodies);
    // The same lines on both sides, so that they are read on either and marked on none.
    const left = this.#add(before, [...summary, ...factsOf(before)], bodies[0]);
    const right = this.#add(after, [...summary, ...factsOf(after)], bodies[1]);
    const title = `${nameOf(after)}: ${timeOf(before)} ↔ ${timeOf(after)}`;
    await vscode.commands.executeCommand('vscode.diff', left, right, title, { preview: true });
  }

  dispose(): void {
    this.#texts.dispose();
  }

  #add(entry: HistoryEntry, head: readonly string[], body: string): vscode.Uri {
    const isJson = /^\s*[[{"]/.test(body);
    const mark = isJson ? '// ' : '';
    const name = nameOf(entry)
      .replaceAll(/[^\w.-]+/g, ' ')
      .trim();
    return this.#texts.add(
      `${head.map((line) => `${mark}${line}\n`).join('')}\n${comparable(body)}\n`,
      `${name}.${isJson ? 'jsonc' : 'txt'}`,
    );
  }
}

function bodyOf(history: RequestHistory, entry: HistoryEntry): string {
  const body = history.bodyOf(entry);
  if (body !== undefined) return body;
  const kept = entry.answer?.body;
  throw new ModalError(
    'notFound',
    kept?.kind === 'hash'
      ? `The response (${formatSize(kept.size)}) was too large to save. Send the request again.`
      : 'This request had no response.',
  );
}

function factsOf(entry: HistoryEntry): string[] {
  const { at, answer } = entry;
  if (!answer) return [];
  const { status, statusText, timing, cut, failure } = answer;
  const time = formatMoment(at);
  const facts = [
    `${status} ${statusText}`.trim(),
    formatDuration(timing.total),
    formatSize(answer.size),
    time,
  ];
  const failures = failure === undefined ? reasonOf(entry) : [failure];
  return [facts.join(' · '), ...failures, ...(cut ? [cut.text] : [])];
}

export function nameOf({ app, request }: HistoryEntry): string {
  const { host, pathname } = new URL(request.url);
  return `${app?.name ?? host} ${pathname}`;
}

function timeOf({ at }: HistoryEntry): string {
  return formatTimeOfDay(at);
}
