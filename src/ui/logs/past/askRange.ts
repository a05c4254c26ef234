import * as vscode from 'vscode';
import { ModalError } from '../../../domain/errors.ts';
import type { TimeRange } from '../../../domain/log.ts';
import { lastRanges, rangeWords, readRange, timeForms, timeText } from '../../../domain/timeRange.ts';
import { lastDeploy } from '../../../logs/lastDeploy.ts';
import { longestKeptDays, retentionText } from '../../../logs/retention.ts';
import { pick } from '../../commands/pick.ts';
import type { Services } from '../../commands/services.ts';
import { withSignal } from '../../withSignal.ts';
import type { LogTarget } from '../logsController.ts';

type Choice = TimeRange | 'deploy' | 'custom';

/** Lets the user choose a range of time. @param shown what the viewer shows, offered first */
export async function askRange(
  services: Services,
  title: string,
  target: LogTarget,
  shown: TimeRange | undefined,
): Promise<TimeRange | undefined> {
  const { t } = vscode.l10n;
  const now = Date.now();
  const choice = await pick<Choice>(title, `${t('Choose a time range')}. ${retentionText(undefined)}`, [
    ...(shown
      ? [
          {
            label: t('The range shown'),
            description: rangeWords(shown, 'local', now),
            iconPath: new vscode.ThemeIcon('eye'),
            value: shown,
          },
        ]
      : []),
    ...lastRanges.map(({ words, ms }) => ({
      label: words,
      description: t('since {0}', timeText(now - ms, 'local').slice(0, 16)),
      iconPath: new vscode.ThemeIcon('history'),
      value: { since: now - ms, until: now },
    })),
    {
      label: t('Since the last deploy'),
      iconPath: new vscode.ThemeIcon('rocket'),
      value: 'deploy',
    },
    {
      label: t('Other range…'),
      description: t('from and to'),
      iconPath: new vscode.ThemeIcon('calendar'),
      value: 'custom',
    },
  ]);
  if (choice === 'custom') return askEnds(title);
  return choice === 'deploy' ? sinceDeploy(services, target) : choice;
}

async function askEnds(title: string): Promise<TimeRange | undefined> {
  const { t } = vscode.l10n;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const ask = (prompt: string, value: string, problem: (text: string) => string | undefined) =>
    vscode.window.showInputBox({ title, prompt, value, validateInput: problem, ignoreFocusOut: true });
  const limits = () => ({ now: Date.now(), mostDays: longestKeptDays });
  const from = await ask(t('From ({0}; times are in {1})', timeForms, zone), '-2h', (text) => {
    const range = readRange(text, '', 'local', limits());
    return 'problem' in range ? range.problem : undefined;
  });
  if (from === undefined) return undefined;
  const to = await ask(t('To ({0}; times are in {1})', timeForms, zone), 'now', (text) => {
    const range = readRange(from, text, 'local', limits());
    return 'problem' in range ? range.problem : undefined;
  });
  if (to === undefined) return undefined;
  const range = readRange(from, to, 'local', limits());
  if ('problem' in range) throw new ModalError('invalid', range.problem);
  return range;
}

async function sinceDeploy({ planes }: Services, target: LogTarget): Promise<TimeRange> {
  const { t } = vscode.l10n;
  const since = await withSignal(t('Reading the last deploy'), (cancel) =>
    lastDeploy(planes, target, cancel),
  );
  if (since !== undefined) return { since, until: Date.now() };
  throw new ModalError('notFound', t('Modal does not say when this app was deployed. Choose another range.'));
}
