import * as vscode from 'vscode';
import { ModalError } from '../../../domain/errors.ts';
import type { TimeRange } from '../../../domain/log.ts';
import type { Text } from '../../../shared/text.ts';
import { plain, text } from '../../../shared/text.ts';
import { lastRanges, rangeWords, readRange, timeForms, timeText } from '../../../domain/timeRange.ts';
import { lastDeploy } from '../core/lastDeploy.ts';
import { longestKeptDays, retentionText } from '../core/history.ts';
import { pick } from '../../../editor/pick.ts';
import type { LogsNeeds } from './needs.ts';
import { withSignal } from '../../../editor/withSignal.ts';
import type { LogTarget } from '../core/logTarget.ts';
import { problem, showInput } from '../../../editor/shown/inputs.ts';

type Choice = TimeRange | 'deploy' | 'custom';

/** Lets the user choose a range of time. @param shown what the viewer shows, offered first */
export async function askRange(
  services: LogsNeeds,
  title: Text,
  target: LogTarget,
  shown: TimeRange | undefined,
): Promise<TimeRange | undefined> {
  const now = Date.now();
  const choice = await pick<Choice>(title, text`Choose a time range. ${retentionText(undefined)}`, [
    ...(shown
      ? [
          {
            label: text`The range shown`,
            description: plain(rangeWords(shown, 'local', now)),
            iconPath: new vscode.ThemeIcon('eye'),
            value: shown,
          },
        ]
      : []),
    ...lastRanges.map(({ words, ms }) => ({
      label: plain(words),
      description: text`since ${timeText(now - ms, 'local').slice(0, 16)}`,
      iconPath: new vscode.ThemeIcon('history'),
      value: { since: now - ms, until: now },
    })),
    {
      label: text`Since the last deploy`,
      iconPath: new vscode.ThemeIcon('rocket'),
      value: 'deploy',
    },
    {
      label: text`Other range…`,
      description: text`from and to`,
      iconPath: new vscode.ThemeIcon('calendar'),
      value: 'custom',
    },
  ]);
  if (choice === 'custom') return askEnds(title);
  return choice === 'deploy' ? sinceDeploy(services, target) : choice;
}

async function askEnds(title: Text): Promise<TimeRange | undefined> {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const ask = (prompt: Text, value: string, check: (typed: string) => string | undefined) =>
    showInput({
      title,
      prompt,
      value,
      validateInput: (typed) => problem(check(typed)),
      ignoreFocusOut: true,
    });
  const limits = () => ({ now: Date.now(), mostDays: longestKeptDays });
  const from = await ask(text`From (${timeForms}; times are in ${zone})`, '-2h', (typed) => {
    const range = readRange(typed, '', 'local', limits());
    return 'problem' in range ? range.problem : undefined;
  });
  if (from === undefined) return undefined;
  const to = await ask(text`To (${timeForms}; times are in ${zone})`, 'now', (typed) => {
    const range = readRange(from, typed, 'local', limits());
    return 'problem' in range ? range.problem : undefined;
  });
  if (to === undefined) return undefined;
  const range = readRange(from, to, 'local', limits());
  if ('problem' in range) throw new ModalError('invalid', range.problem);
  return range;
}

async function sinceDeploy({ logs }: LogsNeeds, target: LogTarget): Promise<TimeRange> {
  const planes = { get: (signal?: AbortSignal) => logs.planeFor(target.appId, signal) };
  const since = await withSignal(text`Reading the last deploy`, (cancel) =>
    lastDeploy(planes, target, cancel),
  );
  if (since !== undefined) return { since, until: Date.now() };
  throw new ModalError('notFound', 'Modal does not say when this app was deployed. Choose another range.');
}
