import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { ModalError } from '../../../domain/errors.ts';
import type { TimeRange } from '../../../domain/log.ts';
import type { LogFilter } from '../../../domain/logFilter.ts';
import { noFilter } from '../../../domain/logFilter.ts';
import type { Text } from '../../../shared/text.ts';
import { plain, text } from '../../../shared/text.ts';
import { timeText } from '../../../domain/timeRange.ts';
import type { DownloadOptions, DownloadProgress, DownloadResult } from '../core/download.ts';
import { saveLogs } from '../core/saveLogs.ts';
import type { Target } from '../../../domain/target.ts';
import { resolveLogTarget } from './resolveLogTarget.ts';
import { pick } from '../../../editor/pick.ts';
import type { LogsNeeds } from './needs.ts';
import type { LogTarget } from '../core/logTarget.ts';
import { queryOf } from '../core/logTarget.ts';
import { askRange } from './askRange.ts';
import { showInformation, showWarning, withProgress } from '../../../editor/shown/messages.ts';
import { showSave } from '../../../editor/shown/inputs.ts';

type Format = DownloadOptions['format'];

const progressEveryMs = 200;

/**
 * Asks for range, format and file, and saves the log of an app, function or container there.
 * @param about a row of the tree; without one, the log that is shown in the panel
 */
export async function downloadLogsFlow(
  services: LogsNeeds,
  about: Target | undefined,
  heading: Text,
): Promise<void> {
  const shown = about ? undefined : await services.logs.shownLog();
  const target = shown?.target ?? (await resolveLogTarget(services, about, heading));
  if (!target) return;
  const title = text`Download Logs of ${nameOf(target)}`;
  const range = await askRange(services, title, target, shown?.range);
  if (!range) return;
  const filter = await askFilter(title, shown?.filter ?? noFilter);
  if (!filter) return;
  const format = await askFormat(title);
  if (!format) return;
  const file = await askFile(title, target, range, format);
  if (!file) return;
  await download(services, title, file, { query: queryOf(target), filter, range, format });
}

async function download(
  { logs }: LogsNeeds,
  title: Text,
  file: string,
  what: Pick<DownloadOptions, 'query' | 'filter' | 'range' | 'format'>,
): Promise<void> {
  const result = await withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const abort = new AbortController();
      const subscription = token.onCancellationRequested(() => abort.abort());
      progress.report({ message: text`Counting lines…` });
      try {
        const plane = await logs.planeFor(what.query.appId, abort.signal);
        return await saveLogs(file, {
          ...what,
          fetch: (...call) => plane.fetchLogs(...call),
          count: (...call) => plane.countLogs(...call),
          onProgress: atMostEvery(progressEveryMs, (done) =>
            progress.report({ message: progressWords(done) }),
          ),
          signal: abort.signal,
        });
      } finally {
        subscription.dispose();
      }
    },
  );
  await offer(file, result);
}

/** Shown after the progress has gone, so that the two are not visible together. */
async function offer(file: string, { written, cut }: DownloadResult): Promise<void> {
  const name = path.basename(file);
  const saved =
    written === 0
      ? text`No lines match in this range. ${name} holds only the query.`
      : written === 1
        ? text`Saved 1 line to ${name}.`
        : text`Saved ${number(written)} lines to ${name}.`;
  const open = text`Open`;
  const reveal = text`Reveal`;
  const canReveal = vscode.env.uiKind === vscode.UIKind.Desktop && !vscode.env.remoteName;
  const buttons = canReveal ? [open, reveal] : [open];
  const first = cut[0];
  const chosen = first
    ? await showWarning(
        text`${saved} Some periods have more lines than Modal returns at once. Their oldest lines are missing, first at ${timeText(first.since, 'local')}.`,
        ...buttons,
      )
    : await showInformation(saved, ...buttons);
  const uri = vscode.Uri.file(file);
  if (chosen === open) await vscode.commands.executeCommand('vscode.open', uri);
  if (chosen === reveal) await vscode.commands.executeCommand('revealFileInOS', uri);
}

/** Asks nothing when the view is not filtered. */
async function askFilter(title: Text, filter: LogFilter): Promise<LogFilter | undefined> {
  const used = Object.entries(filter).filter(
    ([name, value]) => value && value !== noFilter[name as keyof LogFilter],
  );
  if (used.length === 0) return noFilter;
  const detail = used.map(([name, value]) => `${name}=${String(value)}`).join(' ');
  return pick(title, text`Choose which lines`, [
    {
      label: text`Lines that match the current filter`,
      detail: plain(detail),
      iconPath: new vscode.ThemeIcon('filter'),
      value: filter,
    },
    { label: text`All lines`, iconPath: new vscode.ThemeIcon('list-flat'), value: noFilter },
  ]);
}

async function askFormat(title: Text): Promise<Format | undefined> {
  return pick<Format>(title, text`Choose a format`, [
    {
      label: text`Plain Text`,
      description: text`.log`,
      detail: text`Time, container, source and text of each entry`,
      iconPath: new vscode.ThemeIcon('file-text'),
      value: 'text',
    },
    {
      label: text`JSON Lines`,
      description: text`.jsonl`,
      detail: text`Every field of each entry, one object on a line`,
      iconPath: new vscode.ThemeIcon('json'),
      value: 'json',
    },
  ]);
}

/** The dialog itself asks before it lets something be replaced. */
async function askFile(
  title: Text,
  target: LogTarget,
  { since }: TimeRange,
  format: Format,
): Promise<string | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const base = folder?.scheme === 'file' ? folder : vscode.Uri.file(os.homedir());
  const ending = format === 'json' ? 'jsonl' : 'log';
  const when = timeText(since, 'local').slice(0, 16).replace(' ', 'T').replace(':', '');
  const name = `${target.appName.replaceAll(/[^\w.-]+/g, '-')}-${when}.${ending}`;
  const uri = await showSave({
    title,
    defaultUri: vscode.Uri.joinPath(base, name),
    filters: format === 'json' ? { [text`JSON Lines`]: ['jsonl'] } : { [text`Plain Text`]: ['log', 'txt'] },
  });
  if (!uri) return undefined;
  if (uri.scheme === 'file') return uri.fsPath;
  throw new ModalError('invalid', 'Logs can only be saved to a folder of this machine. Choose one.');
}

function nameOf({ appName, functionId, containerId }: LogTarget): string {
  return [appName, containerId ?? functionId].filter(Boolean).join(' ');
}

function progressWords({ read, total }: DownloadProgress): Text {
  // More may have been logged since they were counted.
  if (total < read) return text`${number(read)} lines`;
  return text`${number(read)} of ${number(total)} lines`;
}

function number(value: number): string {
  return value.toLocaleString();
}

function atMostEvery<T>(milliseconds: number, run: (value: T) => void): (value: T) => void {
  let ranAt = 0;
  return (value) => {
    if (Date.now() - ranAt < milliseconds) return;
    ranAt = Date.now();
    run(value);
  };
}
